# SPDX-License-Identifier: Apache-2.0
# The `rheo` command. It holds the library itself, so that one file can be copied about.
file(GLOB rheo_cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.cpp)
if(rheo_cli_sources)
  find_package(CLI11 REQUIRED CONFIG)
  add_executable(rheo_cli ${rheo_cli_sources})
  set_target_properties(rheo_cli PROPERTIES OUTPUT_NAME rheo)
  target_link_libraries(rheo_cli PRIVATE rheo_testing CLI11::CLI11)
endif()
