// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/try.h"
#include "op/activation.h"
#include "op/mean.h"
#include "op/pooling.h"
#include "transform/pass.h"
#include "transform/product.h"

namespace rheo {
namespace {

const TensorType& input_type(const Rewriter& rewriter, const Node& node) {
  return rewriter.graph().value(node.inputs[0]).type;
}

// Ops that move nothing where the type of their result is that of input 0.
bool moves_nothing(const Node& node) {
  switch (node.kind) {
    case OpKind::reshape:
    case OpKind::flatten:
    case OpKind::cast:
    case OpKind::expand:
    case OpKind::tile: return true;
    case OpKind::slice: return node.attributes.integer("step", 1) > 0;
    case OpKind::pad: {
      const std::vector<std::int64_t> pads = node.attributes.integers("pads");
      return std::all_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad == 0; });
    }
    default: return false;
  }
}

// reshape, cast and others that change nothing. What is given out keeps its own value.
Result<bool> drop_no_change(Rewriter& rewriter, const Node& node) {
  const ValueId result = node.outputs[0];
  if (!moves_nothing(node) || rewriter.is_given_out(result)) return false;
  if (rewriter.graph().value(result).type != input_type(rewriter, node)) return false;
  RHEO_ASSIGN_OR_RETURN(const ValueId same, rewriter.mapped(node.inputs[0]));
  rewriter.stand_in(result, same);
  return true;
}

bool averages_whole_picture(const Node& node, const Shape& x) {
  if (node.kind == OpKind::adaptive_avg_pool2d) {
    return AdaptiveAvgPool2dSettings::from(node.attributes).output_size == std::array<std::int64_t, 2>{1, 1};
  }
  if (node.kind != OpKind::avg_pool2d) return false;
  const Window2d window = AvgPool2dSettings::from(node.attributes).window;
  const std::array<std::int64_t, 2> none{0, 0};
  return window.kernel == std::array{x[2], x[3]} && window.pads_begin == none && window.pads_end == none;
}

Result<bool> pool_globally(Rewriter& rewriter, const Node& node) {
  if (!averages_whole_picture(node, input_type(rewriter, node).shape)) return false;
  RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter.mapped(node.inputs[0]));
  Attributes attributes;
  if (const AttributeValue* dtype = node.attributes.find("out_dtype")) attributes.set("out_dtype", *dtype);
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::global_avg_pool, {x}, std::move(attributes)));
  return true;
}

// mean over height and width of a picture.
Result<bool> mean_to_pool(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::mean || input_type(rewriter, node).shape.rank() != 4) return false;
  const MeanSettings settings = MeanSettings::from(node.attributes, 4);
  if (settings.is_averaged[0] || settings.is_averaged[1] || !settings.is_averaged[2] || !settings.is_averaged[3]) {
    return false;
  }
  RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter.mapped(node.inputs[0]));
  if (settings.keep_dims) {
    RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::global_avg_pool, {x}, {}));
    return true;
  }
  RHEO_ASSIGN_OR_RETURN(const ValueId pooled, rewriter.emit(OpKind::global_avg_pool, {x}, {},
                                                            rewriter.fresh_name(node.name + ".pool"), node.source));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::flatten, {pooled}, {}));
  return true;
}

Result<bool> clamp_to_relu(Rewriter& rewriter, const Node& node) {
  const DType dtype = input_type(rewriter, node).dtype;
  if (node.kind != OpKind::clamp || dtype == DType::i32 || dtype == DType::i64) return false;  // relu takes no integers
  const ActivationSettings bounds = ActivationSettings::alone(node.kind, node.attributes);
  const bool is_relu = bounds.low == 0 && bounds.high == std::numeric_limits<double>::infinity();
  const bool is_relu6 = bounds.low == 0 && bounds.high == 6;
  if (!is_relu && !is_relu6) return false;
  RHEO_ASSIGN_OR_RETURN(const ValueId x, rewriter.mapped(node.inputs[0]));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, is_relu ? OpKind::relu : OpKind::relu6, {x}, {}));
  return true;
}

// matmul(x, b) with a constant matrix b [in, out] is linear(x, b transposed), which passes and kernels know better.
Result<bool> matmul_to_linear(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::matmul) return false;
  RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter.mapped(node.inputs));
  const std::optional<std::span<const float>> matrix = f32_constant(rewriter, inputs[1]);
  const Shape shape = rewriter.type(inputs[1]).shape;
  if (!matrix || shape.rank() != 2) return false;
  RHEO_ASSIGN_OR_RETURN(Tensor transposed, Tensor::zeros(DType::f32, {shape[1], shape[0]}));
  const auto rows = static_cast<std::size_t>(shape[0]);
  const auto columns = static_cast<std::size_t>(shape[1]);
  const std::span<float> elements = transposed.as_mutable<float>();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      elements[column * rows + row] = (*matrix)[row * columns + column];
    }
  }
  RHEO_ASSIGN_OR_RETURN(inputs[1], rewriter.add_constant(node.name + ".weights", std::move(transposed)));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::linear, std::move(inputs), {}));
  return true;
}

Result<bool> simplify_node(Rewriter& rewriter, const Node& node) {
  constexpr RewriteRule kRules[] = {drop_no_change, pool_globally, mean_to_pool, clamp_to_relu, matmul_to_linear};
  for (const RewriteRule rule : kRules) {
    RHEO_ASSIGN_OR_RETURN(const bool is_done, rule(rewriter, node));
    if (is_done) return true;
  }
  return false;
}

}  // namespace

Result<GraphPointer> simplify(const Graph& graph) { return rewrite(graph, simplify_node); }

}  // namespace rheo
