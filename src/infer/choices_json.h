// SPDX-License-Identifier: Apache-2.0
// The measured kernel choices of all plans as one JSON text, the package's section "choices".
#pragma once

#include <string>
#include <string_view>

#include <rheo/status.h>

#include "infer/plan_set.h"

namespace rheo {

// An object by Path::plan_name.
std::string choices_by_plan_to_json(const ChoicesByPlan& choices);
// bad_format or invalid_argument names the plan; what no path runs on is carried like the rest.
Result<ChoicesByPlan> choices_by_plan_from_json(std::string_view text);

}  // namespace rheo
