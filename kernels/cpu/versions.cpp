// SPDX-License-Identifier: Apache-2.0
#include <dnnl.h>
#include <rheo/version.h>

#include <string>

#include "kernels/kernel.h"

namespace rheo {

std::string library_versions() {
  const dnnl_version_t* dnnl = dnnl_version();
  return "rheo " + std::string(version()) + ", oneDNN " + std::to_string(dnnl->major) + "." +
         std::to_string(dnnl->minor) + "." + std::to_string(dnnl->patch);
}

}  // namespace rheo
