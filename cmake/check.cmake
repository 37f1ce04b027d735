# SPDX-License-Identifier: Apache-2.0
# Checks of the tree itself: as tests, and as the targets format, format_check and tidy.
find_program(RHEO_CLANG_FORMAT NAMES clang-format-14 clang-format)
find_program(RHEO_RUN_CLANG_TIDY NAMES run-clang-tidy-14 run-clang-tidy)
find_program(RHEO_CLANG NAMES clang++-14 clang++)
find_package(Python3 COMPONENTS Interpreter)
mark_as_advanced(RHEO_CLANG_FORMAT RHEO_RUN_CLANG_TIDY RHEO_CLANG)

set(list_sources "git -C '${PROJECT_SOURCE_DIR}' ls-files -z '*.h' '*.cpp'")
set(run_format "cd '${PROJECT_SOURCE_DIR}' && ${list_sources} | xargs -0 -r '${RHEO_CLANG_FORMAT}'")
add_custom_target(format COMMAND sh -c "${run_format} -i" VERBATIM)
add_custom_target(format_check COMMAND sh -c "${run_format} --dry-run --Werror" VERBATIM)
# RHEO_TIDY_FILES: a regular expression; only files whose names it matches are read. Not the importer: clang 14 cannot
# read LibTorch's headers with the standard library of gcc 12.
set(RHEO_TIDY_FILES "${PROJECT_SOURCE_DIR}/(src/(?!plugins/torch/)|kernels/)" CACHE STRING "Which files the target tidy reads")
add_custom_target(tidy COMMAND ${RHEO_RUN_CLANG_TIDY} -quiet -p ${PROJECT_BINARY_DIR} ${RHEO_TIDY_FILES} USES_TERMINAL VERBATIM)

if(NOT RHEO_BUILD_TESTS)
  return()
endif()

function(rheo_check name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS tree TIMEOUT 600)
endfunction()

if(Python3_FOUND)
  foreach(check floors quarantine sizes tests noise licences words)
    rheo_check(layers/${check} ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/layers/layers.py ${check} ${PROJECT_SOURCE_DIR})
  endforeach()
  rheo_check(layers/planted_violations ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/layers/layers_test.py)
  rheo_check(bench/peers ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/bench/peers_test.py)
  foreach(tool check_families export_model photographs)
    rheo_check(tools/${tool} ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/tools/${tool}_test.py)
    set_tests_properties(tools/${tool} PROPERTIES SKIP_RETURN_CODE 77)  # without NumPy or Pillow
  endforeach()
endif()
rheo_check(headers/${CMAKE_CXX_COMPILER_ID} sh ${PROJECT_SOURCE_DIR}/tests/layers/headers.sh ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR})
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  if(RHEO_CLANG)
    rheo_check(headers/Clang sh ${PROJECT_SOURCE_DIR}/tests/layers/headers.sh ${RHEO_CLANG} ${PROJECT_SOURCE_DIR})
  else()
    message(STATUS "Rheo: clang++ was not found (Debian: apt install clang-14); the test headers/Clang is SKIPPED")
    rheo_check(headers/Clang sh -c "echo 'clang++ was not found when the build was configured'; exit 77")
    set_tests_properties(headers/Clang PROPERTIES SKIP_RETURN_CODE 77)
  endif()
endif()
if(RHEO_INSTALL AND NOT RHEO_SANITIZE)
  if(Python3_FOUND)
    rheo_check(install/library ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/install/library_test.py $<TARGET_FILE:rheo>)
  endif()
  rheo_check(install/consumers sh ${PROJECT_SOURCE_DIR}/tests/install/install_test.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
  set_tests_properties(install/consumers PROPERTIES TIMEOUT 2700)  # without a compiler cache it compiles the library again
endif()
