# ordinal_room(<name> <directory> [DEPS <rooms>] [LIBS <libraries>])
# A static library ordinal_<name> of every .cc file below <directory>. Directories that are rooms of their
# own are rooms by this call, not by nesting.
set(ORDINAL_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
    # GCC 12 reports false positives of these in optimised coroutine, std::variant and std::vector code.
    -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-mismatched-new-delete)

# Rooms that much time is spent in are optimised at -O2; the others at -O1, which takes three quarters of the time to
# compile and 3 % more to run (1,000 sets, all at -O1: 5.07 s of processor instead of 4.91 s).
set(ORDINAL_HOT base dns)
set(ORDINAL_COLD $<$<CONFIG:Release>:-O1>)

function(ordinal_compile_options target)
  target_compile_options(${target} PRIVATE ${ORDINAL_WARNINGS})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  # One io_context on one thread per agent; handlers are still posted from other threads.
  target_compile_definitions(${target} PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT
    BOOST_ASIO_SEPARATE_COMPILATION)  # agent/base/asio.cc
  if(ORDINAL_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${ORDINAL_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${ORDINAL_SANITIZE})
  endif()
endfunction()

function(ordinal_room name directory)
  cmake_parse_arguments(ROOM "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${directory}/*.cc)
  if(sources)
    add_library(ordinal_${name} STATIC ${sources})
    ordinal_compile_options(ordinal_${name})
    ordinal_compile_together(ordinal_${name})
    if(name IN_LIST ORDINAL_HOT)
      target_precompile_headers(ordinal_${name} REUSE_FROM ordinal_headers_hot)
    else()
      target_compile_options(ordinal_${name} PRIVATE ${ORDINAL_COLD})
      target_precompile_headers(ordinal_${name} REUSE_FROM ordinal_headers_cold)
    endif()
    set(scope PUBLIC)
  else()
    add_library(ordinal_${name} INTERFACE)
    target_include_directories(ordinal_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ROOM_DEPS PREPEND ordinal_)
  target_link_libraries(ordinal_${name} ${scope} ${ROOM_DEPS} ${ROOM_LIBS})
endfunction()

# Protobuf code is generated once into a library of its own, without our warnings. Only messages: calls go through
# gRPC's generic stub (cri/grpc/connection.h), so no stub code is generated, compiled or held in memory.
function(ordinal_protos target directory)
  file(GLOB protos CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${directory}/*.proto)
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out}/${directory})
  set(generated)
  foreach(proto ${protos})
    get_filename_component(stem ${proto} NAME_WE)
    set(base ${out}/${directory}/${stem})
    add_custom_command(
      OUTPUT ${base}.pb.cc ${base}.pb.h
      COMMAND protobuf::protoc --cpp_out=${out} -I ${PROJECT_SOURCE_DIR} ${proto}
      DEPENDS ${protos} VERBATIM)
    list(APPEND generated ${base}.pb.cc)
  endforeach()
  if(NOT generated)
    add_library(${target} INTERFACE)
    return()
  endif()
  add_library(${target} STATIC ${generated})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  # Its time goes into the runtime's answers, not into reading them.
  target_compile_options(${target} PRIVATE ${ORDINAL_COLD})
  target_compile_definitions(${target} PUBLIC GRPC_USE_PROTO_LITE)
  # The runtime listens on a unix socket: gRPC without TLS and xDS is 3.6 MB less in memory.
  target_link_libraries(${target} PUBLIC ${ORDINAL_GRPC} -l:libprotobuf-lite.a -lcares -lz)
  if(ORDINAL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ORDINAL_SANITIZE})
  endif()
endfunction()

ordinal_protos(ordinal_proto cri/proto)
