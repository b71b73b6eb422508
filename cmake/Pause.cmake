# The programs that the cri room starts in containers, as arrays in it: ${embedded_bytes}. Static, without a libc, the same
# bytes in every build type.
#   pause: a sandbox's first process (cri/pause/pause.c)
#   enter: becomes a command of a container (cri/enter/enter.c)
set(embedded_bytes)
foreach(name pause enter)
  add_executable(ordinal_${name} ${PROJECT_SOURCE_DIR}/cri/${name}/${name}.c)
  target_include_directories(ordinal_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(ordinal_${name} PRIVATE -Os -g0 -ffreestanding -fno-stack-protector -fno-pie
    -fcf-protection=none -fno-asynchronous-unwind-tables -fno-sanitize=all -Wall -Wextra -Werror)
  target_link_options(ordinal_${name} PRIVATE -nostdlib -static -no-pie -s -fno-sanitize=all -Wl,--build-id=none
    -Wl,-z,noseparate-code -Wl,-z,noexecstack)
  set(bytes ${PROJECT_BINARY_DIR}/generated/cri/${name}/${name}_bytes.inc)
  add_custom_command(OUTPUT ${bytes}
    COMMAND ${CMAKE_COMMAND} -DINPUT=$<TARGET_FILE:ordinal_${name}> -DOUTPUT=${bytes}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedBytes.cmake
    DEPENDS ordinal_${name} ${PROJECT_SOURCE_DIR}/cmake/EmbedBytes.cmake VERBATIM)
  list(APPEND embedded_bytes ${bytes})
endforeach()
