// SPDX-License-Identifier: Apache-2.0
// Measured choices as text, so that a package can keep them. Nobody but this file looks inside that text.
#pragma once

#include <string>
#include <string_view>

#include <rheo/status.h>

#include "plan/plan.h"

namespace rheo {

// JSON text: {"node": {"kernel": "...", "layout": "nhwc"}, ...}.
std::string choices_to_text(const KernelChoices& choices);

// bad_format when the text is not what choices_to_text writes; the sentence names the node. At most 100,000 nodes and
// 64 MiB of text.
Result<KernelChoices> choices_from_text(std::string_view text);

}  // namespace rheo
