# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` writes. Every file finds its neighbours by relative position: the tree may be moved.
include(CMakePackageConfigHelpers)
set(rheo_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rheo)

install(TARGETS rheo EXPORT rheo-targets)
install(TARGETS rheo_static EXPORT rheo-static-targets)
install(EXPORT rheo-targets NAMESPACE rheo:: DESTINATION ${rheo_cmake_dir})
install(EXPORT rheo-static-targets NAMESPACE rheo:: DESTINATION ${rheo_cmake_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/rheo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET rheo_cli)
  install(TARGETS rheo_cli)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/rheo-config.cmake.in ${PROJECT_BINARY_DIR}/rheo-config.cmake
                              INSTALL_DESTINATION ${rheo_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rheo-config-version.cmake COMPATIBILITY SameMinorVersion)  # before 1.0 a minor step may break
install(FILES ${PROJECT_BINARY_DIR}/rheo-config.cmake ${PROJECT_BINARY_DIR}/rheo-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/rheo-dnnl.cmake DESTINATION ${rheo_cmake_dir})

file(RELATIVE_PATH rheo_pc_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(rheo_pc_prefix "\${pcfiledir}/${rheo_pc_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/rheo.pc.in ${PROJECT_BINARY_DIR}/rheo.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rheo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/THIRD_PARTY DESTINATION ${CMAKE_INSTALL_DOCDIR})
