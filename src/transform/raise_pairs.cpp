// SPDX-License-Identifier: Apache-2.0
// What an attention multiplies is rounded to 8 bits right before the product, behind the moves that part the heads and
// behind a scale. Rounding first gives the same numbers, so the pair of quantize and dequantize goes up to where the
// value is made: the maker can answer in 8 bits, bytes are moved, and fuse_attention finds moves and scales where it
// looks for them.
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "base/try.h"
#include "transform/attention_factors.h"
#include "transform/pass.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// Where a pair goes: in front of one input of a node.
struct Raised {
  const Node* quantize = nullptr;
  const Node* dequantize = nullptr;
  std::size_t position = 0;
  double factor = 1;  // of all the scales that the pair passes
};

class Raising {
 public:
  explicit Raising(Rewriter& rewriter) : rewriter_(rewriter), graph_(rewriter.graph()) {
    const std::vector<bool> factors = attention_factors(graph_);
    for (ValueId value = 0; value < factors.size(); ++value) {
      if (factors[value]) find_place(value);
    }
  }

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node)) continue;
      const auto place = places_.find(&node);
      if (place != places_.end()) {
        RHEO_RETURN_IF_ERROR(put_in_front(node, place->second));
      } else if (left_.contains(&node)) {
        RHEO_ASSIGN_OR_RETURN(const ValueId same, rewriter_.mapped(node.inputs[0]));
        rewriter_.stand_in(node.outputs[0], same);
      } else {
        RHEO_RETURN_IF_ERROR(rewriter_.copy(node));
      }
    }
    return rewriter_.finish();
  }

 private:
  // The input that passes through a node whose result holds nothing else; kNoValue when it does more than move or
  // scale.
  ValueId pass(const Node& node, Raised& raised) const {
    switch (node.kind) {
      case OpKind::reshape:
      case OpKind::flatten:
      case OpKind::transpose: raised.position = 0; return node.inputs[0];
      case OpKind::mul:
      case OpKind::div: break;
      default: return kNoValue;
    }
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const std::optional<double> number = scalar_of(graph_, node.inputs[1 - side]);
      if (!number || !(*number > 0) || !std::isfinite(*number) || (node.kind == OpKind::div && side == 1)) continue;
      if (graph_.value(node.inputs[side]).type.shape != graph_.value(node.outputs[0]).type.shape) continue;
      raised.position = side;
      raised.factor *= node.kind == OpKind::mul ? *number : 1 / *number;
      return node.inputs[side];
    }
    return kNoValue;
  }

  void find_place(ValueId factor) {
    Raised raised;
    raised.dequantize = maker_of(graph_, factor);
    raised.quantize = maker_of(graph_, raised.dequantize->inputs[0]);
    if (raised.quantize == nullptr || raised.quantize->kind != OpKind::quantize) return;  // stored so all along
    if (!rewriter_.used_once(raised.dequantize->inputs[0]) || rewriter_.is_given_out(factor)) return;
    const Node* place = nullptr;
    ValueId value = raised.quantize->inputs[0];
    for (const Node* maker = maker_of(graph_, value); maker != nullptr && rewriter_.used_once(value);
         maker = maker_of(graph_, value)) {
      const ValueId before = pass(*maker, raised);
      if (before == kNoValue) break;
      place = maker;
      value = before;
    }
    if (place == nullptr) return;
    places_[place] = raised;
    left_.insert({raised.quantize, raised.dequantize});
  }

  Status put_in_front(const Node& node, const Raised& raised) {
    RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter_.mapped(node.inputs));
    Attributes attributes = raised.quantize->attributes;
    attributes.set("scale", attributes.real("scale", 1) / raised.factor);
    RHEO_ASSIGN_OR_RETURN(const ValueId stored,
                          rewriter_.emit(OpKind::quantize, {inputs[raised.position]}, std::move(attributes),
                                         raised.quantize->name, raised.quantize->source));
    RHEO_ASSIGN_OR_RETURN(inputs[raised.position],
                          rewriter_.emit(OpKind::dequantize, {stored}, raised.dequantize->attributes,
                                         raised.dequantize->name, raised.dequantize->source));
    return rewriter_.replace(node, node.kind, std::move(inputs), node.attributes);
  }

  Rewriter& rewriter_;
  const Graph& graph_;
  std::unordered_map<const Node*, Raised> places_;
  std::unordered_set<const Node*> left_;  // pairs that go, by where they were
};

}  // namespace

Result<GraphPointer> raise_pairs(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Raising(rewriter).run();
}

}  // namespace rheo
