// SPDX-License-Identifier: Apache-2.0
// What patterns ask of values of the old graph: who makes them, and whether they are one number.
#pragma once

#include <optional>
#include <span>

#include "transform/rewriter.h"

namespace rheo {

// The node that makes `value`; null for an input or a constant.
const Node* maker_of(const Graph& graph, ValueId value);
// The same when it is of `kind` and nobody else reads `value`.
const Node* merged_maker(const Rewriter& rewriter, ValueId value, OpKind kind);
// The number of an f32 constant of one element.
std::optional<double> scalar_of(const Graph& graph, ValueId value);
// Equal up to how constants are rounded on their way into a file.
bool is_about(double value, double expected);

// A value as a number times another value.
struct Scaled {
  ValueId value = kNoValue;
  double factor = 1;
};
// Looks through muls and divs by one number that nobody else reads.
Scaled without_scale(const Rewriter& rewriter, ValueId value);

}  // namespace rheo
