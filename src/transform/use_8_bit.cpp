// SPDX-License-Identifier: Apache-2.0
// dequantize -> conv2d, linear or attention -> quantize becomes one op on 8-bit values, with the scales and zero points
// of the model; what only moves values, and averages, take the 8-bit value itself (kept_bytes.h). A quantize disappears
// into the op that makes its input where nobody else reads that input. Attention between such layers that the model
// does not round gets bf16 (bf16_between.h).
#include "base/try.h"
#include "kernels/evaluate.h"
#include "op/attention.h"
#include "op/epilogue.h"
#include "op/pooling.h"
#include "transform/bf16_between.h"
#include "transform/eight_bit.h"
#include "transform/kept_bytes.h"
#include "transform/pass.h"
#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

class Lowering {
 public:
  explicit Lowering(Rewriter& rewriter)
      : rewriter_(rewriter),
        graph_(rewriter.graph()),
        readers_(readers_by_value(rewriter.graph())),
        is_kept_(kept_bytes(rewriter.graph())),
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
      return is_kept_[node.inputs[0]] ? lower_product(node) : lower_real_product(node);
    }
    if (node.kind == OpKind::attention && takes_bytes(node, is_kept_)) return lower_attention(node);
    if (node.inputs.empty() || node.inputs[0] == kNoValue || !is_kept_[node.inputs[0]]) return rewriter_.copy(node);
    const bool moves_8_bit = node.kind != OpKind::dequantize && is_kept_[node.outputs[0]];
    if (!moves_8_bit && !is_average(node.kind)) return rewriter_.copy(node);
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) {
      RHEO_ASSIGN_OR_RETURN(inputs.emplace_back(),
                            input == kNoValue ? Result<ValueId>(kNoValue) : rewriter_.mapped(input));
    }
    RHEO_ASSIGN_OR_RETURN(inputs[0], stored(node.inputs[0]));
    return rewriter_.replace(node, node.kind, std::move(inputs), node.attributes);
  }

  // The 8-bit value that stands for one that is kept so: what its dequantize reads, or what moved that.
  Result<ValueId> stored(ValueId value) {
    const Node* maker = maker_of(graph_, value);
    return rewriter_.mapped(maker->kind == OpKind::dequantize ? maker->inputs[0] : value);
  }

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
      const bool takes_stored = i == kWeightsInput || (is_kept_[input] && i != kBiasInput);
      RHEO_ASSIGN_OR_RETURN(inputs[i], takes_stored ? stored(input) : rewriter_.mapped(input));
    }
    Attributes attributes = node.attributes;
    if (is_bf16_[node.outputs[0]]) attributes.set("out_dtype", std::string("bf16"));
    answer_for_readers(node, attributes);
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
  }

  Status lower_attention(const Node& node) {
    RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter_.mapped(node.inputs));
    for (std::size_t i = 0; i < kMaskInput; ++i) {
      RHEO_ASSIGN_OR_RETURN(inputs[i], stored(node.inputs[i]));
    }
    Attributes attributes = node.attributes;
    answer_for_readers(node, attributes);
    return rewriter_.replace(node, node.kind, std::move(inputs), std::move(attributes));
  }

  // The result is 8-bit at once where all readers quantise it alike.
  void answer_for_readers(const Node& node, Attributes& attributes) const {
    const std::optional<StoredForm> form = quantize_behind(node);
    if (!form) return;
    attributes.set("out_dtype", std::string(name_of(form->dtype)));
    attributes.set("out_scale", static_cast<double>(form->scale));
    if (form->zero_point != 0) attributes.set("out_zero_point", std::int64_t{form->zero_point});
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
  std::vector<bool> is_kept_;  // in 8 bits, by value
  std::vector<bool> is_bf16_;  // by value
};

}  // namespace

Result<GraphPointer> use_8_bit(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Lowering(rewriter).run();
}

}  // namespace rheo
