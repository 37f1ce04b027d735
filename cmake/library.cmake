# SPDX-License-Identifier: Apache-2.0
# The library: all rooms of src/ but the command line and the plugins, and the kernels.
file(GLOB_RECURSE rheo_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp ${PROJECT_SOURCE_DIR}/kernels/*.cpp)
list(FILTER rheo_sources EXCLUDE REGEX "/src/(cli|plugins)/")

include(isa)
rheo_set_isa_flags(${rheo_sources})

add_library(rheo_private INTERFACE)
target_compile_features(rheo_private INTERFACE cxx_std_20)
target_include_directories(rheo_private INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
target_include_directories(rheo_private SYSTEM INTERFACE ${RHEO_XXHASH_INCLUDE} ${RHEO_STB_INCLUDE})
target_link_libraries(rheo_private INTERFACE nlohmann_json::nlohmann_json fmt::fmt-header-only DNNL::dnnl Threads::Threads ${CMAKE_DL_LIBS})
target_compile_options(rheo_private INTERFACE -Wall -Wextra -Wconversion $<$<BOOL:${RHEO_DEVELOPER}>:-Werror>)
if(RHEO_SANITIZE)
  target_compile_options(rheo_private INTERFACE -fsanitize=${RHEO_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(rheo_private INTERFACE -fsanitize=${RHEO_SANITIZE})
endif()

# Compiled once; the shared and the static library, and the tests, are made from the same objects.
add_library(rheo_objects OBJECT ${rheo_sources})
set_target_properties(rheo_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
target_link_libraries(rheo_objects PUBLIC rheo_private)

add_library(rheo $<TARGET_OBJECTS:rheo_objects>)
add_library(rheo::rheo ALIAS rheo)
target_compile_features(rheo PUBLIC cxx_std_20)
target_include_directories(rheo PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(rheo PRIVATE $<BUILD_INTERFACE:rheo_private>)
set_target_properties(rheo PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

# For tests and benchmarks, which look inside.
add_library(rheo_testing STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:rheo_objects>)
target_link_libraries(rheo_testing PUBLIC rheo_private)
