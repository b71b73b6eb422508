# cmake --install <build> [--prefix /usr] puts the agent where its unit looks for it. The unit is written at install
# time, because only then is the prefix known.
include(GNUInstallDirs)
set(ORDINALD_UNIT ${PROJECT_BINARY_DIR}/systemd/ordinald.service)

if(TARGET ordinald)
  install(TARGETS ordinald RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT agent)
endif()
install(CODE "
  set(ORDINALD_BINARY \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/ordinald\")
  set(ORDINALD_DOCS \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/doc/ordinald/config.yaml\")
  configure_file(\"${PROJECT_SOURCE_DIR}/systemd/ordinald.service.in\" \"${ORDINALD_UNIT}\" @ONLY)
" COMPONENT unit)
# systemd looks into lib/systemd/system below /usr and /usr/local, never into a multiarch directory.
install(FILES ${ORDINALD_UNIT} DESTINATION lib/systemd/system COMPONENT unit)
install(FILES systemd/config.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/ordinald COMPONENT unit)
install(DIRECTORY DESTINATION /etc/ordinald/manifests COMPONENT unit)
