// SPDX-License-Identifier: Apache-2.0
#include "graph/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <rheo/path.h>

#include "base/try.h"
#include "graph/limits.h"
#include "tensor/limits.h"

namespace rheo {
namespace {

bool is_8_bit(DType dtype) { return dtype == DType::i8 || dtype == DType::u8; }

// Everything but dimension 0, which is the batch.
bool same_item(const Shape& a, const Shape& b) {
  if (a.rank() != b.rank()) return false;
  for (std::size_t axis = 1; axis < a.rank(); ++axis) {
    if (a[axis] != b[axis]) return false;
  }
  return true;
}

}  // namespace

Status check_name(std::string_view what, std::string_view name) {
  if (name.empty()) return {StatusCode::invalid_argument, fmt::format("A graph has a {} without a name.", what)};
  if (name.size() > kMaxNameBytes) {
    return {StatusCode::limit_exceeded, fmt::format("The name of {} '{}...' has {} bytes; the limit is {}.", what,
                                                    name.substr(0, 40), name.size(), kMaxNameBytes)};
  }
  return {};
}

Status check_shape(std::string_view what, std::string_view name, const Shape& shape) {
  Shape one = shape;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (axis == 0 && shape[axis] == kDynamic) {
      one[axis] = 1;
    } else if (shape[axis] <= 0) {
      return {StatusCode::invalid_argument,
              fmt::format("Dimension {} of {} '{}' {} is not positive; only dimension 0, the batch, may be left open.",
                          axis, what, name, shape.to_string())};
    }
  }
  const Result<std::int64_t> elements = one.checked_elements();
  if (!elements.ok()) return elements.status().with_context(fmt::format("{} '{}'", what, name));
  if (*elements <= kMaxElements) return {};
  return {StatusCode::limit_exceeded, fmt::format("The {} '{}' {} has {} elements; the limit is {}.", what, name,
                                                  shape.to_string(), *elements, kMaxElements)};
}

Status check_quantization(std::string_view name, const TensorType& type) {
  const Quantization& quantization = type.quantization;
  if (quantization.empty()) return {};
  const auto refuse = [&](std::string_view why) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("The quantization of '{}' {} {}.", name, type.shape.to_string(), why));
  };
  if (!is_8_bit(type.dtype)) return refuse(fmt::format("has scales, but {} is not an 8-bit type", name_of(type.dtype)));
  if (quantization.scales.size() > 1) {
    const auto axis = static_cast<std::size_t>(quantization.axis);
    if (quantization.axis < 0 || axis >= type.shape.rank() ||
        static_cast<std::size_t>(type.shape[axis]) != quantization.scales.size()) {
      return refuse(fmt::format("has {} scales along axis {}, which has another length", quantization.scales.size(),
                                quantization.axis));
    }
  }
  const bool is_shifted = quantization.zero_point != 0;
  if (is_shifted && (quantization.scales.size() > 1 || !is_zero_point(type.dtype, quantization.zero_point))) {
    return refuse(fmt::format("has zero point {}; it must be a value of {}, and 0 where there are several scales",
                              quantization.zero_point, name_of(type.dtype)));
  }
  const bool usable =
      std::ranges::all_of(quantization.scales, [](float scale) { return std::isfinite(scale) && scale > 0; });
  return usable ? Status() : refuse("has a scale that is not a positive finite number");
}

Status check_preprocessing(std::string_view name, const Shape& shape, const Preprocessing& preprocessing) {
  std::vector<ChannelScale> scales = preprocessing.channels;
  if (!scales.empty() && (shape.rank() < 2 || shape[1] != static_cast<std::int64_t>(scales.size()))) {
    return {StatusCode::invalid_argument, fmt::format("Input '{}' {} has {} scales; it takes one per channel, which is "
                                                      "dimension 1.",
                                                      name, shape.to_string(), scales.size())};
  }
  if (!(preprocessing.crop >= 0 && preprocessing.crop <= 1)) {
    return {StatusCode::invalid_argument,
            fmt::format("Input '{}' crops pictures to {} of their shorter side; a share lies in (0, 1].", name,
                        preprocessing.crop)};
  }
  scales.push_back({preprocessing.scale, preprocessing.offset});
  for (const ChannelScale& at : scales) {
    if (std::isfinite(at.scale) && at.scale != 0 && std::isfinite(at.offset)) continue;
    return {StatusCode::invalid_argument,
            fmt::format("Input '{}' has scale {} and offset {}; both must be finite and the scale not 0.", name,
                        at.scale, at.offset)};
  }
  return {};
}

Status check_exits(std::span<const Exit> exits, std::span<const Value> values) {
  if (exits.empty()) return {StatusCode::invalid_argument, "A graph has no exit; name at least one output as exit."};
  if (exits.size() > kMaxPaths) {
    return {
        StatusCode::limit_exceeded,
        fmt::format("The graph has {} exits; the limit is {}, because every exit needs at least one of the {} paths "
                    "of a ladder. Name fewer exits.",
                    exits.size(), kMaxPaths, kMaxPaths)};
  }
  std::set<std::string_view> names;
  for (const Exit& exit : exits) {
    RHEO_RETURN_IF_ERROR(check_name("exit", exit.name));
    if (!names.insert(exit.name).second) {
      return {StatusCode::invalid_argument,
              fmt::format("Two exits are called '{}'; give each its own name.", exit.name)};
    }
    const Value& value = values[exit.value];
    if (value.is_constant()) {
      return {StatusCode::invalid_argument,
              fmt::format("Exit '{}' is the constant '{}', which depends on no input.", exit.name, value.name)};
    }
    const TensorType& first = values[exits[0].value].type;
    if (value.type.dtype != first.dtype || !same_item(value.type.shape, first.shape)) {
      return {StatusCode::invalid_argument,
              fmt::format("Exit '{}' is {} {}, exit '{}' is {} {}; all exits must share type and item shape.",
                          exit.name, name_of(value.type.dtype), value.type.shape.to_string(), exits[0].name,
                          name_of(first.dtype), first.shape.to_string())};
    }
  }
  return {};
}

Status check_outputs(std::span<const GraphOutput> outputs, std::span<const Exit> exits, std::span<const Value> values) {
  if (outputs.size() > kMaxOutputs) {
    return {StatusCode::limit_exceeded,
            fmt::format("The graph has {} outputs besides its exits; the limit is {}.", outputs.size(), kMaxOutputs)};
  }
  std::set<std::string_view> names;
  for (const Exit& exit : exits) names.insert(exit.name);
  // Several exits answer under one name of their own.
  if (exits.size() > 1) names.insert(kAnswerName);
  for (const GraphOutput& output : outputs) {
    RHEO_RETURN_IF_ERROR(check_name("output", output.name));
    if (!names.insert(output.name).second) {
      return {StatusCode::invalid_argument,
              fmt::format("The output name '{}' is taken by an exit or another output; give each its own name.",
                          output.name)};
    }
    if (values[output.value].is_constant()) {
      return {StatusCode::invalid_argument, fmt::format("Output '{}' is the constant '{}', which depends on no input.",
                                                        output.name, values[output.value].name)};
    }
  }
  return {};
}

std::string describe(std::string_view name, std::string_view source) {
  return source.empty() ? fmt::format("'{}'", name) : fmt::format("'{}' ({})", name, source);
}

Result<std::vector<TensorType>> infer_node(OpKind kind, const Attributes& attributes,
                                           std::span<const TensorType* const> inputs, std::string_view name,
                                           std::string_view source) {
  Result<std::vector<TensorType>> types = infer_types(kind, {attributes, inputs});
  const auto context = [&] {
    std::string shapes;
    for (const TensorType* type : inputs) {
      shapes += shapes.empty() ? "" : ", ";
      shapes += type == nullptr ? "none" : fmt::format("{} {}", name_of(type->dtype), type->shape.to_string());
    }
    return fmt::format("node {}, {} of ({})", describe(name, source), name_of(kind), shapes);
  };
  if (!types.ok()) return types.status().with_context(context());
  for (const TensorType& type : *types) {
    if (Status fits = check_shape("output of node", name, type.shape); !fits.ok()) return fits.with_context(context());
    if (Status fits = check_quantization(name, type); !fits.ok()) return fits.with_context(context());
  }
  return types;
}

}  // namespace rheo
