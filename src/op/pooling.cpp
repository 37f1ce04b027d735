// SPDX-License-Identifier: Apache-2.0
#include "op/pooling.h"

#include <limits>

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

// {1, 1} when the list is absent or has another length; inference refuses those before anybody uses them.
std::array<std::int64_t, 2> pair_of(const Attributes& attributes, std::string_view name) {
  const std::vector<std::int64_t> list = attributes.integers(name);
  return list.size() == 2 ? std::array{list[0], list[1]} : std::array<std::int64_t, 2>{1, 1};
}

Window2d pool_window(const Attributes& attributes) {
  const std::array<std::int64_t, 2> kernel = pair_of(attributes, "kernel");
  return window_from(attributes, kernel, kernel);
}

Status check_picture(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_rank(context, 0, "x", 4));
  return require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::u8, DType::i8});
}

// What is averaged must say what one step is worth.
Status check_averaged_picture(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_picture(context));
  return is_8bit(input_type(context, 0).dtype) ? require_one_scale(context, 0, "x") : Status();
}

Result<Shape> infer_pooled_shape(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_attribute(context, "kernel"));
  RHEO_RETURN_IF_ERROR(require_list(context, "kernel", 2, 1, std::numeric_limits<std::int64_t>::max()));
  RHEO_RETURN_IF_ERROR(check_window(context, pair_of(context.attributes, "kernel")));
  const Window2d window = pool_window(context.attributes);
  for (std::size_t dim = 0; dim < 2; ++dim) {
    if (window.pads_begin[dim] >= window.extent(dim) || window.pads_end[dim] >= window.extent(dim))
      return misfit(
          fmt::format("pads {} and {} reach as far as the kernel, which spans {}: a window could lie in the "
                      "padding alone.",
                      window.pads_begin[dim], window.pads_end[dim], window.extent(dim)));
  }
  Shape shape = input_type(context, 0).shape;
  RHEO_ASSIGN_OR_RETURN(shape[2], window_count(window, 0, shape[2]));
  RHEO_ASSIGN_OR_RETURN(shape[3], window_count(window, 1, shape[3]));
  return shape;
}

// Averages of 8-bit values need more steps than their type has, so they answer in f32.
Types average_type(const OpContext& context, const Shape& shape) {
  TensorType output{.dtype = DType::f32, .shape = shape, .quantization = {}};
  if (input_type(context, 0).dtype == DType::bf16) {
    RHEO_ASSIGN_OR_RETURN(output.dtype, dtype_attribute(context, "out_dtype", {DType::bf16, DType::f32}, DType::bf16));
  } else {
    RHEO_ASSIGN_OR_RETURN(output.dtype, dtype_attribute(context, "out_dtype", {DType::f32}, DType::f32));
  }
  return std::vector{std::move(output)};
}

}  // namespace

bool is_average(OpKind kind) {
  return kind == OpKind::avg_pool2d || kind == OpKind::global_avg_pool || kind == OpKind::adaptive_avg_pool2d;
}

MaxPool2dSettings MaxPool2dSettings::from(const Attributes& attributes) { return {.window = pool_window(attributes)}; }

AvgPool2dSettings AvgPool2dSettings::from(const Attributes& attributes) {
  return {.window = pool_window(attributes), .count_include_pad = attributes.integer("count_include_pad", 1) != 0};
}

AdaptiveAvgPool2dSettings AdaptiveAvgPool2dSettings::from(const Attributes& attributes) {
  return {.output_size = pair_of(attributes, "output_size")};
}

Types infer_max_pool2d(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_picture(context));
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  TensorType output = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(output.shape, infer_pooled_shape(context));
  return std::vector{std::move(output)};
}

Types infer_avg_pool2d(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_averaged_picture(context));
  RHEO_ASSIGN_OR_RETURN(const Shape shape, infer_pooled_shape(context));
  return average_type(context, shape);
}

Types infer_global_avg_pool(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_averaged_picture(context));
  const Shape& x = input_type(context, 0).shape;
  if (x[2] == 0 || x[3] == 0) return misfit(fmt::format("{}: nothing to average.", describe_input(context, 0, "x")));
  return average_type(context, Shape{x[0], x[1], 1, 1});
}

Types infer_adaptive_avg_pool2d(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_averaged_picture(context));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "output_size"));
  RHEO_RETURN_IF_ERROR(require_list(context, "output_size", 2, 1, kLargestWindowSetting));
  const Shape& x = input_type(context, 0).shape;
  if (x[2] == 0 || x[3] == 0) return misfit(fmt::format("{}: nothing to average.", describe_input(context, 0, "x")));
  const auto [height, width] = AdaptiveAvgPool2dSettings::from(context.attributes).output_size;
  return average_type(context, Shape{x[0], x[1], height, width});
}

}  // namespace rheo
