// SPDX-License-Identifier: Apache-2.0
// infer_types: the checks that are the same for every op, around the schema's own inference.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/checked.h"
#include "op/inference.h"
#include "tensor/limits.h"

namespace rheo {
namespace {

bool has_kind(const AttributeValue& value, AttributeSchema::Kind kind) {
  switch (kind) {
    case AttributeSchema::Kind::integer: return std::holds_alternative<std::int64_t>(value);
    case AttributeSchema::Kind::real:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    case AttributeSchema::Kind::text: return std::holds_alternative<std::string>(value);
    case AttributeSchema::Kind::integers: return std::holds_alternative<std::vector<std::int64_t>>(value);
    case AttributeSchema::Kind::reals:
      return std::holds_alternative<std::vector<double>>(value) ||
             std::holds_alternative<std::vector<std::int64_t>>(value);
  }
  return false;
}

std::string_view name_of(AttributeSchema::Kind kind) {
  constexpr std::string_view kNames[] = {"an integer", "a number", "a text", "a list of integers", "a list of numbers"};
  return kNames[static_cast<std::size_t>(kind)];
}

Status check_attributes(const OpSchema& schema, const Attributes& attributes) {
  for (const auto& [name, value] : attributes.items()) {
    const auto found = std::find_if(schema.attributes.begin(), schema.attributes.end(),
                                    [&name = name](const AttributeSchema& a) { return a.name == name; });
    if (found == schema.attributes.end()) return misfit(fmt::format("it has no attribute \"{}\".", name));
    if (!has_kind(value, found->kind))
      return misfit(fmt::format("the attribute \"{}\" must be {}.", name, name_of(found->kind)));
    if (const auto* real = std::get_if<double>(&value); real != nullptr && !std::isfinite(*real))
      return misfit(fmt::format("the attribute \"{}\" is {}, but it must be finite.", name, *real));
    if (const auto* reals = std::get_if<std::vector<double>>(&value);
        reals != nullptr && !std::all_of(reals->begin(), reals->end(), [](double real) { return std::isfinite(real); }))
      return misfit(fmt::format("the attribute \"{}\" holds a number that is not finite.", name));
  }
  return {};
}

// Sizes are known or dynamic, never negative, and the known ones do not multiply to more than kMaxElements.
bool is_sound(const Shape& shape) {
  std::int64_t elements = 1;
  for (std::int64_t dim : shape.dims()) {
    if (dim == kDynamic) continue;
    const std::optional<std::int64_t> product = checked_mul(elements, dim);
    if (dim < 0 || !product || *product > kMaxElements) return false;
    elements = *product;
  }
  return true;
}

bool is_sound(const TensorType& type) {
  const Quantization& quantization = type.quantization;
  const Shape& shape = type.shape;
  const std::size_t count = quantization.scales.size();
  if (quantization.zero_point != 0 && (count != 1 || !is_zero_point(type.dtype, quantization.zero_point))) return false;
  const auto is_positive = [](float scale) { return std::isfinite(scale) && scale > 0; };
  if (!std::all_of(quantization.scales.begin(), quantization.scales.end(), is_positive)) return false;
  if (count <= 1) return true;
  const auto axis = static_cast<std::size_t>(quantization.axis);
  return quantization.axis >= 0 && axis < shape.rank() && shape[axis] == static_cast<std::int64_t>(count);
}

Status check_inputs(const OpSchema& schema, const OpContext& context) {
  const std::size_t count = context.inputs.size();
  if (count < static_cast<std::size_t>(schema.min_inputs) || count > static_cast<std::size_t>(schema.max_inputs))
    return misfit(
        fmt::format("it was given {} inputs, but takes {} to {}.", count, schema.min_inputs, schema.max_inputs));
  // Only ops with named optional inputs may leave one out.
  const bool all_required = schema.kind == OpKind::concat;
  for (std::size_t i = 0; i < count; ++i) {
    if (context.inputs[i] == nullptr) {
      if (all_required || i < static_cast<std::size_t>(schema.min_inputs))
        return misfit(fmt::format("input {} is missing.", i));
      continue;
    }
    const TensorType& type = *context.inputs[i];
    if (!is_sound(type.shape))
      return misfit(fmt::format("input {} has the impossible shape {}; at most {} elements can be.", i,
                                type.shape.to_string(), kMaxElements));
    if (!type.quantization.empty() && !is_8bit(type.dtype))
      return misfit(fmt::format("input {} is {} with a scale, which only u8 and i8 have.", i, describe(type)));
    if (!is_sound(type))
      return misfit(
          fmt::format("input {} is {} with {} scales along axis {}; scales must be positive and as many as "
                      "that axis is long.",
                      i, describe(type), type.quantization.scales.size(), type.quantization.axis));
  }
  return {};
}

Types checked_types(const OpSchema& schema, const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_attributes(schema, context.attributes));
  RHEO_RETURN_IF_ERROR(check_inputs(schema, context));
  RHEO_ASSIGN_OR_RETURN(std::vector<TensorType> types, schema.infer(context));
  for (const TensorType& type : types) {
    if (!is_sound(type.shape))
      return misfit(fmt::format("the result would have the impossible shape {}; at most {} elements can be.",
                                type.shape.to_string(), kMaxElements));
  }
  return types;
}

}  // namespace

Result<std::vector<TensorType>> infer_types(OpKind kind, const OpContext& context) {
  const OpSchema& schema = schema_of(kind);
  Types types = checked_types(schema, context);
  if (!types.ok()) return types.status().with_context(schema.name);
  return types;
}

}  // namespace rheo
