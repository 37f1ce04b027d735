// SPDX-License-Identifier: Apache-2.0
#include "transform/scalar.h"

#include <cmath>

namespace rheo {

const Node* maker_of(const Graph& graph, ValueId value) {
  if (value == kNoValue) return nullptr;
  const NodeId producer = graph.value(value).producer;
  return producer == kNoNode ? nullptr : &graph.node(producer);
}

const Node* merged_maker(const Rewriter& rewriter, ValueId value, OpKind kind) {
  const Node* maker = maker_of(rewriter.graph(), value);
  return maker != nullptr && maker->kind == kind && rewriter.used_once(value) ? maker : nullptr;
}

std::optional<double> scalar_of(const Graph& graph, ValueId value) {
  if (value == kNoValue) return std::nullopt;
  const Tensor& constant = graph.value(value).constant;
  if (constant.empty() || constant.dtype() != DType::f32 || constant.shape().elements() != 1) return std::nullopt;
  return static_cast<double>(constant.as<float>()[0]);
}

bool is_about(double value, double expected) { return std::abs(value - expected) <= 1e-5 * std::abs(expected); }

Scaled without_scale(const Rewriter& rewriter, ValueId value) {
  const Graph& graph = rewriter.graph();
  Scaled scaled{value, 1};
  for (const Node* node = maker_of(graph, scaled.value); node != nullptr; node = maker_of(graph, scaled.value)) {
    if ((node->kind != OpKind::mul && node->kind != OpKind::div) || !rewriter.used_once(scaled.value)) break;
    const std::optional<double> right = scalar_of(graph, node->inputs[1]);
    const std::optional<double> left = node->kind == OpKind::mul ? scalar_of(graph, node->inputs[0]) : std::nullopt;
    if (!right && !left) break;
    const ValueId next = right ? node->inputs[0] : node->inputs[1];
    if (graph.value(next).type.shape != graph.value(scaled.value).type.shape) break;  // a scalar of higher rank
    scaled.factor *= !right ? *left : node->kind == OpKind::mul ? *right : 1 / *right;
    scaled.value = next;
  }
  return scaled;
}

}  // namespace rheo
