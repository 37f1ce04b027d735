// SPDX-License-Identifier: Apache-2.0
// What packages are made from. They stay as long as nothing of it changes; a new network, other pictures, or other code
// make them anew.
#pragma once

#include <string>

#include <rheo/status.h>

#include "demo/packages.h"

namespace rheo::demo {

// JSON text: content hashes of the model, the calibration pictures and labels, the library and its importer, and what
// adapt is asked for, on which instruction set, with which libraries. Equal texts give equal packages, but for what the
// clock says.
Result<std::string> stamp_of(const Sources& sources);

}  // namespace rheo::demo
