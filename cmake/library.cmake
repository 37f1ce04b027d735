# SPDX-License-Identifier: Apache-2.0
# The library, shared and static: all rooms of src/ but the command line and the plugins, and the kernels.
file(GLOB_RECURSE rheo_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp ${PROJECT_SOURCE_DIR}/kernels/*.cpp)
list(FILTER rheo_sources EXCLUDE REGEX "/src/(cli|plugins)/")

include(isa)
rheo_set_isa_flags(${rheo_sources})
if(RHEO_SANITIZE MATCHES "undefined")
  set(rheo_readers ${rheo_sources})
  list(FILTER rheo_readers INCLUDE REGEX "/src/load/")
  set_property(SOURCE ${rheo_readers} APPEND PROPERTY COMPILE_OPTIONS "-fsanitize=alignment")
endif()

# How Rheo's own code is compiled, wherever it stands.
add_library(rheo_private INTERFACE)
target_compile_features(rheo_private INTERFACE cxx_std_20)
target_include_directories(rheo_private INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
target_include_directories(rheo_private SYSTEM INTERFACE ${RHEO_XXHASH_INCLUDE} ${RHEO_STB_INCLUDE})
target_link_libraries(rheo_private INTERFACE nlohmann_json::nlohmann_json fmt::fmt-header-only DNNL::dnnl ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS})
target_compile_options(rheo_private INTERFACE -Wall -Wextra -Wconversion $<$<BOOL:${RHEO_DEVELOPER}>:-Werror>)

# Compiled once; both libraries are made from the same objects.
add_library(rheo_objects OBJECT ${rheo_sources})
set_target_properties(rheo_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
target_link_libraries(rheo_objects PUBLIC rheo_private)
# Folders with plugins, seen from the folder of the file that holds Rheo: the library, or a program in bin/.
target_compile_definitions(rheo_objects PRIVATE RHEO_PLUGIN_SEARCH="rheo/plugins:../${CMAKE_INSTALL_LIBDIR}/rheo/plugins")

add_library(rheo SHARED $<TARGET_OBJECTS:rheo_objects>)
set_target_properties(rheo PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                                      LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/rheo.map)
target_link_options(rheo PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/rheo.map -Wl,--as-needed)

add_library(rheo_static STATIC $<TARGET_OBJECTS:rheo_objects>)
set_target_properties(rheo_static PROPERTIES OUTPUT_NAME rheo)
if(NOT RHEO_INSTALL)
  set_target_properties(rheo_static PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
target_link_libraries(rheo_static INTERFACE $<INSTALL_INTERFACE:$<LINK_ONLY:DNNL::dnnl>> $<INSTALL_INTERFACE:$<LINK_ONLY:ZLIB::ZLIB>>
                      $<INSTALL_INTERFACE:Threads::Threads>)

foreach(target rheo rheo_static)
  add_library(rheo::${target} ALIAS ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:rheo_private>)
endforeach()

# For what looks inside: the command, the tests, the benchmarks.
add_library(rheo_testing INTERFACE)
target_link_libraries(rheo_testing INTERFACE rheo_static rheo_private)
