// SPDX-License-Identifier: Apache-2.0
// The identity of what a graph computes, used to bind certificates and profiles to their model.
//
// Goes in: inputs (type, preprocessing), nodes (op, attributes, where their inputs come from, types), constants (type
// and every bit), exits and outputs (name, value), all in graph order. Stays out: names of values and nodes, sources,
// labels.
#pragma once

#include <cstdint>
#include <string>

#include "graph/graph.h"

namespace rheo {

// XXH3, 128 bits, as 32 lower-case hex digits. Equal on every host of the same byte order. Not meant against forgery.
std::string content_hash(const Graph& graph);

// XXH3, 64 bits, over the elements alone, to find equal ones by; whoever finds some compares them.
std::uint64_t content_hash(const Tensor& elements);

}  // namespace rheo
