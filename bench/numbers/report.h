// SPDX-License-Identifier: Apache-2.0
// The numbers for people and for programs.
#pragma once

#include <string>

#include "numbers/number.h"
#include "observe/quiet.h"

namespace rheo::numbers {

// `whole`: of the whole run.
std::string numbers_text(const Numbers& numbers, const Quiet& whole, const demo::Sources& sources);
std::string numbers_json(const Numbers& numbers, const Quiet& whole, const demo::Sources& sources);

}  // namespace rheo::numbers
