// SPDX-License-Identifier: Apache-2.0
#include "transform/kept_bytes.h"

#include <algorithm>

#include "op/attention.h"
#include "op/epilogue.h"
#include "op/pooling.h"
#include "transform/eight_bit.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// Starts with everything that may stay bytes by how it is made, and takes back what some reader does not allow, until
// nothing changes.
class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph), readers_(readers_by_value(graph)) {
    is_kept_.assign(graph.values().size(), false);
    forms_.resize(graph.values().size());
    std::vector<bool> is_given_out(graph.values().size(), false);
    for (const GivenOut& out : given_out(graph)) is_given_out[out.value] = true;
    for (const Node& node : graph.nodes()) {
      if (!graph.is_needed(node) || node.inputs.empty() || node.inputs[0] == kNoValue) continue;
      const ValueId result = node.outputs[0];
      if (node.kind == OpKind::dequantize) {
        const TensorType& stored = graph.value(node.inputs[0]).type;
        is_kept_[result] = stored.quantization.scales.size() == 1;
        forms_[result] = form_of(stored);
      } else if (keeps_type(graph, node) && is_kept_[node.inputs[0]] && !is_given_out[result]) {
        is_kept_[result] = true;
        forms_[result] = forms_[node.inputs[0]];
      }
    }
  }

  std::vector<bool> run() {
    while (narrow()) {
    }
    return is_kept_;
  }

 private:
  // A reader that computes on the stored elements.
  bool computes_on(const Node& reader, ValueId value) const {
    if (reader.kind == OpKind::attention) {
      const bool is_mask = reader.inputs.size() > kMaskInput && reader.inputs[kMaskInput] == value;
      return !is_mask && takes_bytes(reader, is_kept_);
    }
    if (has_8_bit_weights(graph_, reader)) {
      const bool is_residual = reader.inputs.size() > kResidualInput && reader.inputs[kResidualInput] == value;
      return is_kept_[reader.inputs[0]] && (reader.inputs[0] == value || is_residual);
    }
    return is_average(reader.kind) || (keeps_type(graph_, reader) && is_kept_[reader.outputs[0]]);
  }

  bool is_read_as_bytes(const Node& move) const {
    const ValueId result = move.outputs[0];
    const std::vector<NodeId>& readers = readers_[result];
    return !readers.empty() && std::ranges::all_of(readers, [&](NodeId id) {
      const Node& reader = graph_.node(id);
      if (reader.kind == OpKind::quantize) return form_of(graph_.value(reader.outputs[0]).type) == forms_[result];
      return moves_elements(move.kind) && reader.inputs[0] != kNoValue && computes_on(reader, result);
    });
  }

  // True when something was taken back.
  bool narrow() {
    bool changed = false;
    for (std::size_t id = graph_.nodes().size(); id-- > 0;) {
      const Node& node = graph_.nodes()[id];
      const ValueId result = node.outputs[0];
      if (!is_kept_[result] || node.kind == OpKind::dequantize) continue;
      if (is_kept_[node.inputs[0]] && is_read_as_bytes(node)) continue;
      is_kept_[result] = false;
      changed = true;
    }
    return changed;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> is_kept_;      // by value
  std::vector<StoredForm> forms_;  // of what is kept
};

}  // namespace

std::vector<bool> kept_bytes(const Graph& graph) { return Search(graph).run(); }

bool takes_bytes(const Node& attention, const std::vector<bool>& is_kept) {
  return is_kept[attention.inputs[0]] && is_kept[attention.inputs[1]] && is_kept[attention.inputs[2]];
}

}  // namespace rheo
