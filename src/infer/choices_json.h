// SPDX-License-Identifier: Apache-2.0
// The measured kernel choices of all precisions as one JSON text, the package's section "choices".
#pragma once

#include <string>
#include <string_view>

#include <rheo/status.h>

#include "infer/plan_set.h"

namespace rheo {

std::string choices_by_precision_to_json(const ChoicesByPrecision& choices);
Result<ChoicesByPrecision> choices_by_precision_from_json(std::string_view text);

}  // namespace rheo
