// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "op/attention.h"
#include "op/epilogue.h"
#include "op/pooling.h"
#include "transform/first_block.h"
#include "transform/lower.h"
#include "transform/product.h"
#include "transform/representations.h"

namespace rheo {
namespace {

// Nodes that name a type themselves keep it.
bool is_conversion(OpKind kind) {
  return kind == OpKind::cast || kind == OpKind::quantize || kind == OpKind::dequantize;
}

// What makes much of a small difference loses too much by a rounding to bf16: comparisons and steps, and functions that
// multiply a relative error by their argument.
bool needs_f32(OpKind kind) {
  switch (kind) {
    case OpKind::sign:
    case OpKind::exp:
    case OpKind::floor:
    case OpKind::ceil:
    case OpKind::round:
    case OpKind::is_nan:
    case OpKind::is_inf:
    case OpKind::mod:
    case OpKind::pow: return true;
    default:
      return (kind >= OpKind::sin && kind <= OpKind::atanh) || (kind >= OpKind::equal && kind <= OpKind::less_equal);
  }
}

bool is_small_linear(const Graph& graph, const Node& node) {
  return node.kind == OpKind::linear &&
         graph.value(node.inputs[kWeightsInput]).type.shape.elements() < kSmallLinearWeights;
}

bool is_norm(OpKind kind) {
  return kind == OpKind::batch_norm || kind == OpKind::layer_norm || kind == OpKind::group_norm ||
         kind == OpKind::rms_norm;
}

// A step of these feeds the next, so that roundings would add up; they have no bf16 kernel.
bool is_recurrent(OpKind kind) { return kind == OpKind::lstm || kind == OpKind::gru || kind == OpKind::rnn; }

// A layer that rounds f32 to 8 bits itself.
bool rounds_input(const Graph& graph, const Node& node) {
  return is_product(node.kind) && graph.value(node.inputs[0]).type.dtype == DType::f32 &&
         graph.value(node.inputs[kWeightsInput]).type.dtype == DType::i8;
}

bool multiplies_f32(const Graph& graph, const Node& node) {
  const auto is_f32 = [&](std::size_t input) { return graph.value(node.inputs[input]).type.dtype == DType::f32; };
  return is_product(node.kind) && is_f32(0) && is_f32(kWeightsInput);
}

// Inputs that become bf16 with their node; the parameters of a normalisation, the bias of a product and the mask of an
// attention stay f32.
bool follows_node(const Node& node, std::size_t position) {
  if (is_norm(node.kind)) return position == 0;
  if (node.kind == OpKind::attention) return position != kMaskInput;
  return !(is_product(node.kind) || node.kind == OpKind::conv_transpose2d) || position != kBiasInput;
}

// Whether each node computes in f32. Decided from the results backwards: a node whose result nobody wants in bf16
// stays f32 unless it is worth converting for, which products and the pools in front of heads are.
struct Arithmetic {
  std::vector<bool> computes_f32;  // by node: inputs are taken as f32
  std::vector<bool> answers_f32;   // by node: the result is f32
};

Arithmetic choose_arithmetic(const Graph& graph) {
  const std::size_t count = graph.nodes().size();
  Arithmetic choice{std::vector<bool>(count, false), std::vector<bool>(count, false)};
  std::vector<bool> wanted_bf16(graph.values().size(), false);
  std::vector<bool> wanted_f32(graph.values().size(), false);
  std::vector<bool> is_given_out(graph.values().size(), false);
  for (const GivenOut& out : given_out(graph)) is_given_out[out.value] = true;
  const std::vector<bool> is_first = first_depthwise_block(graph);
  for (std::size_t id = count; id-- > 0;) {
    const Node& node = graph.nodes()[id];
    const ValueId result = node.outputs[0];
    const bool answers_f32 = is_given_out[result] || !wanted_bf16[result];
    const bool is_worth_it = (is_product(node.kind) && !is_small_linear(graph, node)) || node.kind == OpKind::matmul ||
                             node.kind == OpKind::conv_transpose2d || node.kind == OpKind::attention ||
                             is_average(node.kind);
    // Indices and masks depend on comparisons, which rounding would turn.
    const bool makes_floats = graph.value(result).type.dtype == DType::f32;
    const bool must_be_f32 = is_conversion(node.kind) || needs_f32(node.kind) || is_recurrent(node.kind) ||
                             rounds_input(graph, node) || is_first[id];
    choice.computes_f32[id] = must_be_f32 || !makes_floats || (answers_f32 && !is_worth_it);
    choice.answers_f32[id] = answers_f32 || (choice.computes_f32[id] && wanted_f32[result]);
    for (std::size_t position = 0; position < node.inputs.size(); ++position) {
      if (node.inputs[position] == kNoValue) continue;
      const bool as_bf16 = !choice.computes_f32[id] && follows_node(node, position);
      (as_bf16 ? wanted_bf16 : wanted_f32)[node.inputs[position]] = true;
    }
  }
  return choice;
}

Result<ValueId> bf16_input(Representations& values, const Node& node, std::size_t position) {
  const ValueId old = node.inputs[position];
  const bool is_weights = is_product(node.kind) && position == kWeightsInput;
  return is_weights ? values.as_bf16_weights(old) : values.as_bf16(old);
}

Status lower_node(Rewriter& rewriter, Representations& values, const Node& node, bool computes_f32, bool answers_f32) {
  std::vector<ValueId> inputs;
  for (std::size_t position = 0; position < node.inputs.size(); ++position) {
    const ValueId old = node.inputs[position];
    RHEO_ASSIGN_OR_RETURN(const ValueId input, computes_f32 || !follows_node(node, position)
                                                   ? values.as_f32(old)
                                                   : bf16_input(values, node, position));
    inputs.push_back(input);
  }
  Attributes attributes = node.attributes;
  // Sums are f32 inside, so answering in f32 costs nothing and rounds once less. A matmul or attention has no such
  // choice.
  const bool has_choice = is_product(node.kind) || node.kind == OpKind::conv_transpose2d || is_average(node.kind);
  if (!computes_f32 && answers_f32 && has_choice) attributes.set("out_dtype", std::string("f32"));
  // Nor does rounding them for readers that all want bf16.
  if (computes_f32 && !answers_f32 && multiplies_f32(rewriter.graph(), node)) {
    attributes.set("out_dtype", std::string("bf16"));
  }
  return rewriter.replace(node, node.kind, std::move(inputs), std::move(attributes));
}

}  // namespace

Result<GraphPointer> to_bf16(const Graph& graph) {
  const Arithmetic choice = choose_arithmetic(graph);
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  Representations values(rewriter);
  for (std::size_t id = 0; id < graph.nodes().size(); ++id) {
    if (!graph.is_needed(graph.nodes()[id])) continue;
    RHEO_RETURN_IF_ERROR(
        lower_node(rewriter, values, graph.nodes()[id], choice.computes_f32[id], choice.answers_f32[id]));
  }
  return values.finish();
}

}  // namespace rheo
