# SPDX-License-Identifier: Apache-2.0
# The targets `demo` and `bench`: what `make demo` and `make bench` run. The program of bench/demo/ and that of
# bench/numbers/ are called as PROGRAM MODEL.pt DATA_FOLDER PACKAGE_FOLDER OUTPUT_FOLDER; numbers also gets the LibTorch
# peer, if any. Each build tree has packages of its own, because its code made them.
set(demo_model ${PROJECT_SOURCE_DIR}/examples/fashion_mnist/model/fashion_mnist.pt)
set(demo_data ${PROJECT_BINARY_DIR}/data)
set(demo_packages ${PROJECT_BINARY_DIR}/packages)
foreach(file train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)
  add_custom_command(OUTPUT ${demo_data}/${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${demo_data}
    COMMAND gzip -dc ${RHEO_FASHION_MNIST}/${file}.gz > ${demo_data}/${file}
    DEPENDS ${RHEO_FASHION_MNIST}/${file}.gz COMMENT "Unpacking ${file}" VERBATIM)
  list(APPEND demo_data_files ${demo_data}/${file})
endforeach()
add_custom_target(demo_data DEPENDS ${demo_data_files})

set(demo_needs demo_data)
foreach(target rheo_cli rheo_torch torch_peer)
  if(TARGET ${target})
    list(APPEND demo_needs ${target})
  endif()
endforeach()
if(TARGET bench_demo)
  add_custom_target(demo COMMAND bench_demo ${demo_model} ${demo_data} ${demo_packages} ${PROJECT_SOURCE_DIR}/build/demo USES_TERMINAL VERBATIM)
  add_dependencies(demo ${demo_needs})
endif()
if(TARGET bench_numbers)
  add_custom_target(bench COMMAND bench_numbers ${demo_model} ${demo_data} ${demo_packages} ${PROJECT_SOURCE_DIR}/build/bench
    $<$<TARGET_EXISTS:torch_peer>:$<TARGET_FILE:torch_peer>> USES_TERMINAL COMMAND_EXPAND_LISTS VERBATIM)
  add_dependencies(bench ${demo_needs})
endif()

# Both on a few pictures, in a folder of their own. Alone, because they keep both processors busy.
if(RHEO_BUILD_TESTS AND TARGET bench_demo AND TARGET bench_numbers AND TARGET rheo_torch)
  set(quick_test sh ${PROJECT_SOURCE_DIR}/tests/bench/quick_test.sh)
  set(quick_folder ${PROJECT_BINARY_DIR}/tests/bench)
  add_test(NAME bench/demo COMMAND ${quick_test} demo $<TARGET_FILE:bench_demo> ${demo_model} ${RHEO_FASHION_MNIST} ${quick_folder})
  add_test(NAME bench/numbers COMMAND ${quick_test} numbers $<TARGET_FILE:bench_numbers> ${demo_model} ${RHEO_FASHION_MNIST} ${quick_folder}
    $<$<TARGET_EXISTS:torch_peer>:$<TARGET_FILE:torch_peer>>)
  set_tests_properties(bench/demo bench/numbers PROPERTIES LABELS bench TIMEOUT 600 SKIP_RETURN_CODE 77)
  set_tests_properties(bench/demo PROPERTIES FIXTURES_SETUP quick_packages)
  set_tests_properties(bench/numbers PROPERTIES FIXTURES_REQUIRED quick_packages)
endif()
