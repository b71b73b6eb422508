if(EXISTS ${PROJECT_SOURCE_DIR}/agent/main.cc)
  file(GLOB main_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/agent/*.cc)
  add_executable(ordinald ${main_sources})
  ordinal_compile_options(ordinald)
  ordinal_compile_together(ordinald)
  target_compile_definitions(ordinald PRIVATE ORDINAL_VERSION="${PROJECT_VERSION}")
  target_link_libraries(ordinald PRIVATE ordinal_base ordinal_cri ordinal_volumes ordinal_dns ordinal_systemd
    ordinal_api ordinal_store ordinal_manifests ordinal_controllers ordinal_names ordinal_podsync ordinal_observe
    ordinal_status ordinal_node ordinal_apiserver ordinal_metrics ordinal_network ordinal_debug CLI11::CLI11)
  set_target_properties(ordinald PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
