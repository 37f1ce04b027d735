# SPDX-License-Identifier: Apache-2.0
# What can be switched. Nothing but the library is built when Rheo is a sub-project.
option(BUILD_SHARED_LIBS "Build librheo as a shared library" ON)
option(RHEO_BUILD_CLI "Build the rheo command" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_TORCH "Build the TorchScript importer plugin" ${PROJECT_IS_TOP_LEVEL})
option(RHEO_DEVELOPER "Warnings are errors, for those who work on Rheo" OFF)
set(RHEO_SANITIZE "" CACHE STRING "Sanitizers for everything, e.g. address,undefined or thread")
