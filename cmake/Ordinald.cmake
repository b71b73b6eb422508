add_executable(ordinald ${PROJECT_SOURCE_DIR}/agent/main.cc)
ordinal_compile_options(ordinald)
target_link_libraries(ordinald PRIVATE ordinal_app)
set_target_properties(ordinald PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
