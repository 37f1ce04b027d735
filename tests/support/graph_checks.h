// SPDX-License-Identifier: Apache-2.0
// What tests ask of graphs: which ops they hold, and whether two of them compute the same.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/ranges.h"

namespace rheo::testing {

// Op names in graph order, without nodes that no exit needs: {"conv2d", "relu"}.
std::vector<std::string> kinds(const Graph& graph);
int count_kind(const Graph& graph, OpKind kind);

// Null when there is none; of nodes only those that an exit needs.
const Node* find_node(const Graph& graph, std::string_view name);
const Value* find_value(const Graph& graph, std::string_view name);

// Smallest and largest element of every f32 value, through the interpreter. One input tensor per entry.
Ranges observed_ranges(const Graph& graph, std::span<const Tensor> inputs);

// Both graphs on the same inputs, exit by exit: the largest absolute difference, relative to the largest magnitude of
// that exit before. At most `tolerance`; names the exit else.
::testing::AssertionResult same_answers(const Graph& before, const Graph& after, std::span<const Tensor> inputs,
                                        double tolerance);
// The same of the outputs besides the exits: also name, declared type and stage are as before. Whole numbers may differ
// by one step, because what is cut may lie on either side of it.
::testing::AssertionResult same_outputs(const Graph& before, const Graph& after, std::span<const Tensor> inputs,
                                        double tolerance);
// That difference, the largest over all exits.
double largest_difference(const Graph& before, const Graph& after, std::span<const Tensor> inputs);

}  // namespace rheo::testing
