// SPDX-License-Identifier: Apache-2.0
#include "transform/attention_factors.h"

#include <algorithm>
#include <array>

#include "transform/scalar.h"

namespace rheo {
namespace {

using Factors = std::array<ValueId, 3>;

// What was computed in 8 bits, or rounded to them.
bool is_rounded(const Graph& graph, ValueId value) {
  const Node* maker = maker_of(graph, value);
  if (maker == nullptr || maker->kind != OpKind::dequantize) return false;
  const Value& stored = graph.value(maker->inputs[0]);
  return !stored.is_constant() && stored.type.quantization.scales.size() == 1;
}

ValueId without_pairs(const Graph& graph, ValueId value) {
  while (is_rounded(graph, value)) {
    const Node* quantize = maker_of(graph, maker_of(graph, value)->inputs[0]);
    if (quantize == nullptr || quantize->kind != OpKind::quantize) break;
    value = quantize->inputs[0];
  }
  return value;
}

bool is_one_number(const Graph& graph, ValueId value) { return graph.value(value).type.shape.elements() == 1; }

// The product that a softmax takes, behind scales, a mask and roundings; null when there is none. Exporters put few of
// them there. A model may be made of sums of sums that both read the same, so that the ways double with every step.
const Node* scores_behind(const Graph& graph, ValueId value, int steps = 8) {
  const Node* maker = maker_of(graph, without_pairs(graph, value));
  if (maker == nullptr || steps == 0) return nullptr;
  switch (maker->kind) {
    case OpKind::matmul: return maker;
    case OpKind::mul:
    case OpKind::div:
      return is_one_number(graph, maker->inputs[1]) ? scores_behind(graph, maker->inputs[0], steps - 1) : nullptr;
    case OpKind::add: {
      const Node* left = scores_behind(graph, maker->inputs[0], steps - 1);
      return left != nullptr ? left : scores_behind(graph, maker->inputs[1], steps - 1);
    }
    default: return nullptr;
  }
}

std::optional<Factors> factors_of(const Graph& graph, const Node& node) {
  if (node.kind == OpKind::attention) return Factors{node.inputs[0], node.inputs[1], node.inputs[2]};
  if (node.kind != OpKind::matmul || graph.value(node.outputs[0]).type.shape.rank() != 4) return std::nullopt;
  const Node* softmax = maker_of(graph, without_pairs(graph, node.inputs[0]));
  if (softmax == nullptr || softmax->kind != OpKind::softmax) return std::nullopt;
  const Node* scores = scores_behind(graph, softmax->inputs[0]);
  if (scores == nullptr) return std::nullopt;
  return Factors{scores->inputs[0], scores->inputs[1], node.inputs[1]};
}

}  // namespace

std::vector<bool> attention_factors(const Graph& graph) {
  std::vector<bool> found(graph.values().size(), false);
  for (const Node& node : graph.nodes()) {
    if (!graph.is_needed(node)) continue;
    const std::optional<Factors> factors = factors_of(graph, node);
    if (!factors || !std::ranges::all_of(*factors, [&](ValueId value) { return is_rounded(graph, value); })) continue;
    for (const ValueId factor : *factors) found[factor] = true;
  }
  return found;
}

}  // namespace rheo
