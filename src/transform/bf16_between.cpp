// SPDX-License-Identifier: Apache-2.0
#include "transform/bf16_between.h"

#include <algorithm>

#include "op/attention.h"
#include "transform/eight_bit.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// Starts with everything that may be bf16 by how it is made, and takes back what some reader does not allow, until
// nothing changes.
class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph), readers_(readers_by_value(graph)) {
    before_.assign(graph.values().size(), false);
    behind_.assign(graph.values().size(), false);
    std::vector<bool> is_given_out(graph.values().size(), false);
    for (const GivenOut& out : given_out(graph)) is_given_out[out.value] = true;
    for (const Node& node : graph.nodes()) {
      if (!graph.is_needed(node) || is_given_out[node.outputs[0]]) continue;
      const ValueId result = node.outputs[0];
      if (node.kind == OpKind::attention) {
        behind_[result] = takes(node);
      } else if (is_layer(node)) {
        before_[result] = true;
      } else if (keeps_type(graph, node)) {
        before_[result] = before_[node.inputs[0]];
        behind_[result] = behind_[node.inputs[0]];
      }
    }
  }

  std::vector<bool> run() {
    while (narrow()) {
    }
    for (std::size_t value = 0; value < before_.size(); ++value) before_[value] = before_[value] || behind_[value];
    return before_;
  }

 private:
  // An 8-bit layer that answers in f32: a quantize behind it would take its place.
  bool is_layer(const Node& node) const {
    if (!has_8_bit_weights(graph_, node)) return false;
    const Node* x = maker_of(graph_, node.inputs[0]);
    return x != nullptr && x->kind == OpKind::dequantize;
  }

  bool takes(const Node& attention) const {
    return before_[attention.inputs[0]] && before_[attention.inputs[1]] && before_[attention.inputs[2]];
  }

  bool is_read_before(ValueId value) const {
    const std::vector<NodeId>& readers = readers_[value];
    return !readers.empty() && std::ranges::all_of(readers, [&](NodeId id) {
      const Node& reader = graph_.node(id);
      if (reader.kind == OpKind::attention) {
        const bool is_mask = reader.inputs.size() > kMaskInput && reader.inputs[kMaskInput] == value;
        return !is_mask && behind_[reader.outputs[0]];
      }
      if (reader.kind == OpKind::quantize) return meets_attention(reader.outputs[0]);
      return keeps_type(graph_, reader) && before_[reader.outputs[0]];
    });
  }

  // Whether what is stored serves attentions alone.
  bool meets_attention(ValueId stored) const {
    return !readers_[stored].empty() && std::ranges::all_of(readers_[stored], [&](NodeId id) {
      const Node& reader = graph_.node(id);
      if (reader.kind == OpKind::attention)
        return reader.inputs.size() <= kMaskInput || reader.inputs[kMaskInput] != stored;
      const bool passes = reader.kind == OpKind::dequantize || keeps_type(graph_, reader);
      return passes && meets_attention(reader.outputs[0]);
    });
  }

  bool is_read_behind(ValueId value) const {
    const std::vector<NodeId>& readers = readers_[value];
    return !readers.empty() && std::ranges::all_of(readers, [&](NodeId id) {
      const Node& reader = graph_.node(id);
      return reader.kind == OpKind::quantize || (keeps_type(graph_, reader) && behind_[reader.outputs[0]]);
    });
  }

  // True when something was taken back.
  bool narrow() {
    bool changed = false;
    const auto take_back = [&](std::vector<bool>& values, ValueId value) {
      values[value] = false;
      changed = true;
    };
    for (std::size_t id = graph_.nodes().size(); id-- > 0;) {
      const Node& node = graph_.nodes()[id];
      const ValueId result = node.outputs[0];
      const bool is_attention = node.kind == OpKind::attention;
      const bool moves = !is_attention && keeps_type(graph_, node);
      if (before_[result] && (!is_read_before(result) || (moves && !before_[node.inputs[0]]))) {
        take_back(before_, result);
      }
      const bool is_made = is_attention ? behind_[result] && takes(node) : moves && behind_[node.inputs[0]];
      if (behind_[result] && (!is_made || !is_read_behind(result))) take_back(behind_, result);
    }
    return changed;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> before_, behind_;  // attention, by value
};

}  // namespace

std::vector<bool> bf16_between_8_bit(const Graph& graph) { return Search(graph).run(); }

}  // namespace rheo
