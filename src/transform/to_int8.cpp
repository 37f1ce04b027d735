// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/try.h"
#include "op/epilogue.h"
#include "transform/eight_bit.h"
#include "transform/lower.h"
#include "transform/product.h"
#include "transform/quantize_weights.h"
#include "transform/representations.h"

namespace rheo {
namespace {

class Int8Lowering {
 public:
  Int8Lowering(Rewriter& rewriter, const Ranges& ranges, const NodePrecisions& wider)
      : graph_(rewriter.graph()),
        rewriter_(rewriter),
        values_(rewriter),
        ranges_(ranges),
        wider_(wider),
        wanted_(wanted_8_bit(rewriter.graph(), wider)) {}

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node)) continue;  // never ran, so it has no ranges
      const auto wider = wider_.find(node.name);
      if (wider != wider_.end() && wider->second == Precision::bf16) {
        RHEO_RETURN_IF_ERROR(lower_wider(node));
      } else if (wider == wider_.end() && computes_8_bit(graph_, node)) {
        RHEO_RETURN_IF_ERROR(lower_product(node));
      } else {
        RHEO_RETURN_IF_ERROR(lower_other(node));
      }
    }
    return values_.finish();
  }

 private:
  // conv2d or linear on 8-bit values. The residual is taken in the form it was made in: both f32 and 8-bit fit.
  Status lower_product(const Node& node) {
    std::vector<ValueId> inputs(kResidualInput + 1, kNoValue);
    RHEO_ASSIGN_OR_RETURN(inputs[0], quantized(node.inputs[0]));
    RHEO_ASSIGN_OR_RETURN(inputs[kWeightsInput], quantized_weights(node.inputs[kWeightsInput]));
    if (node.inputs.size() > kBiasInput) {
      RHEO_ASSIGN_OR_RETURN(inputs[kBiasInput], values_.as_f32(node.inputs[kBiasInput]));
    }
    if (node.inputs.size() > kResidualInput) {
      RHEO_ASSIGN_OR_RETURN(inputs[kResidualInput], rewriter_.mapped(node.inputs[kResidualInput]));
    }
    Attributes attributes = node.attributes;
    const ValueId result = node.outputs[0];
    if (wanted_[result] != Want::none && !rewriter_.is_given_out(result)) {
      RHEO_ASSIGN_OR_RETURN(const EightBitType type, eight_bit_type(graph_, result, ranges_));
      attributes.set("out_dtype", std::string(name_of(DType::u8)));
      attributes.set("out_scale", static_cast<double>(type.scale));
      if (type.zero_point != 0) attributes.set("out_zero_point", std::int64_t{type.zero_point});
    }
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
  }

  // conv2d or linear in bf16 between neighbours of 8 bits: answers in f32, as their own sums are.
  Status lower_wider(const Node& node) {
    std::vector<ValueId> inputs(kResidualInput + 1, kNoValue);
    RHEO_ASSIGN_OR_RETURN(inputs[0], bf16_of(node.inputs[0]));
    RHEO_ASSIGN_OR_RETURN(inputs[kWeightsInput], values_.as_bf16_weights(node.inputs[kWeightsInput]));
    for (const std::size_t position : {kBiasInput, kResidualInput}) {
      if (node.inputs.size() <= position) continue;
      RHEO_ASSIGN_OR_RETURN(inputs[position], values_.as_f32(node.inputs[position]));
    }
    Attributes attributes = node.attributes;
    attributes.set("out_dtype", std::string("f32"));
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
  }

  // `old` in bf16, whatever it was made in.
  Result<ValueId> bf16_of(ValueId old) {
    RHEO_ASSIGN_OR_RETURN(const DType made_as, values_.native_dtype(old));
    if (made_as == DType::f32 || made_as == DType::bf16) return values_.as_bf16(old);
    if (const auto found = bf16_.find(old); found != bf16_.end()) return found->second;
    const std::string name = rewriter_.fresh_name(graph_.value(old).name + ".bf16");
    RHEO_ASSIGN_OR_RETURN(const ValueId made, rewriter_.mapped(old));
    RHEO_ASSIGN_OR_RETURN(bf16_[old],
                          rewriter_.emit(OpKind::dequantize, {made}, {{"dtype", std::string("bf16")}}, name, {}));
    return bf16_[old];
  }

  // Pools and moves go on with what they get; a reader that needs 8 bits behind them has them start with 8 bits.
  // Everything else computes in f32.
  Status lower_other(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId old : node.inputs) {
      const bool is_picture = keeps_type(graph_, node) || takes_8_bit_average(node);
      if (keeps_type(graph_, node) && wanted_[node.outputs[0]] == Want::needed) {
        RHEO_ASSIGN_OR_RETURN(const ValueId input, quantized(old));
        inputs.push_back(input);
      } else {
        RHEO_ASSIGN_OR_RETURN(const ValueId input, is_picture ? rewriter_.mapped(old) : values_.as_f32(old));
        inputs.push_back(input);
      }
    }
    return rewriter_.replace(node, node.kind, std::move(inputs), node.attributes);
  }

  static bool takes_8_bit_average(const Node& node) {
    return node.kind == OpKind::avg_pool2d || node.kind == OpKind::global_avg_pool ||
           node.kind == OpKind::adaptive_avg_pool2d;
  }

  Result<ValueId> quantized(ValueId old) {
    RHEO_ASSIGN_OR_RETURN(const DType made_as, values_.native_dtype(old));
    if (made_as != DType::f32) return rewriter_.mapped(old);
    RHEO_ASSIGN_OR_RETURN(const EightBitType type, eight_bit_type(graph_, old, ranges_));
    return values_.as_8_bit(old, DType::u8, type.scale, type.zero_point);
  }

  // Weights that several products share are quantised once.
  Result<ValueId> quantized_weights(ValueId old) {
    if (const auto found = weights_.find(old); found != weights_.end()) return found->second;
    const Value& value = graph_.value(old);
    Result<QuantizedWeights> weights = quantize_weights(value.constant);
    if (!weights.ok()) return weights.status().with_context(value.name);
    RHEO_ASSIGN_OR_RETURN(const ValueId result, rewriter_.add_constant(value.name + ".i8", std::move(weights->elements),
                                                                       std::move(weights->quantization)));
    weights_[old] = result;
    return result;
  }

  const Graph& graph_;
  Rewriter& rewriter_;
  Representations values_;
  const Ranges& ranges_;
  const NodePrecisions& wider_;
  std::vector<Want> wanted_;  // by old value
  std::map<ValueId, ValueId> weights_;
  std::map<ValueId, ValueId> bf16_;  // of values made in 8 bits
};

Status check_wider(const Graph& graph, const NodePrecisions& wider) {
  const std::vector<std::string> known = wider.empty() ? std::vector<std::string>() : eight_bit_nodes(graph);
  for (const auto& [name, precision] : wider) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return {StatusCode::not_found,
              fmt::format("'{}' shall stay out of 8 bits, but no node of that name computes on them.", name)};
    }
    if (precision == Precision::f32 || precision == Precision::bf16) continue;
    return {StatusCode::invalid_argument, fmt::format("'{}' shall compute in {}; what stays out of 8 bits computes in "
                                                      "f32 or bf16.",
                                                      name, name_of(precision))};
  }
  return {};
}

}  // namespace

Result<GraphPointer> to_int8(const Graph& graph, const Ranges& ranges, const NodePrecisions& wider) {
  RHEO_RETURN_IF_ERROR(check_wider(graph, wider));
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Int8Lowering(rewriter, ranges, wider).run();
}

std::vector<std::string> eight_bit_nodes(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) {
    if (graph.is_needed(node) && computes_8_bit(graph, node)) names.push_back(node.name);
  }
  return names;
}

}  // namespace rheo
