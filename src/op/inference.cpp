// SPDX-License-Identifier: Apache-2.0
#include "op/inference.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/checked.h"

namespace rheo {
namespace {

std::string names_of(std::initializer_list<DType> dtypes) {
  std::string names;
  for (DType dtype : dtypes) {
    if (!names.empty()) names += ", ";
    names += name_of(dtype);
  }
  return names;
}

}  // namespace

Status misfit(std::string sentence) { return Status(StatusCode::invalid_argument, std::move(sentence)); }

std::string describe(const TensorType& type) {
  return fmt::format("{} {}", name_of(type.dtype), type.shape.to_string());
}

std::string describe_input(const OpContext& context, std::size_t input, std::string_view name) {
  return fmt::format("input {} ({}) is {}", input, name, describe(input_type(context, input)));
}

bool has_input(const OpContext& context, std::size_t input) {
  return input < context.inputs.size() && context.inputs[input] != nullptr;
}

const TensorType& input_type(const OpContext& context, std::size_t input) { return *context.inputs[input]; }

Status require_rank(const OpContext& context, std::size_t input, std::string_view name, std::size_t rank) {
  if (input_type(context, input).shape.rank() == rank) return {};
  return misfit(fmt::format("{}, but rank {} is needed.", describe_input(context, input, name), rank));
}

Status require_dtype(const OpContext& context, std::size_t input, std::string_view name,
                     std::initializer_list<DType> allowed) {
  if (std::find(allowed.begin(), allowed.end(), input_type(context, input).dtype) != allowed.end()) return {};
  return misfit(fmt::format("{}, but it must be one of {}; insert a cast, quantize or dequantize.",
                            describe_input(context, input, name), names_of(allowed)));
}

Status require_ordered(const OpContext& context, std::size_t input, std::string_view name) {
  return require_dtype(context, input, name, {DType::f32, DType::bf16, DType::i8, DType::u8, DType::i32, DType::i64});
}

Status require_indices(const OpContext& context, std::size_t input) {
  return require_dtype(context, input, "indices", {DType::i32, DType::i64});
}

Status require_one_scale(const OpContext& context, std::size_t input, std::string_view name) {
  const std::size_t count = input_type(context, input).quantization.scales.size();
  if (count == 1) return {};
  return misfit(fmt::format("{} with {} scales, but 8-bit values here need exactly one.",
                            describe_input(context, input, name), count));
}

Status refuse_scales_along_axis(const OpContext& context, std::size_t input, std::string_view name) {
  const std::size_t count = input_type(context, input).quantization.scales.size();
  if (count <= 1) return {};
  return misfit(
      fmt::format("{} with {} scales along an axis; only one scale per tensor can be moved, dequantize first.",
                  describe_input(context, input, name), count));
}

Status refuse_zero_point(const OpContext& context, std::size_t input, std::string_view name) {
  const int zero_point = input_type(context, input).quantization.zero_point;
  if (zero_point == 0) return {};
  return misfit(fmt::format("{} with zero point {}, but this op takes zero point 0 only; dequantize first.",
                            describe_input(context, input, name), zero_point));
}

Result<int> zero_point_attribute(const OpContext& context, std::string_view attribute, DType dtype) {
  const std::int64_t zero_point = context.attributes.integer(attribute, 0);
  if (zero_point == 0 || is_zero_point(dtype, zero_point)) return static_cast<int>(zero_point);
  return misfit(fmt::format("\"{}\" is {}, which is no value of {}.", attribute, zero_point, name_of(dtype)));
}

Status require_attribute(const OpContext& context, std::string_view attribute) {
  if (context.attributes.find(attribute) != nullptr) return {};
  return misfit(fmt::format("the attribute \"{}\" is missing and has no default.", attribute));
}

Status require_list(const OpContext& context, std::string_view attribute, std::size_t count, std::int64_t low,
                    std::int64_t high) {
  if (context.attributes.find(attribute) == nullptr) return {};
  const std::vector<std::int64_t> list = context.attributes.integers(attribute);
  if (list.size() != count)
    return misfit(fmt::format("\"{}\" has {} entries, but {} are needed.", attribute, list.size(), count));
  for (std::int64_t entry : list) {
    if (entry < low || entry > high)
      return misfit(fmt::format("\"{}\" holds {}, outside [{}, {}].", attribute, entry, low, high));
  }
  return {};
}

Result<DType> dtype_attribute(const OpContext& context, std::string_view attribute,
                              std::initializer_list<DType> allowed, DType fallback) {
  const std::string_view text = context.attributes.text(attribute);
  if (text.empty()) return fallback;
  const auto found =
      std::find_if(allowed.begin(), allowed.end(), [text](DType dtype) { return name_of(dtype) == text; });
  if (found != allowed.end()) return *found;
  return misfit(fmt::format("\"{}\" is \"{}\", but it must be one of {}.", attribute, text, names_of(allowed)));
}

Status keep_items_apart(const OpContext& context, std::size_t input, std::string_view name, std::size_t axis) {
  if (input_type(context, input).shape[axis] != kDynamic) return {};
  return misfit(
      fmt::format("{}: dimension {} is the batch, and an answer must not depend on its neighbours in a batch; work "
                  "along another dimension.",
                  describe_input(context, input, name), axis));
}

bool is_8bit(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

Result<std::size_t> axis_in_rank(std::string_view attribute, std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank)
    return misfit(fmt::format("\"{}\" is {}, but the input has rank {}.", attribute, axis, rank));
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

std::size_t axis_attribute(const Attributes& attributes, std::int64_t fallback, std::size_t rank) {
  const Result<std::size_t> axis = axis_in_rank("axis", attributes.integer("axis", fallback), rank);
  return axis.ok() ? *axis : 0;
}

Result<Shape> broadcast_shapes(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.rank(), b.rank());
  Shape result;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t from_a = axis + a.rank() < rank ? 1 : a[axis + a.rank() - rank];
    const std::int64_t from_b = axis + b.rank() < rank ? 1 : b[axis + b.rank() - rank];
    if (from_a != from_b && from_a != 1 && from_b != 1)
      return misfit(
          fmt::format("shapes {} and {} do not broadcast: dimension {} of the result would be both {} and {}.",
                      a.to_string(), b.to_string(), axis, from_a == kDynamic ? "?" : std::to_string(from_a),
                      from_b == kDynamic ? "?" : std::to_string(from_b)));
    result.push_back(from_a == 1 ? from_b : from_a);
  }
  return result;
}

std::int64_t saturating_product(std::int64_t a, std::int64_t b) {
  return checked_mul(a, b).value_or(std::numeric_limits<std::int64_t>::max());
}

std::int64_t saturating_elements(const Shape& shape) {
  std::int64_t elements = 1;
  for (std::int64_t dim : shape.dims()) {
    if (dim != kDynamic) elements = saturating_product(elements, dim);
  }
  return elements;
}

std::int64_t no_multiply_adds(const OpContext&, const TensorType&) { return 0; }

std::int64_t one_per_element(const OpContext&, const TensorType& output) { return saturating_elements(output.shape); }

}  // namespace rheo
