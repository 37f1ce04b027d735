# SPDX-License-Identifier: Apache-2.0
# Libraries that Rheo uses; each is private to the rooms that need it.
find_package(Threads REQUIRED)
# Found by hand: the CMake package of oneDNN 2.6 wants OpenCL headers that nothing here needs.
find_path(RHEO_DNNL_INCLUDE oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(RHEO_DNNL_LIBRARY dnnl REQUIRED)
if(NOT TARGET DNNL::dnnl)
  add_library(DNNL::dnnl SHARED IMPORTED)
  set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION ${RHEO_DNNL_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${RHEO_DNNL_INCLUDE})
endif()
find_package(nlohmann_json REQUIRED CONFIG)
find_package(fmt REQUIRED CONFIG)
find_path(RHEO_XXHASH_INCLUDE xxhash.h REQUIRED)
find_path(RHEO_STB_INCLUDE stb_image.h PATH_SUFFIXES stb REQUIRED)
