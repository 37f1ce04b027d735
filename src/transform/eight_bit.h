// SPDX-License-Identifier: Apache-2.0
// What the int8 transform decides about values before it changes a graph: who wants a value in 8 bits, and which 8-bit
// type and scale it gets.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "graph/ranges.h"
#include "graph/variant.h"

namespace rheo {

// Whether some layer multiplies 8-bit values already: the model came quantised.
bool is_quantised(const Graph& graph);

// How much the readers of a value want it in 8 bits.
enum class Want : std::uint8_t {
  none,     // they compute in f32
  if_made,  // they take 8 bits as well as f32, so a node that can answer in 8 bits should
  needed,   // some reader computes in 8 bits: a value made in f32 is quantised
};

// By value. Values that are exits are never wanted in 8 bits by their exit; readers still may. `wider` names products
// that compute on other types and so want nothing.
std::vector<Want> wanted_8_bit(const Graph& graph, const NodePrecisions& wider = {});

// A product whose weights are dequantised from a constant i8.
bool has_8_bit_weights(const Graph& graph, const Node& node);

// conv2d, and linear layers wide enough, on f32 values with constant weights.
bool computes_8_bit(const Graph& graph, const Node& node);

// True for ops whose results are elements of their first input, so that they compute the same of 8-bit numbers whatever
// these stand for.
bool moves_elements(OpKind kind);

// Nodes whose result has the type and scale of input 0 and nothing beyond its range: max_pool2d, reshape, flatten,
// transpose, slice and other ops that move, select or mix elements. A constant has no range, so what reads only one
// (an embedding's table) is computed in f32.
bool keeps_type(const Graph& graph, const Node& node);

// u8: the kernels multiply it as it lies.
struct EightBitType {
  float scale = 1;
  int zero_point = 0;
};

// The zero point is 0 when the value cannot be negative (its op says so, or it is an input and was never seen
// negative), else where the calibrated range has it; the scale spreads that range, widened to hold 0, over all steps.
// An input of stored bytes gets exactly the bytes' own step, so that nothing is lost. A value without a range takes
// that of the value it was moved from; not_found names the value.
Result<EightBitType> eight_bit_type(const Graph& graph, ValueId value, const Ranges& ranges);

}  // namespace rheo
