// SPDX-License-Identifier: Apache-2.0
// Which values between a dequantize and those who compute in 8 bits can stay bytes: what only moves elements can move
// the stored ones.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace rheo {

// By value: what is dequantised with one scale, and what moves it where every reader takes the stored elements: a layer
// with 8-bit weights, an average, an attention whose queries, keys and values all are among them, a quantize into the
// same form, another such move. What mixes elements (a linear resize) rounds and so needs the quantize.
std::vector<bool> kept_bytes(const Graph& graph);

// Whether an attention computes on stored elements, given those.
bool takes_bytes(const Node& attention, const std::vector<bool>& is_kept);

}  // namespace rheo
