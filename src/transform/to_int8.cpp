// SPDX-License-Identifier: Apache-2.0
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
  Int8Lowering(Rewriter& rewriter, const Ranges& ranges)
      : graph_(rewriter.graph()),
        rewriter_(rewriter),
        values_(rewriter),
        ranges_(ranges),
        wanted_(wanted_8_bit(rewriter.graph())) {}

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node)) continue;  // never ran, so it has no ranges
      if (computes_8_bit(graph_, node)) {
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
      attributes.set("out_dtype", std::string(name_of(type.dtype)));
      attributes.set("out_scale", static_cast<double>(type.scale));
    }
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
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
    return values_.as_8_bit(old, type.dtype, type.scale);
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
  std::vector<Want> wanted_;  // by old value
  std::map<ValueId, ValueId> weights_;
};

}  // namespace

Result<GraphPointer> to_int8(const Graph& graph, const Ranges& ranges) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Int8Lowering(rewriter, ranges).run();
}

}  // namespace rheo
