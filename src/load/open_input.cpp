// SPDX-License-Identifier: Apache-2.0
#include "load/open_input.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"

namespace rheo {
namespace {

// What the model calls the open dimension 0 of its inputs; empty when it has no name.
std::string_view batch_name(std::span<const OpenInput> inputs) {
  for (const OpenInput& input : inputs) {
    if (!input.shape || input.shape->empty()) continue;
    const OpenDimension& first = input.shape->front();
    if (!first.size && !first.name.empty()) return first.name;
  }
  return {};
}

std::string known_dimensions(std::span<const OpenInput> inputs) {
  std::string names;
  for (const OpenInput& input : inputs) {
    if (!input.shape) continue;
    for (const OpenDimension& dimension : *input.shape) {
      if (dimension.name.empty() || names.find("'" + dimension.name + "'") != std::string::npos) continue;
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", dimension.name);
    }
  }
  return names.empty() ? "none" : names;
}

bool has_input(std::span<const OpenInput> inputs, std::string_view name) {
  return std::any_of(inputs.begin(), inputs.end(), [&](const OpenInput& input) { return input.name == name; });
}

// The shape that the caller gave, where it does not contradict the file.
Result<Shape> given_shape(const OpenInput& input, const ModelOptions& options, Shape shape) {
  bool fits = !input.shape || input.shape->size() == shape.rank();
  for (std::size_t axis = 0; axis < shape.rank() && fits; ++axis) {
    const std::int64_t declared = input.shape ? (*input.shape)[axis].size.value_or(kDynamic) : kDynamic;
    const bool is_batch = axis == 0 && shape[axis] == kDynamic;
    fits = is_batch ? declared == kDynamic : shape[axis] >= 1 && (declared == kDynamic || declared == shape[axis]);
    if (is_batch && options.batch > 0) shape[axis] = options.batch;
  }
  if (fits) return shape;
  return Status(
      StatusCode::invalid_argument,
      fmt::format("Input '{}' cannot have the shape {}: the file declares another.", input.name, shape.to_string()));
}

Status size_is_needed(const OpenInput& input, std::size_t axis, const OpenDimension& dimension) {
  return {
      StatusCode::invalid_argument,
      dimension.name.empty()
          ? fmt::format("Dimension {} of input '{}' is open and has no name; give the whole shape.", axis, input.name)
          : fmt::format("Input '{0}' leaves the size of dimension '{1}' open; say what it is: dimension {1}=SIZE.",
                        input.name, dimension.name)};
}

Result<Shape> shape_of(ImportEmitter& emitter, const OpenInput& input, const ModelOptions& options,
                       std::string_view batch) {
  const auto whole = options.shapes.find(input.name);
  if (whole != options.shapes.end()) return given_shape(input, options, whole->second);
  if (!input.shape) {
    return Status(StatusCode::unsupported, fmt::format("Input '{}' does not declare its rank.", input.name));
  }
  if (input.shape->size() > Shape::kMaxRank) {
    return Status(StatusCode::limit_exceeded, fmt::format("Input '{}' has {} dimensions, more than {}.", input.name,
                                                          input.shape->size(), Shape::kMaxRank));
  }
  Shape shape;
  for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
    const OpenDimension& dimension = (*input.shape)[axis];
    const auto given = options.dimensions.find(dimension.name);
    if (dimension.size) {
      shape.push_back(*dimension.size);
    } else if (!dimension.name.empty() && given != options.dimensions.end()) {
      shape.push_back(given->second);
    } else if (axis == 0 || (!dimension.name.empty() && dimension.name == batch)) {
      if (axis > 0 && options.batch == 0)
        return emitter.mixes_batch({input.name, "input"}, "has the batch behind dimension 0");
      shape.push_back(options.batch > 0 ? options.batch : kDynamic);
    } else {
      return size_is_needed(input, axis, dimension);
    }
  }
  return shape;
}

template <typename T>
void fill(Tensor& tensor, std::int64_t number) {
  const auto elements = tensor.as_mutable<T>();
  std::fill(elements.begin(), elements.end(), static_cast<T>(number));
}

Result<ImportValue> bound_input(const OpenInput& input, Shape shape, std::int64_t number) {
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) shape[axis] = shape[axis] == kDynamic ? 1 : shape[axis];
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(input.dtype, shape));
  switch (input.dtype) {
    case DType::f32: fill<float>(tensor, number); break;
    case DType::i64: fill<std::int64_t>(tensor, number); break;
    case DType::i32: fill<std::int32_t>(tensor, number); break;
    case DType::boolean: fill<bool>(tensor, number); break;
    default:
      return Status(StatusCode::unsupported, fmt::format("Input '{}' is {}; only f32, i64, i32 and bool can be bound.",
                                                         input.name, name_of(input.dtype)));
  }
  return ImportValue::known(std::move(tensor));
}

}  // namespace

Status describe(const ModelCard& card, std::vector<OpenInput>& inputs) {
  for (const ModelCard::Input& described : card.inputs) {
    const auto input = std::ranges::find(inputs, described.name, &OpenInput::name);
    if (input == inputs.end()) {
      return {StatusCode::bad_format, fmt::format("{}: the model has no input '{}'.", kModelCardKey, described.name)};
    }
    input->preprocessing = described.preprocessing;
  }
  return {};
}

Status check_options(const ModelOptions& options, std::span<const OpenInput> inputs, const LoadLimits& limits) {
  for (const auto& [name, number] : options.bound) {
    if (has_input(inputs, name)) continue;
    return {StatusCode::not_found, fmt::format("The model has no input '{}' that could be bound to {}.", name, number)};
  }
  for (const auto& [name, shape] : options.shapes) {
    if (has_input(inputs, name)) continue;
    return {StatusCode::not_found,
            fmt::format("The model has no input '{}' that could have the shape {}.", name, shape.to_string())};
  }
  const std::string known = known_dimensions(inputs);
  for (const auto& [name, size] : options.dimensions) {
    if (known.find("'" + name + "'") == std::string::npos) {
      return {StatusCode::not_found,
              fmt::format("The model has no open dimension '{}'; its open dimensions are {}.", name, known)};
    }
    if (size >= 1 && size <= limits.dimension) continue;
    return {StatusCode::invalid_argument, fmt::format("Dimension '{}' cannot be {}.", name, size)};
  }
  return {};
}

Result<std::vector<ImportValue>> add_inputs(ImportEmitter& emitter, const ModelOptions& options,
                                            std::span<const OpenInput> inputs) {
  const std::string_view batch = batch_name(inputs);
  std::vector<ImportValue> values;
  for (const OpenInput& input : inputs) {
    RHEO_ASSIGN_OR_RETURN(const Shape shape, shape_of(emitter, input, options, batch));
    const auto bound = options.bound.find(input.name);
    RHEO_ASSIGN_OR_RETURN(ImportValue value,
                          bound == options.bound.end()
                              ? emitter.add_input(input.name, {input.dtype, shape, {}}, input.preprocessing)
                              : bound_input(input, shape, bound->second));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace rheo
