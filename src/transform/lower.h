// SPDX-License-Identifier: Apache-2.0
// Path transforms: the same graph in the arithmetic of a path. Unlike passes they change results a little; what that
// costs is measured by adapt and promised by a certificate. To add a precision: a function here, a line in lower.cpp.
//
// All take an optimised f32 graph (transform/pass.h). Inputs stay f32, exits are f32; conversions are explicit nodes at
// the borders, each made once per value. A value keeps its name in its new type; other forms of it are called
// NAME.f32, NAME.bf16, NAME.u8 and NAME.i8.
#pragma once

#include <string>
#include <vector>

#include <rheo/path.h>

#include "graph/ranges.h"
#include "graph/variant.h"
#include "transform/rewriter.h"

namespace rheo {

// The one entry. f32 gives the same graph back, and so does int8 without `ranges` of a model that came quantised; only
// int8 and mixed read them, only mixed reads `mixed`.
Result<GraphPointer> lower(const GraphPointer& graph, Precision precision, const Ranges& ranges,
                           const NodePrecisions& mixed = {});

// Values and weights of conv2d, conv_transpose2d, linear, matmul and attention in bf16, sums, biases and masks in f32;
// lstm, gru and rnn in f32. What feeds an exit through nothing but pools, reshapes, softmax and small linear layers
// stays f32: a pool before a head answers in f32 at no cost, and a small layer is so cheap that rounding its inputs
// would only lose precision.
Result<GraphPointer> to_bf16(const Graph& graph);

// conv2d and wide linear layers on 8-bit values with per-channel 8-bit weights; max pools and reshapes in between keep
// the 8 bits; everything else in f32. Values are u8; the zero point is 0 where one cannot be negative. A value that has
// to become 8-bit and has no range is an error that names it.
//
// `wider` names nodes that compute in bf16 or f32 instead, where they would compute on 8 bits: products take their
// inputs and weights in it and answer in f32, so that the 8-bit neighbours round once. A node that is not there, or
// would not compute on 8 bits, is an error that names it.
Result<GraphPointer> to_int8(const Graph& graph, const Ranges& ranges, const NodePrecisions& wider = {});

// The nodes of `graph` that to_int8 computes on 8 bits, in graph order.
std::vector<std::string> eight_bit_nodes(const Graph& graph);

// Linear layers with fewer weights than this are heads, not work: a picture passes them in about a microsecond, less
// than converting to a narrower type and back would take. A count of elements.
inline constexpr std::int64_t kSmallLinearWeights = 64 * 1024;

}  // namespace rheo
