// SPDX-License-Identifier: Apache-2.0
// Ladder and ranges as JSON texts. Reading checks every number against its meaning: shares lie in [0,1],
// times and counts are not negative, exits are those of the graph.
#pragma once

#include <span>
#include <string>

#include <rheo/limits.h>
#include <rheo/path.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "graph/ranges.h"
#include "graph/variant.h"

namespace rheo {

std::string ladder_to_json(const Ladder& ladder);
// Every rung must name one of `variants` and an exit of its graph, by name and position; the last rung is the last exit
// of the last variant.
Result<Ladder> ladder_from_json(const std::string& text, std::span<const Variant> variants, const LoadLimits& limits);

std::string ranges_to_json(const Ranges& ranges);
// Every range must belong to a value of `graph`.
Result<Ranges> ranges_from_json(const std::string& text, const Graph& graph, const LoadLimits& limits);

}  // namespace rheo
