// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/checked.h"
#include "kernels/evaluate.h"
#include "op/local_response_norm.h"
#include "op/ordering.h"
#include "op/pooling.h"
#include "op/resize.h"

namespace rheo {
namespace {

std::size_t elements_of(const TensorType& type) { return static_cast<std::size_t>(type.shape.elements()); }

std::size_t area_of(const Window2d& window) {
  return saturating_mul(static_cast<std::size_t>(window.kernel[0]), static_cast<std::size_t>(window.kernel[1]));
}

// Elements of x in the window of one element of an adaptive or global average, at most.
std::size_t adaptive_area(const Shape& x, const Shape& y) {
  std::size_t area = 1;
  for (std::size_t axis = 2; axis < y.rank(); ++axis) {
    area = saturating_mul(area, static_cast<std::size_t>(x[axis] / std::max<std::int64_t>(1, y[axis]) + 2));
  }
  return area;
}

std::size_t resize_taps_of(const ResizeSettings& settings, std::size_t rank) {
  if (settings.mode == ResizeMode::nearest) return 1;
  const std::size_t linear = settings.antialias ? kMostResizeTaps : 2;
  std::size_t taps = 1;
  for (std::size_t axis = 2; axis < rank; ++axis) taps *= settings.mode == ResizeMode::cubic ? 4 : linear;
  return taps;
}

// What the reference kernel looks at for each element of its result.
std::size_t looks_per_element(OpKind kind, const OpContext& context, const Shape& y) {
  const Shape& x = context.inputs[0]->shape;
  switch (kind) {
    case OpKind::max_pool2d: return area_of(MaxPool2dSettings::from(context.attributes).window);
    case OpKind::avg_pool2d: return area_of(AvgPool2dSettings::from(context.attributes).window);
    case OpKind::global_avg_pool:
    case OpKind::adaptive_avg_pool2d: return adaptive_area(x, y);
    case OpKind::resize: return resize_taps_of(ResizeSettings::from(context.attributes, x), x.rank());
    case OpKind::local_response_norm:
      return static_cast<std::size_t>(std::min(LocalResponseNormSettings::from(context.attributes).size, x[1]));
    default: return 1;
  }
}

// Ops that read no more of their first input than they write.
bool only_picks(OpKind kind) {
  return kind == OpKind::slice || kind == OpKind::gather || kind == OpKind::gather_elements ||
         kind == OpKind::gather_nd || kind == OpKind::pad;
}

}  // namespace

std::size_t evaluation_steps(OpKind kind, const OpContext& context, std::span<const TensorType> output_types) {
  std::size_t steps = 0;
  for (std::size_t i = 0; i < context.inputs.size(); ++i) {
    const TensorType* input = context.inputs[i];
    if (input != nullptr && (i > 0 || !only_picks(kind))) steps = saturating_add(steps, elements_of(*input));
  }
  for (const TensorType& output : output_types) {
    const std::size_t looks = saturating_mul(elements_of(output), looks_per_element(kind, context, output.shape));
    steps = saturating_add(steps, looks);
  }
  if (kind == OpKind::top_k) {  // each element is compared with all along the axis
    const Shape& x = context.inputs[0]->shape;
    const std::size_t axis = TopKSettings::from(context.attributes, x.rank()).axis;
    steps = saturating_add(steps, saturating_mul(elements_of(*context.inputs[0]), static_cast<std::size_t>(x[axis])));
  }
  const std::int64_t products = schema_of(kind).multiply_adds(context, output_types[0]);
  return saturating_add(steps, static_cast<std::size_t>(products));
}

}  // namespace rheo
