// SPDX-License-Identifier: Apache-2.0
// The oracle of the tests: evaluates a graph node by node through the reference kernels on plain tensors. No plan, no
// layout, no memory sharing, so nothing that the runtime does cleverly can hide a mistake from it.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace rheo::testing {

// All values of `graph`, by ValueId, for one tensor per graph input (dense, plain NCHW).
Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const Tensor> inputs);

// The exits alone, cheapest first.
Result<std::vector<Tensor>> interpret_exits(const Graph& graph, std::span<const Tensor> inputs);
// All that is given out: the exits, then the outputs.
Result<std::vector<Tensor>> interpret_given_out(const Graph& graph, std::span<const Tensor> inputs);

}  // namespace rheo::testing
