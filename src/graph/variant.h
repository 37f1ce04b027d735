// SPDX-License-Identifier: Apache-2.0
// `Variant`: one model of a ladder, and what is known of it beyond its graph: all that making its paths takes. A ladder
// has one, or several that answer the same question, cheapest first; the last one's paths end in the reference.
// A plain value; the graph is shared and frozen.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <rheo/path.h>

#include "graph/graph.h"
#include "graph/ranges.h"

namespace rheo {

// What nodes of a mixed path compute in, by name: f32 or bf16. All others compute as in int8.
using NodePrecisions = std::map<std::string, Precision, std::less<>>;

struct Variant {
  std::string name = {};               // Path::variant of its paths
  std::shared_ptr<const Graph> graph;  // optimised, f32
  Ranges ranges = {};                  // of activations, for int8 and mixed paths; may be empty
  NodePrecisions mixed = {};           // of its mixed paths; empty where it has none
};

}  // namespace rheo
