# SPDX-License-Identifier: Apache-2.0
# The targets `demo` and `bench`: what `make demo` and `make bench` run. The program of bench/demo/ and that of
# bench/numbers/ are called as PROGRAM MODEL.pt DATA_FOLDER OUTPUT_FOLDER; numbers also gets the LibTorch peer, if any.
set(demo_model ${PROJECT_SOURCE_DIR}/examples/fashion_mnist/model/fashion_mnist.pt)
set(demo_data ${PROJECT_BINARY_DIR}/data)
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
  add_custom_target(demo COMMAND bench_demo ${demo_model} ${demo_data} ${PROJECT_SOURCE_DIR}/build/demo USES_TERMINAL VERBATIM)
  add_dependencies(demo ${demo_needs})
endif()
if(TARGET bench_numbers)
  if(TARGET torch_peer)
    set(peer $<TARGET_FILE:torch_peer>)
  endif()
  add_custom_target(bench COMMAND bench_numbers ${demo_model} ${demo_data} ${PROJECT_SOURCE_DIR}/build/bench
    $<$<TARGET_EXISTS:torch_peer>:$<TARGET_FILE:torch_peer>> USES_TERMINAL COMMAND_EXPAND_LISTS VERBATIM)
  add_dependencies(bench ${demo_needs})
endif()
