// SPDX-License-Identifier: Apache-2.0
#include <rheo/version.h>

#define RHEO_TEXT_INNER(x) #x
#define RHEO_TEXT(x) RHEO_TEXT_INNER(x)

namespace rheo {

std::string_view version() {
  return RHEO_TEXT(RHEO_VERSION_MAJOR) "." RHEO_TEXT(RHEO_VERSION_MINOR) "." RHEO_TEXT(RHEO_VERSION_PATCH);
}

}  // namespace rheo
