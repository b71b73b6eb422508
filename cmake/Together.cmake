# Compiling a few files of a directory together takes a third of the time that they take one by one: the headers of
# Asio and nlohmann_json are read, and their templates generated, once. -DORDINAL_TOGETHER=OFF compiles each file by
# itself, which is quicker when one file changes at a time; every file must compile both ways.
option(ORDINAL_TOGETHER "Compile the files of a directory in groups" ON)

# Files that use names of their neighbours for something else.
set(ORDINAL_ALONE
  agent/api/openapi/merge.cc agent/api/openapi/parameters.cc
  agent/api/patch/strategic_merge.cc agent/apiserver/rest/remove.cc
  agent/apiserver/auth/roles.cc agent/http/relay.cc agent/podsync/stop.cc cri/grpc/grpc_streaming.cc
  cri/images/importer.cc cri/images/oci_layout.cc cri/images/tar_writer.cc volumes/linux/remove_tree.cc
  tests/fakes/fake_runtime_containers.cc tests/unit/volumes/plan_test.cc tests/unit/agent/api/stored_objects_test.cc
  tests/unit/agent/api/validation_test.cc tests/unit/agent/api/table_test.cc tests/unit/agent/api/patch/strategic_merge_test.cc
  tests/unit/agent/api/patch/track_test.cc tests/unit/agent/apiserver/auth/reviews_test.cc
  tests/unit/agent/apiserver/discovery/openapi_test.cc tests/unit/agent/podsync/resources_test.cc)
# Directories whose files all use the same names: one kind, one table a file.
set(ORDINAL_ALONE_DIRECTORIES "")
set(ORDINAL_GROUP 6)  # files

function(ordinal_compile_together target)
  if(NOT ORDINAL_TOGETHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # GCC takes a file that is included for a header, and warns of names without linkage in it.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests$")  # tests in one group may hide each other's helpers
    target_compile_options(${target} PRIVATE -Wno-shadow)
  endif()
  get_target_property(sources ${target} SOURCES)
  set(last "")
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
    cmake_path(GET path PARENT_PATH directory)
    cmake_path(GET path EXTENSION LAST_ONLY extension)
    if(NOT extension STREQUAL ".cc" OR path IN_LIST ORDINAL_ALONE OR directory IN_LIST ORDINAL_ALONE_DIRECTORIES)
      continue()
    endif()
    if(NOT directory STREQUAL last)
      set(count 0)
      set(last ${directory})
    endif()
    math(EXPR number "${count} / ${ORDINAL_GROUP}")
    math(EXPR count "${count} + 1")
    string(MAKE_C_IDENTIFIER "${directory}_${number}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()
