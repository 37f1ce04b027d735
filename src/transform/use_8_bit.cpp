// SPDX-License-Identifier: Apache-2.0
// dequantize -> conv2d or linear -> quantize becomes one op on 8-bit values, with the scales and zero points of the
// model; what only moves values, and averages, take the 8-bit value itself. A quantize disappears into the op that
// makes its input where nobody else reads that input. Attention between such layers gets bf16 (bf16_between.h).
#include "base/try.h"
#include "kernels/evaluate.h"
#include "op/epilogue.h"
#include "transform/bf16_between.h"
#include "transform/eight_bit.h"
#include "transform/pass.h"
#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

bool is_average(OpKind kind) {
  return kind == OpKind::avg_pool2d || kind == OpKind::global_avg_pool || kind == OpKind::adaptive_avg_pool2d;
}

class Lowering {
 public:
  explicit Lowering(Rewriter& rewriter)
      : rewriter_(rewriter),
        graph_(rewriter.graph()),
        readers_(readers_by_value(rewriter.graph())),
        is_bf16_(bf16_between_8_bit(rewriter.graph())) {}

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node)) continue;
      RHEO_RETURN_IF_ERROR(lower(node));
    }
    return rewriter_.finish();
  }

 private:
  Status lower(const Node& node) {
    if (node.kind == OpKind::quantize) return lower_quantize(node);
    if (is_product(node.kind) && has_8_bit_weights(graph_, node)) {
      return stored(node.inputs[0]) == kNoValue ? lower_real_product(node) : lower_product(node);
    }
    if (node.inputs.empty() || stored(node.inputs[0]) == kNoValue) return rewriter_.copy(node);
    const bool moves_8_bit = keeps_type(graph_, node) && quantize_behind(node) == stored_form(node.inputs[0]);
    if (!moves_8_bit && !is_average(node.kind)) return rewriter_.copy(node);
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) {
      RHEO_ASSIGN_OR_RETURN(inputs.emplace_back(),
                            input == kNoValue ? Result<ValueId>(kNoValue) : rewriter_.mapped(input));
    }
    RHEO_ASSIGN_OR_RETURN(inputs[0], rewriter_.mapped(stored(node.inputs[0])));
    return rewriter_.replace(node, node.kind, std::move(inputs), node.attributes);
  }

  // The 8-bit value behind a dequantize; kNoValue for any other value.
  ValueId stored(ValueId value) const {
    const Node* maker = maker_of(graph_, value);
    const bool is_stored = maker != nullptr && maker->kind == OpKind::dequantize &&
                           graph_.value(maker->inputs[0]).type.quantization.scales.size() == 1;
    return is_stored ? maker->inputs[0] : kNoValue;
  }

  std::optional<StoredForm> stored_form(ValueId value) const { return form_of(graph_.value(stored(value)).type); }

  // The form in which every reader takes the node's result; nothing when some reader takes another or none.
  std::optional<StoredForm> quantize_behind(const Node& node) const {
    const ValueId result = node.outputs[0];
    std::optional<StoredForm> common;
    if (rewriter_.is_given_out(result)) return common;
    for (const NodeId id : readers_[result]) {
      const Node& reader = graph_.node(id);
      if (reader.kind != OpKind::quantize) return std::nullopt;
      const StoredForm form = form_of(graph_.value(reader.outputs[0]).type);
      if (common && *common != form) return std::nullopt;
      common = form;
    }
    return common;
  }

  // A quantize of what is 8-bit already changes nothing: whoever made its input has answered in its form.
  Status lower_quantize(const Node& node) {
    RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter_.mapped(node.inputs[0]));
    const DType dtype = rewriter_.type(x).dtype;
    if (dtype != DType::u8 && dtype != DType::i8) return rewriter_.copy(node);
    rewriter_.stand_in(node.outputs[0], x);
    return {};
  }

  Status lower_product(const Node& node) {
    std::vector<ValueId> inputs(kResidualInput + 1, kNoValue);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId input = node.inputs[i];
      if (input == kNoValue) continue;
      const Node* maker = i == kWeightsInput ? maker_of(graph_, input) : nullptr;
      const ValueId behind = maker != nullptr ? maker->inputs[0] : stored(input);
      RHEO_ASSIGN_OR_RETURN(inputs[i], rewriter_.mapped(behind == kNoValue || i == kBiasInput ? input : behind));
    }
    Attributes attributes = node.attributes;
    if (is_bf16_[node.outputs[0]]) attributes.set("out_dtype", std::string("bf16"));
    if (const std::optional<StoredForm> form = quantize_behind(node)) {
      attributes.set("out_dtype", std::string(name_of(form->dtype)));
      attributes.set("out_scale", static_cast<double>(form->scale));
      if (form->zero_point != 0) attributes.set("out_zero_point", std::int64_t{form->zero_point});
    }
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
  }

  // x is f32 after all, so the weights become numbers.
  Status lower_real_product(const Node& node) {
    RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter_.mapped(node.inputs));
    const Node& maker = *maker_of(graph_, node.inputs[kWeightsInput]);
    const Value& from = graph_.value(maker.inputs[0]);
    const Argument weights{&from.constant, &from.type, true};
    RHEO_ASSIGN_OR_RETURN(std::vector<Tensor> numbers, evaluate(OpKind::dequantize, maker.attributes, {&weights, 1},
                                                                {&graph_.value(maker.outputs[0]).type, 1}));
    RHEO_ASSIGN_OR_RETURN(inputs[kWeightsInput],
                          rewriter_.add_constant(node.name + ".weights.f32", std::move(numbers[0])));
    return rewriter_.replace(node, node.kind, std::move(inputs), node.attributes);
  }

  Rewriter& rewriter_;
  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> is_bf16_;  // by value
};

}  // namespace

Result<GraphPointer> use_8_bit(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Lowering(rewriter).run();
}

}  // namespace rheo
