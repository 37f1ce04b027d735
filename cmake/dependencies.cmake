# SPDX-License-Identifier: Apache-2.0
# Libraries that Rheo uses; each is private to the rooms that need it.
find_package(Threads REQUIRED)
include(rheo-dnnl)
if(NOT RHEO_DNNL_LIBRARY OR NOT RHEO_DNNL_INCLUDE)
  message(FATAL_ERROR "oneDNN was not found. Install it (Debian: apt install libdnnl-dev), or set RHEO_DNNL_LIBRARY and RHEO_DNNL_INCLUDE.")
endif()
find_package(nlohmann_json REQUIRED CONFIG)
find_package(fmt REQUIRED CONFIG)
find_package(ZLIB REQUIRED)
find_path(RHEO_XXHASH_INCLUDE xxhash.h REQUIRED)
find_path(RHEO_STB_INCLUDE stb_image.h PATH_SUFFIXES stb REQUIRED)
mark_as_advanced(RHEO_XXHASH_INCLUDE RHEO_STB_INCLUDE nlohmann_json_DIR fmt_DIR)
