# SPDX-License-Identifier: Apache-2.0
# bench/NAME.cpp: a Google Benchmark program. bench/NAME/*.cpp: a program of its own. Both look inside the library.
# bench/torch/ links LibTorch and is built by cmake/torch/.
find_package(benchmark CONFIG)
file(GLOB bench_entries CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*)
foreach(entry ${bench_entries})
  get_filename_component(name ${entry} NAME_WE)
  file(GLOB bench_sources CONFIGURE_DEPENDS ${entry}/*.cpp)
  if(entry MATCHES "\\.cpp$" AND benchmark_FOUND)
    add_executable(bench_${name} ${entry})
    target_link_libraries(bench_${name} PRIVATE rheo_testing benchmark::benchmark)
  elseif(bench_sources AND NOT name STREQUAL "torch")
    add_executable(bench_${name} ${bench_sources})
    target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR}/bench ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(bench_${name} PRIVATE rheo_testing)
  else()
    continue()
  endif()
  set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endforeach()
# Counts allocations as a test does, and compares what the demo compares.
if(TARGET bench_numbers)
  file(GLOB demo_parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/demo/*.cpp)
  list(FILTER demo_parts EXCLUDE REGEX "/main\\.cpp$")
  target_sources(bench_numbers PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/allocation_count.cpp ${demo_parts})
endif()
# The code that makes packages: hashed into the stamp of those that both programs share.
foreach(target bench_demo bench_numbers)
  if(TARGET ${target})
    target_compile_definitions(${target} PRIVATE RHEO_LIBRARY_FILE="$<TARGET_FILE:rheo_static>"
      RHEO_IMPORTER_FILE="$<$<TARGET_EXISTS:rheo_torch>:$<TARGET_FILE:rheo_torch>>")
  endif()
endforeach()
include(demo)
