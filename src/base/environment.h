// SPDX-License-Identifier: Apache-2.0
// The only reader of environment variables. An explicit option always wins over them.
#pragma once

#include <string>

namespace rheo {

// Value of RHEO_MAX_ISA, RHEO_PLUGIN_DIR, ...; empty when unset.
std::string environment(const char* name);

}  // namespace rheo
