// SPDX-License-Identifier: Apache-2.0
// Records for machines and for people: one JSON line per request, and the story of one request in sentences.
#pragma once

#include <span>
#include <string>

#include <rheo/record.h>

namespace rheo {

// One line without a line break: asked, used, reason, every step with its evidence, all costs in microseconds.
std::string record_to_json(const RunRecord& record);

// What was decided for one input and why, a line per step. `labels` names the answers; may be empty.
std::string explain(const RunRecord& record, std::span<const std::string> labels);

}  // namespace rheo
