// SPDX-License-Identifier: Apache-2.0
// Exporters spell activations out. Each is a product of factors, one of them x, whatever the order and the brackets:
//   gelu      x * (1 + erf(x / sqrt(2))) * 0.5
//   silu      x * sigmoid(x)
//   hardswish x * clamp(x + 3, 0, 6) / 6, or x * hardsigmoid(x)
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/try.h"
#include "transform/pass.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

constexpr std::size_t kMostFactors = 3;

struct Product {
  std::vector<ValueId> factors;  // that are no numbers; left empty when there are too many
  double number = 1;
};

// Multiplies out what makes `value`; `is_root` is read by others, what is below must not be.
void multiply_out(const Rewriter& rewriter, ValueId value, bool is_root, Product& product) {
  const Graph& graph = rewriter.graph();
  const Node* maker = maker_of(graph, value);
  const bool splits =
      maker != nullptr && (is_root || rewriter.used_once(value)) && product.factors.size() <= kMostFactors;
  if (const std::optional<double> number = scalar_of(graph, value)) {
    product.number *= *number;
  } else if (splits && maker->kind == OpKind::mul) {
    multiply_out(rewriter, maker->inputs[0], false, product);
    multiply_out(rewriter, maker->inputs[1], false, product);
  } else if (splits && maker->kind == OpKind::div && scalar_of(graph, maker->inputs[1])) {
    multiply_out(rewriter, maker->inputs[0], false, product);
    product.number /= *scalar_of(graph, maker->inputs[1]);
  } else {
    product.factors.push_back(value);
  }
}

// The value that `number` is added to, when `value` is such a sum.
std::optional<ValueId> plus(const Rewriter& rewriter, ValueId value, double number) {
  const Node* sum = merged_maker(rewriter, value, OpKind::add);
  if (sum == nullptr) return std::nullopt;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const std::optional<double> scalar = scalar_of(rewriter.graph(), sum->inputs[side]);
    if (scalar && is_about(*scalar, number)) return sum->inputs[1 - side];
  }
  return std::nullopt;
}

bool is_gelu(const Rewriter& rewriter, ValueId x, ValueId gate, double number) {
  const std::optional<ValueId> erf_value = plus(rewriter, gate, 1);
  const Node* erf = erf_value ? merged_maker(rewriter, *erf_value, OpKind::erf) : nullptr;
  if (erf == nullptr || !is_about(number, 0.5)) return false;
  const Scaled inside = without_scale(rewriter, erf->inputs[0]);
  return inside.value == x && is_about(inside.factor, 1 / std::numbers::sqrt2);
}

bool is_silu(const Rewriter& rewriter, ValueId x, ValueId gate, double number) {
  const Node* sigmoid = merged_maker(rewriter, gate, OpKind::sigmoid);
  return sigmoid != nullptr && sigmoid->inputs[0] == x && is_about(number, 1);
}

bool is_hardswish(const Rewriter& rewriter, ValueId x, ValueId gate, double number) {
  const Node* hard = merged_maker(rewriter, gate, OpKind::hardsigmoid);
  if (hard != nullptr) {
    return hard->inputs[0] == x && is_about(number, 1) && is_about(hard->attributes.real("alpha", 1.0 / 6), 1.0 / 6) &&
           is_about(hard->attributes.real("beta", 0.5), 0.5);
  }
  const Node* clamp = merged_maker(rewriter, gate, OpKind::clamp);
  const Node* relu6 = merged_maker(rewriter, gate, OpKind::relu6);
  const bool cuts = relu6 != nullptr || (clamp != nullptr && clamp->attributes.real("min", -1) == 0 &&
                                         clamp->attributes.real("max", 0) == 6);
  if (!cuts || !is_about(number, 1.0 / 6)) return false;
  const std::optional<ValueId> inside = plus(rewriter, (relu6 != nullptr ? relu6 : clamp)->inputs[0], 3);
  return inside && *inside == x;
}

struct Pattern {
  OpKind kind;
  bool (*matches)(const Rewriter& rewriter, ValueId x, ValueId gate, double number);
};
constexpr std::array kPatterns = {Pattern{OpKind::gelu, is_gelu}, Pattern{OpKind::silu, is_silu},
                                  Pattern{OpKind::hardswish, is_hardswish}};

Result<bool> name(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::mul && node.kind != OpKind::div) return false;
  if (rewriter.graph().value(node.outputs[0]).type.dtype != DType::f32) return false;
  Product product;
  multiply_out(rewriter, node.outputs[0], true, product);
  if (product.factors.size() != 2) return false;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const ValueId x = product.factors[side];
    const ValueId gate = product.factors[1 - side];
    for (const Pattern& pattern : kPatterns) {
      if (!pattern.matches(rewriter, x, gate, product.number)) continue;
      if (rewriter.graph().value(x).type.shape != rewriter.graph().value(node.outputs[0]).type.shape) continue;
      RHEO_ASSIGN_OR_RETURN(const ValueId input, rewriter.mapped(x));
      RHEO_RETURN_IF_ERROR(rewriter.replace(node, pattern.kind, {input}, {}));
      return true;
    }
  }
  return false;
}

}  // namespace

Result<GraphPointer> name_activations(const Graph& graph) { return rewrite(graph, name); }

}  // namespace rheo
