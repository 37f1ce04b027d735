// SPDX-License-Identifier: Apache-2.0
// What an attention multiplies, where a quantised model rounds it: its queries, keys and values can then stay in 8 bits
// (op/op.h). Looks at models in which the attention is still two products around a softmax, and at those with the op.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace rheo {

// By value: dequantised queries, keys and values of attentions for which all three come in 8 bits, with one scale each.
std::vector<bool> attention_factors(const Graph& graph);

}  // namespace rheo
