# SPDX-License-Identifier: Apache-2.0
# Finds oneDNN as the target DNNL::dnnl. By hand, because the CMake package of oneDNN 2.6 wants OpenCL headers that
# nothing here needs. Installed with Rheo: whoever links the static library needs oneDNN too.
find_library(RHEO_DNNL_LIBRARY dnnl)
find_path(RHEO_DNNL_INCLUDE oneapi/dnnl/dnnl.hpp)
mark_as_advanced(RHEO_DNNL_LIBRARY RHEO_DNNL_INCLUDE)
if(RHEO_DNNL_LIBRARY AND NOT TARGET DNNL::dnnl)
  add_library(DNNL::dnnl UNKNOWN IMPORTED)
  set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION ${RHEO_DNNL_LIBRARY})
  if(RHEO_DNNL_INCLUDE)
    set_target_properties(DNNL::dnnl PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${RHEO_DNNL_INCLUDE})
  endif()
endif()
