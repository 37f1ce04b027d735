# SPDX-License-Identifier: Apache-2.0
# Every tests/fuzz/NAME_fuzzer.cpp defines LLVMFuzzerTestOneInput. The tests run it over its seeds, tests/fuzz/NAME/*, with
# any compiler; with the preset fuzz (clang, RHEO_SANITIZE=fuzzer,...) it is a real fuzzer.
file(GLOB rheo_fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzzer.cpp)
foreach(source ${rheo_fuzzers})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE "_fuzzer" "" seeds ${name})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE rheo_test_support)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(RHEO_SANITIZE MATCHES "fuzzer")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/run_seeds.cpp)
    add_test(NAME fuzz/${seeds} COMMAND ${name} --seconds 5 ${PROJECT_SOURCE_DIR}/tests/fuzz/${seeds})
    set_tests_properties(fuzz/${seeds} PROPERTIES LABELS unit TIMEOUT 600)
  endif()
endforeach()

# Write seeds again when a format or its writer has changed: make_package_seeds tests/fuzz/package
foreach(name package onnx pt2)
  add_executable(make_${name}_seeds EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/fuzz/make_${name}_seeds.cpp)
  target_link_libraries(make_${name}_seeds PRIVATE rheo_test_support)
endforeach()
