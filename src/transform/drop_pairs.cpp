// SPDX-License-Identifier: Apache-2.0
// A quantised model may round values to 8 bits that are then computed with in f32 alone: the terms of sums, the scores
// of an attention. Such a pair of quantize and dequantize costs time and digits and wins nothing, so it is left out.
// Only what it cuts off may be meant: a zero point at the lower end of the type stands for a relu that the quantiser
// took away.
#include <algorithm>

#include "base/try.h"
#include "op/pooling.h"
#include "transform/attention_factors.h"
#include "transform/eight_bit.h"
#include "transform/pass.h"
#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

class Dropping {
 public:
  explicit Dropping(Rewriter& rewriter)
      : rewriter_(rewriter),
        graph_(rewriter.graph()),
        readers_(readers_by_value(rewriter.graph())),
        is_factor_(attention_factors(rewriter.graph())),
        is_useful_(graph_.nodes().size(), false) {
    // Backwards: whether a quantize is useful may depend on one behind it.
    for (std::size_t id = graph_.nodes().size(); id-- > 0;) {
      const Node& node = graph_.nodes()[id];
      if (node.kind == OpKind::quantize && graph_.is_needed(node)) {
        is_useful_[id] = rewriter_.is_given_out(node.outputs[0]) || serves(node.outputs[0]);
      }
    }
    for (const Node& node : graph_.nodes()) keep_one_addend(node);
  }

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node)) continue;
      const Node* quantize = node.kind == OpKind::dequantize ? maker_of(graph_, node.inputs[0]) : nullptr;
      const bool is_pair = quantize != nullptr && quantize->kind == OpKind::quantize;
      if (node.kind == OpKind::quantize && !is_useful(node)) continue;
      if (is_pair && !is_useful(*quantize)) {
        RHEO_RETURN_IF_ERROR(drop(*quantize, node));
      } else {
        RHEO_RETURN_IF_ERROR(rewriter_.copy(node));
      }
    }
    return rewriter_.finish();
  }

 private:
  bool is_useful(const Node& quantize) const {
    return is_useful_[static_cast<std::size_t>(&quantize - graph_.nodes().data())];
  }

  // Whether somebody computes with this value in 8 bits.
  bool serves(ValueId value) const {
    if (is_factor_[value]) return true;
    const DType dtype = graph_.value(value).type.dtype;
    const bool is_8_bit = dtype == DType::u8 || dtype == DType::i8;
    for (const NodeId id : readers_[value]) {
      const Node& reader = graph_.node(id);
      const ValueId result = reader.outputs[0];
      if (is_8_bit && reader.kind != OpKind::dequantize) return true;  // a pool, say, on the 8-bit values themselves
      if (reader.kind == OpKind::dequantize && rewriter_.is_given_out(result))
        return true;  // rounded as the model says
      if (reader.kind == OpKind::dequantize || keeps_type(graph_, reader)) {
        if (reader.inputs[0] == value && serves(result)) return true;
      } else if (reader.kind == OpKind::quantize) {
        if (is_useful_[id]) return true;
      } else if (reader.inputs[0] == value && (is_average(reader.kind) || has_8_bit_weights(graph_, reader))) {
        return true;
      }
    }
    return false;
  }

  // Of two products that are added the later one takes the other as its residual, which is read faster in 8 bits.
  void keep_one_addend(const Node& add) {
    if (add.kind != OpKind::add || !graph_.is_needed(add)) return;
    const Node* quantize[2] = {};
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const Node* maker = maker_of(graph_, add.inputs[side]);
      if (maker == nullptr || maker->kind != OpKind::dequantize) return;
      quantize[side] = maker_of(graph_, maker->inputs[0]);
      if (quantize[side] == nullptr || quantize[side]->kind != OpKind::quantize || is_useful(*quantize[side])) return;
      const Node* product = maker_of(graph_, quantize[side]->inputs[0]);
      if (product == nullptr || !has_8_bit_weights(graph_, *product)) return;
    }
    const Node* earlier = std::min(quantize[0], quantize[1]);
    is_useful_[static_cast<std::size_t>(earlier - graph_.nodes().data())] = true;
  }

  Status drop(const Node& quantize, const Node& dequantize) {
    RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter_.mapped(quantize.inputs[0]));
    const StoredForm form = form_of(graph_.value(quantize.outputs[0]).type);
    const bool is_relu = form.zero_point == (form.dtype == DType::u8 ? 0 : -128);
    const Node* maker = maker_of(graph_, quantize.inputs[0]);
    const bool was_softmax = maker != nullptr && maker->kind == OpKind::softmax;
    if (is_relu && !was_softmax) return rewriter_.replace(dequantize, OpKind::relu, {x}, {});
    rewriter_.stand_in(dequantize.outputs[0], x);
    return {};
  }

  Rewriter& rewriter_;
  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> is_factor_;  // of an attention that can take 8 bits, by value
  std::vector<bool> is_useful_;  // by node
};

}  // namespace

Result<GraphPointer> drop_pairs(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Dropping(rewriter).run();
}

}  // namespace rheo
