// SPDX-License-Identifier: Apache-2.0
#include "transform/product.h"

#include "op/epilogue.h"

namespace rheo {

bool is_product(OpKind kind) { return kind == OpKind::conv2d || kind == OpKind::linear; }

const Rewriter::Emitted* open_product(Rewriter& rewriter, ValueId old) {
  if (old == kNoValue || !rewriter.used_once(old)) return nullptr;
  const Result<ValueId> value = rewriter.mapped(old);
  if (!value.ok() || rewriter.type(*value).dtype != DType::f32) return nullptr;
  const Rewriter::Emitted* maker = rewriter.maker(*value);
  if (maker == nullptr || !is_product(maker->kind) || !maker->attributes.text("activation").empty()) return nullptr;
  return maker;
}

std::vector<ValueId> product_inputs(const Rewriter::Emitted& product) {
  return {product.input(0), product.input(kWeightsInput), product.input(kBiasInput), product.input(kResidualInput)};
}

std::optional<std::span<const float>> f32_constant(const Rewriter& rewriter, ValueId value) {
  if (value == kNoValue) return std::nullopt;
  const Tensor* tensor = rewriter.constant(value);
  if (tensor == nullptr || tensor->dtype() != DType::f32) return std::nullopt;
  return tensor->as<float>();
}

std::optional<std::vector<float>> per_channel(const Rewriter& rewriter, ValueId value, OpKind product,
                                              const Shape& shape) {
  const std::optional<std::span<const float>> elements = f32_constant(rewriter, value);
  if (!elements) return std::nullopt;
  const Shape& constant = rewriter.type(value).shape;
  if (constant.rank() > shape.rank()) return std::nullopt;
  const std::size_t channel_axis = product == OpKind::conv2d ? 1 : shape.rank() - 1;
  const auto channels = static_cast<std::size_t>(shape[channel_axis]);
  for (std::size_t axis = 0; axis < constant.rank(); ++axis) {
    const std::size_t aligned = axis + shape.rank() - constant.rank();
    if (constant[axis] != 1 && (aligned != channel_axis || constant[axis] != shape[aligned])) return std::nullopt;
  }
  if (elements->size() == 1) return std::vector<float>(channels, elements->front());
  return std::vector<float>(elements->begin(), elements->end());
}

}  // namespace rheo
