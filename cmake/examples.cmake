# SPDX-License-Identifier: Apache-2.0
# Every examples/NAME.cpp and examples/NAME/main.cpp is a program of its own that uses nothing but the public headers.
file(GLOB rheo_examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp ${PROJECT_SOURCE_DIR}/examples/*/main.cpp)
foreach(source ${rheo_examples})
  get_filename_component(name ${source} NAME_WE)
  if(name STREQUAL "main")
    get_filename_component(name ${source} DIRECTORY)
    get_filename_component(name ${name} NAME)
  endif()
  add_executable(example_${name} ${source})
  set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  target_compile_options(example_${name} PRIVATE -Wall -Wextra $<$<BOOL:${RHEO_DEVELOPER}>:-Werror>)
  target_link_libraries(example_${name} PRIVATE rheo::rheo)
endforeach()
