# The sandbox program (cri/pause/pause.c): static, without a libc, the same bytes in every build type, compiled into the
# cri room as an array: ${pause_bytes}.
add_executable(ordinal_pause ${PROJECT_SOURCE_DIR}/cri/pause/pause.c)
target_compile_options(ordinal_pause PRIVATE -Os -g0 -ffreestanding -fno-stack-protector -fno-pie -fcf-protection=none
  -fno-asynchronous-unwind-tables -fno-sanitize=all -Wall -Wextra -Werror)
target_link_options(ordinal_pause PRIVATE -nostdlib -static -no-pie -s -fno-sanitize=all -Wl,--build-id=none
  -Wl,-z,noseparate-code -Wl,-z,noexecstack)
set(pause_bytes ${PROJECT_BINARY_DIR}/generated/cri/pause/pause_bytes.inc)
add_custom_command(OUTPUT ${pause_bytes}
  COMMAND ${CMAKE_COMMAND} -DINPUT=$<TARGET_FILE:ordinal_pause> -DOUTPUT=${pause_bytes}
          -P ${PROJECT_SOURCE_DIR}/cmake/EmbedBytes.cmake
  DEPENDS ordinal_pause ${PROJECT_SOURCE_DIR}/cmake/EmbedBytes.cmake VERBATIM)
