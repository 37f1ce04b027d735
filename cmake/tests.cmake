# SPDX-License-Identifier: Apache-2.0
# One test program per folder of tests/, so that a room can be built and run alone: `ninja graph_tests && ./graph_tests`.
find_package(GTest REQUIRED)
include(GoogleTest)

# A library, so that it is compiled once and a program links only what its tests use.
file(GLOB rheo_support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
add_library(rheo_test_support STATIC EXCLUDE_FROM_ALL ${rheo_support})
target_include_directories(rheo_test_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(rheo_test_support PUBLIC rheo_testing GTest::gtest)
target_compile_definitions(rheo_test_support PUBLIC RHEO_SOURCE_DIR="${PROJECT_SOURCE_DIR}" RHEO_BINARY_DIR="${PROJECT_BINARY_DIR}")
# The tests themselves need no speed, and compile in half the time without it; what they test keeps its own.
target_compile_options(rheo_test_support PUBLIC -O0)

# Makes every test of `target` known to ctest as room/Suite.Name, with a label: "unit" is what sanitizers run.
function(rheo_discover_tests target room label)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${target} TEST_PREFIX "${room}/" DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()

foreach(room base tensor op path graph record load load/aten load/onnx load/pt2 transform plan policy estimate run infer adapt observe engine cli agree golden kernels kernels/ref kernels/cpu)
  file(GLOB room_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${room}/*_test.cpp)
  if(room STREQUAL cli AND NOT TARGET rheo_cli)
    set(room_tests "")  # these run the command
  endif()
  if(room_tests)
    string(REPLACE "/" "_" target ${room}_tests)
    add_executable(${target} ${room_tests})
    target_link_libraries(${target} PRIVATE rheo_test_support GTest::gtest_main)
    rheo_discover_tests(${target} ${room} unit)
  endif()
endforeach()

if(TARGET cli_tests)
  add_dependencies(cli_tests rheo_cli)
  # What needs no command line is tested as it is.
  foreach(part measuring profile bench_report known_flags flag_names paths)
    target_sources(cli_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/${part}.cpp)
  endforeach()
  target_compile_definitions(cli_tests PRIVATE RHEO_COMMAND="$<TARGET_FILE:rheo_cli>")
endif()

# The tests of kernels once more with the instruction set capped, as on an older processor.
foreach(target kernels_cpu_tests agree_tests)
  if(TARGET ${target})
    add_test(NAME capped/${target}/avx2 COMMAND ${target} --gtest_brief=1)
    add_test(NAME capped/${target}/portable COMMAND ${target} --gtest_brief=1)
    set_tests_properties(capped/${target}/avx2 PROPERTIES LABELS capped TIMEOUT 1200 ENVIRONMENT "RHEO_MAX_ISA=avx2;ONEDNN_MAX_CPU_ISA=AVX2")
    set_tests_properties(capped/${target}/portable PROPERTIES LABELS capped TIMEOUT 1200 ENVIRONMENT "RHEO_MAX_ISA=portable;ONEDNN_MAX_CPU_ISA=SSE41")
  endif()
endforeach()

# The conformance data of ONNX against the committed table of what passes.
add_executable(onnx_conformance ${PROJECT_SOURCE_DIR}/tests/conformance/onnx.cpp ${PROJECT_SOURCE_DIR}/tests/conformance/onnx_case.cpp)
target_link_libraries(onnx_conformance PRIVATE rheo_test_support)
set_target_properties(onnx_conformance PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
add_test(NAME conformance/onnx COMMAND onnx_conformance ${PROJECT_SOURCE_DIR}/tests/conformance/onnx.txt)
set_tests_properties(conformance/onnx PROPERTIES LABELS unit TIMEOUT 600 SKIP_RETURN_CODE 77)

# Our ONNX reader against ONNX's own library, in a program of its own: nothing else links protobuf.
find_path(RHEO_ONNX_INCLUDE onnx/onnx_pb.h)
find_library(RHEO_ONNX_LIBRARY onnx_proto)
find_library(RHEO_PROTOBUF_LIBRARY protobuf)
mark_as_advanced(RHEO_ONNX_INCLUDE RHEO_ONNX_LIBRARY RHEO_PROTOBUF_LIBRARY)
if(RHEO_ONNX_INCLUDE AND RHEO_ONNX_LIBRARY AND RHEO_PROTOBUF_LIBRARY)
  file(GLOB onnx_library_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/onnx_library/*_test.cpp)
  add_executable(onnx_library_tests ${onnx_library_tests})
  target_include_directories(onnx_library_tests SYSTEM PRIVATE ${RHEO_ONNX_INCLUDE})
  target_compile_definitions(onnx_library_tests PRIVATE ONNX_ML=1 ONNX_NAMESPACE=onnx)
  target_link_libraries(onnx_library_tests PRIVATE rheo_test_support GTest::gtest_main ${RHEO_ONNX_LIBRARY} ${RHEO_PROTOBUF_LIBRARY})
  rheo_discover_tests(onnx_library_tests onnx_library unit)
endif()
