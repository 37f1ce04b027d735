// SPDX-License-Identifier: Apache-2.0
// The models of a package, as sections of its metadata and as tensors. The one that the reference path runs is written
// plainly, "graph", "ranges" and, where it has some, "mixed"; the others, cheapest first, follow as "graph.0",
// "ranges.0", "graph.1" ..., their tensors as "variant.0/NAME" ...; "variants" then holds the names of all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "graph/variant.h"
#include "load/graph_json.h"

namespace rheo {

using Sections = std::map<std::string, std::string, std::less<>>;

// `variants` as in variants_of(package). invalid_argument: a name that no file can hold, or that is taken.
Status add_variants(const std::vector<Variant>& variants, Sections& sections, NamedTensors& tensors);

// Takes what it reads out of both. bad_format: a section is missing, or a model does not answer as the last one does.
Result<std::vector<Variant>> take_variants(Sections& sections, NamedTensors& tensors, const LoadLimits& limits);

std::string mixed_to_json(const NodePrecisions& mixed);
// bad_format names a node that the graph lacks or that is there twice, or a precision other than f32 and bf16.
Result<NodePrecisions> mixed_from_json(const std::string& text, const Graph& graph, const LoadLimits& limits);

}  // namespace rheo
