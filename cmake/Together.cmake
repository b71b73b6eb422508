# Compiling many files of a room together takes half the time that it takes one by one: the headers of Asio and
# nlohmann_json are read, and their templates generated, once. -DORDINAL_TOGETHER=OFF compiles each file by itself, which
# is quicker when one file changes at a time; every file must compile both ways.
option(ORDINAL_TOGETHER "Compile the files of a room in groups" ON)

# Files that use names of their neighbours for something else: a group of their own.
set(ORDINAL_APART
  agent/base/asio.cc agent/http/asio_ssl.cc
  agent/api/kinds/pod/table.cc agent/api/kinds/shared/choices.cc agent/api/openapi/merge.cc agent/api/openapi/parameters.cc
  agent/api/patch/strategic_merge.cc agent/api/text/yaml.cc agent/api/text/bounds.cc cri/images/content_store.cc
  cri/images/docker_archive.cc cri/images/importer.cc cri/images/oci_layout.cc cri/images/tar_writer.cc
  volumes/linux/remove_tree.cc
  tests/fakes/fake_runtime_containers.cc tests/unit/volumes/plan_test.cc tests/unit/agent/api/stored_objects_test.cc
  tests/unit/agent/api/validation_test.cc tests/unit/agent/api/table_test.cc
  tests/unit/agent/api/patch/strategic_merge_test.cc tests/unit/agent/api/patch/track_test.cc
  tests/unit/agent/apiserver/auth/reviews_test.cc tests/unit/agent/apiserver/discovery/openapi_test.cc
  tests/unit/agent/podsync/resources_test.cc)
# Files whose object is linked alone, or left out for another one of the same names.
set(ORDINAL_ALONE agent/api/kinds/registry.cc)  # tests/sample_kind

# Bytes of one group, which takes up to a gigabyte to compile. Tests are compiled without optimisation and change more
# often: theirs are of one directory and eighteen files (six take 27 s, twelve 35 s:
# most of it are templates of gMock and nlohmann_json).
set(ORDINAL_GROUP_BYTES 180000)
set(ORDINAL_TEST_GROUP 18)

function(ordinal_compile_together target)
  if(NOT ORDINAL_TOGETHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # GCC takes a file that is included for a header, and warns of names without linkage in it.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  set(tests OFF)
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests$")
    set(tests ON)
    target_compile_options(${target} PRIVATE -Wno-shadow)  # those of one group may hide each other's helpers
  endif()
  get_target_property(sources ${target} SOURCES)
  set(group 0)
  set(filled 0)
  set(last "")
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
    cmake_path(GET path PARENT_PATH directory)
    cmake_path(GET path EXTENSION LAST_ONLY extension)
    if(NOT extension STREQUAL ".cc")
      continue()
    endif()
    if(path IN_LIST ORDINAL_ALONE)
      continue()
    endif()
    if(path IN_LIST ORDINAL_APART)
      if(NOT tests)
        set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${target}_apart)
      endif()
      continue()
    endif()
    if(tests)
      set(size 1)
      set(most ${ORDINAL_TEST_GROUP})
    else()
      file(SIZE ${source} size)
      set(most ${ORDINAL_GROUP_BYTES})
    endif()
    math(EXPR filled "${filled} + ${size}")
    if(filled GREATER most OR (tests AND NOT directory STREQUAL last))
      math(EXPR group "${group} + 1")
      set(filled ${size})
    endif()
    set(last ${directory})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${target}_${group})
  endforeach()
endfunction()
