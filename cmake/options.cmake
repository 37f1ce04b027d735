# SPDX-License-Identifier: Apache-2.0
# What can be switched. As a sub-project Rheo builds its library and nothing else, and changes nothing of its host.
option(RHEO_BUILD_CLI "Build the rheo command" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_BENCH "Build the benchmarks and the demo" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_TORCH "Build the TorchScript importer plugin, when LibTorch is found" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_DEVELOPER "Warnings are errors, for those who work on Rheo" OFF)
set(RHEO_SANITIZE "" CACHE STRING "Sanitizers for everything, e.g. address,undefined or thread")
set(RHEO_FASHION_MNIST /usr/share/datasets/fashion-mnist CACHE PATH "Folder with the Fashion-MNIST files (Debian: dataset-fashion-mnist)")

include(GNUInstallDirs)
if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
  endif()
  find_program(RHEO_CCACHE ccache)
  if(RHEO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_NOHASHDIR=1 ${RHEO_CCACHE})  # the folder of the build does not matter
  endif()
  # The build tree has the layout of an installed one, so that the plugin is found the same way in both.
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_BINDIR})
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR})
  set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR})
  if(RHEO_SANITIZE)
    # Only the fuzzers take libFuzzer's main (cmake/fuzz.cmake), so that the tests can be built beside them.
    string(REPLACE "fuzzer," "fuzzer-no-link," sanitizers "${RHEO_SANITIZE}")
    add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${sanitizers})
    # These double the compiler's work. What goes wrong through a null pointer or beyond an object is seen by
    # AddressSanitizer; the alignment of what comes from files is checked where files are read (library.cmake).
    if(RHEO_SANITIZE MATCHES "undefined")
      add_compile_options(-fno-sanitize=null,object-size,alignment)
    endif()
  endif()
endif()
