# SPDX-License-Identifier: Apache-2.0
# Every examples/NAME.cpp and examples/NAME/main.cpp is a program of its own that uses nothing but the public headers.
file(GLOB rheo_examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp ${PROJECT_SOURCE_DIR}/examples/*/main.cpp)

function(rheo_example_name result source)
  get_filename_component(name ${source} NAME_WE)
  if(name STREQUAL "main")
    get_filename_component(name ${source} DIRECTORY)
    get_filename_component(name ${name} NAME)
  endif()
  set(${result} ${name} PARENT_SCOPE)
endfunction()

foreach(source ${rheo_examples})
  rheo_example_name(name ${source})
  add_executable(example_${name} ${source})
  set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  target_compile_options(example_${name} PRIVATE -Wall -Wextra $<$<BOOL:${RHEO_DEVELOPER}>:-Werror>)
  target_link_libraries(example_${name} PRIVATE rheo::rheo)
endforeach()

# An example with a model of its own, examples/NAME/model/NAME.onnx, runs in the tests on that; every other one on a package
# that the command makes of the demo's network and the test pictures.
if(RHEO_BUILD_TESTS)
  foreach(source ${rheo_examples})
    rheo_example_name(name ${source})
    set(model ${PROJECT_SOURCE_DIR}/examples/${name}/model/${name}.onnx)
    if(EXISTS ${model})
      list(REMOVE_ITEM rheo_examples ${source})
      add_test(NAME examples/${name} COMMAND example_${name} ${model})
    endif()
  endforeach()
endif()
if(RHEO_BUILD_TESTS AND TARGET rheo_cli AND TARGET rheo_torch AND EXISTS ${RHEO_FASHION_MNIST}/t10k-images-idx3-ubyte.gz)
  set(example_folder ${PROJECT_BINARY_DIR}/tests/examples)
  add_test(NAME examples/adapt COMMAND sh -ec "rm -rf '${example_folder}'; mkdir -p '${example_folder}'; cd '${example_folder}'; \
gzip -dc '${RHEO_FASHION_MNIST}/t10k-images-idx3-ubyte.gz' > images.idx; \
'$<TARGET_FILE:rheo_cli>' adapt '${PROJECT_SOURCE_DIR}/examples/fashion_mnist/model/fashion_mnist.pt' --data images.idx -o model.rheo \
--plugin-dir '$<TARGET_FILE_DIR:rheo_torch>' 2>/dev/null; '$<TARGET_FILE:rheo_cli>' verify model.rheo")
  set_tests_properties(examples/adapt PROPERTIES FIXTURES_SETUP example_package LABELS slow)
  foreach(source ${rheo_examples})
    rheo_example_name(name ${source})
    add_test(NAME examples/${name} COMMAND example_${name} ${example_folder}/model.rheo)
    set_tests_properties(examples/${name} PROPERTIES FIXTURES_REQUIRED example_package)
  endforeach()
endif()
