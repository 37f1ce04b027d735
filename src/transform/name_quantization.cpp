// SPDX-License-Identifier: Apache-2.0
// An importer says quantising in real numbers, round(x / scale) + zero_point cut to 8 bits, because the model may do
// anything with the result. Where all that is done is to dequantise it by the same numbers, both become one op again.
// 8-bit weights of what reads such values become the weights of a product; all others become f32 constants.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/try.h"
#include "kernels/evaluate.h"
#include "tensor/copy.h"
#include "transform/eight_bit.h"
#include "transform/pass.h"
#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// 8-bit weights, perhaps behind a transpose of a matrix.
struct DequantizedWeights {
  ValueId constant = kNoValue;
  bool is_transposed = false;
};

std::optional<DequantizedWeights> dequantized_weights(const Graph& graph, ValueId value) {
  const Node* maker = maker_of(graph, value);
  DequantizedWeights found;
  const std::vector<std::int64_t> exchange = {1, 0};
  if (maker != nullptr && maker->kind == OpKind::transpose && maker->attributes.integers("permutation") == exchange) {
    found.is_transposed = true;
    maker = maker_of(graph, maker->inputs[0]);
  }
  if (maker == nullptr || maker->kind != OpKind::dequantize) return std::nullopt;
  found.constant = maker->inputs[0];
  const Value& constant = graph.value(found.constant);
  return constant.is_constant() && constant.type.dtype == DType::i8 ? std::optional(found) : std::nullopt;
}

class Naming {
 public:
  explicit Naming(Rewriter& rewriter)
      : rewriter_(rewriter), graph_(rewriter.graph()), readers_(readers_by_value(rewriter.graph())) {
    for (const Node& node : graph_.nodes()) find_pairs(node);
  }

  Result<GraphPointer> run() {
    for (const Node& node : graph_.nodes()) {
      if (!graph_.is_needed(node) || absorbed_.contains(&node)) continue;
      RHEO_RETURN_IF_ERROR(rewrite(node));
    }
    return rewriter_.finish();
  }

 private:
  // What reads an 8-bit value as the form says that it was made in.
  struct Readers {
    std::vector<const Node*> inside;                    // of chains that dequantise
    std::vector<std::pair<const Node*, ValueId>> ends;  // the node that ends one, the value that it dequantises
  };

  // Notes the 8-bit value that `cast` makes when every reader of it begins to dequantise it by the same numbers.
  void find_pairs(const Node& cast) {
    const std::optional<InForm> found = quantize_chain(graph_, cast);
    if (!found || !graph_.is_needed(cast)) return;
    Readers readers;
    if (!collect_readers(cast.outputs[0], found->form, readers)) return;
    quantized_.emplace(&cast, *found);
    dequantized_.insert(readers.ends.begin(), readers.ends.end());
    absorbed_.insert(readers.inside.begin(), readers.inside.end());
  }

  // False when some reader takes `stored` for anything else than `form`. What only moves the elements hands them on.
  bool collect_readers(ValueId stored, const StoredForm& form, Readers& found) const {
    if (rewriter_.is_given_out(stored)) return false;
    for (const NodeId first : readers_[stored]) {
      const Node* node = &graph_.node(first);
      if (moves_elements(node->kind)) {
        if (node->inputs[0] != stored || !collect_readers(node->outputs[0], form, found)) return false;
        continue;
      }
      while (node->kind != OpKind::mul) {
        found.inside.push_back(node);
        const std::vector<NodeId>& next = readers_[node->outputs[0]];
        if (next.size() != 1 || rewriter_.is_given_out(node->outputs[0])) return false;
        node = &graph_.node(next[0]);
        if (node->kind != OpKind::sub && node->kind != OpKind::mul) return false;
      }
      const std::optional<InForm> end = dequantize_chain(graph_, *node);
      if (!end || end->value != stored || end->form != form) return false;
      found.ends.emplace_back(node, stored);
    }
    return true;
  }

  bool is_dequantized(ValueId value) const {
    for (const Node* maker = maker_of(graph_, value); maker != nullptr; maker = maker_of(graph_, maker->inputs[0])) {
      if (dequantized_.contains(maker)) return true;
      if (maker->kind != OpKind::pad && maker->kind != OpKind::flatten && maker->kind != OpKind::reshape) return false;
    }
    return false;
  }

  Status rewrite(const Node& node) {
    if (const auto found = quantized_.find(&node); found != quantized_.end()) {
      RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter_.mapped(found->second.value));
      return rewriter_.replace(node, OpKind::quantize, {x}, quantize_attributes(found->second.form));
    }
    if (const auto found = dequantized_.find(&node); found != dequantized_.end()) {
      RHEO_ASSIGN_OR_RETURN(const ValueId stored, rewriter_.mapped(found->second));
      return rewriter_.replace(node, OpKind::dequantize, {stored}, {{"dtype", std::string("f32")}});
    }
    if (dequantized_weights(graph_, node.outputs[0]) && !rewriter_.is_given_out(node.outputs[0]))
      return {};  // at its reader
    return rewrite_reader(node);
  }

  // A node that may read 8-bit weights.
  Status rewrite_reader(const Node& node) {
    std::vector<ValueId> inputs;
    OpKind kind = node.kind;
    const bool is_layer = (is_product(kind) || kind == OpKind::matmul) && is_dequantized(node.inputs[0]);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const std::optional<DequantizedWeights> weights =
          node.inputs[i] == kNoValue ? std::nullopt : dequantized_weights(graph_, node.inputs[i]);
      if (!weights || rewriter_.is_given_out(node.inputs[i])) {
        RHEO_ASSIGN_OR_RETURN(inputs.emplace_back(), mapped(node.inputs[i]));
      } else if (is_layer && i == kWeightsInput && suits(node, *weights)) {
        const bool exchanges = (kind == OpKind::matmul) != weights->is_transposed;
        RHEO_ASSIGN_OR_RETURN(inputs.emplace_back(), layer_weights(*weights, exchanges, node));
        if (kind == OpKind::matmul) kind = OpKind::linear;
      } else {
        RHEO_ASSIGN_OR_RETURN(inputs.emplace_back(), real_weights(node.inputs[i]));
      }
    }
    return rewriter_.replace(node, kind, std::move(inputs), node.attributes);
  }

  Result<ValueId> mapped(ValueId old) { return old == kNoValue ? Result<ValueId>(kNoValue) : rewriter_.mapped(old); }

  // One scale, or one per output channel of the product that reads them.
  bool suits(const Node& node, const DequantizedWeights& weights) const {
    const TensorType& type = graph_.value(weights.constant).type;
    if (node.kind == OpKind::matmul && type.shape.rank() != 2) return false;
    const bool exchanges = (node.kind == OpKind::matmul) != weights.is_transposed;
    return type.quantization.scales.size() == 1 || type.quantization.axis == (exchanges ? 1 : 0);
  }

  Result<ValueId> layer_weights(const DequantizedWeights& weights, bool exchanges, const Node& reader) {
    RHEO_ASSIGN_OR_RETURN(const ValueId constant,
                          exchanges ? exchanged_weights(weights.constant, reader) : rewriter_.mapped(weights.constant));
    return rewriter_.emit(OpKind::dequantize, {constant}, {{"dtype", std::string("f32")}},
                          rewriter_.fresh_name(reader.name + ".weights"), reader.source);
  }

  // Once for all readers.
  Result<ValueId> exchanged_weights(ValueId old, const Node& reader) {
    if (const auto found = exchanged_.find(old); found != exchanged_.end()) return found->second;
    const Value& value = graph_.value(old);
    RHEO_ASSIGN_OR_RETURN(Tensor elements, exchanged(value.constant));
    RHEO_ASSIGN_OR_RETURN(exchanged_[old], rewriter_.add_constant(reader.name + ".weights.i8", std::move(elements),
                                                                  {value.type.quantization.scales, 0}));
    return exchanged_[old];
  }

  // Weights that nobody multiplies in 8 bits, as numbers; made of the stored ones at run time where many do it.
  Result<ValueId> real_weights(ValueId old) {
    if (const auto found = real_.find(old); found != real_.end()) return found->second;
    const Node& maker = graph_.node(graph_.value(old).producer);
    const TensorType& from = graph_.value(maker.inputs[0]).type;
    ValueId result = kNoValue;
    if (maker.kind == OpKind::transpose) {
      RHEO_ASSIGN_OR_RETURN(const ValueId x, real_weights(maker.inputs[0]));
      RHEO_ASSIGN_OR_RETURN(result, rewriter_.emit(OpKind::transpose, {x}, maker.attributes,
                                                   rewriter_.fresh_name(maker.name), maker.source));
    } else if (!rewriter_.has_room_for(graph_.value(old).type.shape.elements() * sizeof(float))) {
      RHEO_ASSIGN_OR_RETURN(const ValueId stored, rewriter_.mapped(maker.inputs[0]));
      RHEO_ASSIGN_OR_RETURN(result, rewriter_.emit(OpKind::dequantize, {stored}, maker.attributes,
                                                   rewriter_.fresh_name(maker.name), maker.source));
    } else {
      const Argument stored{&graph_.value(maker.inputs[0]).constant, &from, true};
      RHEO_ASSIGN_OR_RETURN(std::vector<Tensor> numbers,
                            evaluate(OpKind::dequantize, maker.attributes, {&stored, 1}, {&graph_.value(old).type, 1}));
      RHEO_ASSIGN_OR_RETURN(result, rewriter_.add_constant(maker.name, std::move(numbers[0])));
    }
    real_[old] = result;
    return result;
  }

  Rewriter& rewriter_;
  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::unordered_map<const Node*, InForm> quantized_;     // by the node that ends the chain
  std::unordered_map<const Node*, ValueId> dequantized_;  // the stored value, by the node that ends the chain
  std::unordered_set<const Node*> absorbed_;              // inside a chain that reads an 8-bit value
  std::unordered_map<ValueId, ValueId> real_;             // by old value
  std::unordered_map<ValueId, ValueId> exchanged_;        // by old value
};

}  // namespace

Result<GraphPointer> name_quantization(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  return Naming(rewriter).run();
}

}  // namespace rheo
