// SPDX-License-Identifier: Apache-2.0
// The model's own inputs and outputs: open sizes are filled in, named inputs bound, outputs become exits and outputs.
#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"
#include "load/onnx/translation.h"

namespace rheo::onnx {
namespace {

bool is_initializer(const Graph& graph, std::string_view name) {
  return std::any_of(graph.initializers.begin(), graph.initializers.end(),
                     [&](const TensorData& data) { return data.name == name; });
}

// What the model calls the open dimension 0 of its inputs; empty when it has no name.
std::string_view batch_name(const Graph& graph) {
  for (const ValueInfo& input : graph.inputs) {
    if (!input.shape || input.shape->empty() || is_initializer(graph, input.name)) continue;
    const Dimension& first = input.shape->front();
    if (!first.size && !first.name.empty()) return first.name;
  }
  return {};
}

std::string known_dimensions(const Graph& graph) {
  std::string names;
  for (const ValueInfo& input : graph.inputs) {
    if (!input.shape) continue;
    for (const Dimension& dimension : *input.shape) {
      if (dimension.name.empty() || names.find("'" + dimension.name + "'") != std::string::npos) continue;
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", dimension.name);
    }
  }
  return names.empty() ? "none" : names;
}

bool has_input(const Graph& graph, std::string_view name) {
  return std::any_of(graph.inputs.begin(), graph.inputs.end(),
                     [&](const ValueInfo& input) { return input.name == name; });
}

template <typename T>
void fill(Tensor& tensor, std::int64_t number) {
  const auto elements = tensor.as_mutable<T>();
  std::fill(elements.begin(), elements.end(), static_cast<T>(number));
}

}  // namespace

Status Translation::check_options() const {
  const Graph& graph = model_.graph;
  for (const auto& [name, number] : options_.bound) {
    if (!has_input(graph, name) || is_initializer(graph, name)) {
      return {StatusCode::not_found,
              fmt::format("The model has no input '{}' that could be bound to {}.", name, number)};
    }
  }
  for (const auto& [name, shape] : options_.shapes) {
    if (!has_input(graph, name)) {
      return {StatusCode::not_found,
              fmt::format("The model has no input '{}' that could have the shape {}.", name, shape.to_string())};
    }
  }
  for (const auto& [name, size] : options_.dimensions) {
    if (known_dimensions(graph).find("'" + name + "'") == std::string::npos) {
      return {StatusCode::not_found, fmt::format("The model has no open dimension '{}'; its open dimensions are {}.",
                                                 name, known_dimensions(graph))};
    }
    if (size >= 1 && size <= limits_.dimension) continue;
    return {StatusCode::invalid_argument, fmt::format("Dimension '{}' cannot be {}.", name, size)};
  }
  return {};
}

Status Translation::read_card() {
  const auto stored = std::ranges::find(model_.metadata, kModelCardKey, [](const auto& pair) { return pair.first; });
  if (stored == model_.metadata.end()) return {};
  RHEO_ASSIGN_OR_RETURN(card_, parse_model_card(stored->second, limits_));
  for (const ModelCard::Input& input : card_.inputs) {
    if (has_input(model_.graph, input.name)) continue;
    return {StatusCode::bad_format, fmt::format("{}: the model has no input '{}'.", kModelCardKey, input.name)};
  }
  return {};
}

Status Translation::add_inputs(Scope& scope) {
  for (const ValueInfo& input : model_.graph.inputs) {
    if (scope.find(input.name) != nullptr) continue;  // an initializer is its default
    const auto bound = options_.bound.find(input.name);
    RHEO_RETURN_IF_ERROR(bound == options_.bound.end() ? add_input(input, scope)
                                                       : add_bound(input, bound->second, scope));
  }
  return {};
}

Status Translation::add_input(const ValueInfo& input, Scope& scope) {
  if (input.kind != ValueInfo::Kind::tensor) {
    return {StatusCode::unsupported, fmt::format("Input '{}' is no tensor; Rheo takes tensors alone.", input.name)};
  }
  auto dtype = input.type == ElementType::f64 ? Result<DType>(DType::f32) : dtype_of(input.type);
  if (!dtype) return dtype.status().with_context(fmt::format("input '{}'", input.name));
  RHEO_ASSIGN_OR_RETURN(const Shape shape, shape_of(input));
  const auto described = std::ranges::find(card_.inputs, input.name, &ModelCard::Input::name);
  const Preprocessing bytes = described == card_.inputs.end() ? Preprocessing{} : described->preprocessing;
  RHEO_ASSIGN_OR_RETURN(ImportValue value, emitter_.add_input(input.name, {*dtype, shape, {}}, bytes));
  scope.set(input.name, std::move(value));
  return {};
}

Result<Shape> Translation::shape_of(const ValueInfo& input) {
  const auto whole = options_.shapes.find(input.name);
  if (whole != options_.shapes.end()) return given_shape(input, whole->second);
  if (!input.shape) {
    return Status(StatusCode::unsupported, fmt::format("Input '{}' does not declare its rank.", input.name));
  }
  if (input.shape->size() > Shape::kMaxRank) {
    return Status(StatusCode::limit_exceeded, fmt::format("Input '{}' has {} dimensions, more than {}.", input.name,
                                                          input.shape->size(), Shape::kMaxRank));
  }
  Shape shape;
  for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
    const Dimension& dimension = (*input.shape)[axis];
    const auto given = options_.dimensions.find(dimension.name);
    if (dimension.size) {
      shape.push_back(*dimension.size);
    } else if (!dimension.name.empty() && given != options_.dimensions.end()) {
      shape.push_back(given->second);
    } else if (axis == 0 || (!dimension.name.empty() && dimension.name == batch_name(model_.graph))) {
      if (axis > 0 && options_.batch == 0)
        return emitter_.mixes_batch({input.name, "input"}, "has the batch behind dimension 0");
      shape.push_back(options_.batch > 0 ? options_.batch : kDynamic);
    } else {
      return Status(StatusCode::invalid_argument,
                    dimension.name.empty()
                        ? fmt::format("Dimension {} of input '{}' is open and has no name; give the whole shape.", axis,
                                      input.name)
                        : fmt::format("Input '{0}' leaves the size of dimension '{1}' open; say what it is: "
                                      "dimension {1}=SIZE.",
                                      input.name, dimension.name));
    }
  }
  return shape;
}

// The shape that the caller gave, where it does not contradict the file.
Result<Shape> Translation::given_shape(const ValueInfo& input, Shape shape) const {
  bool fits = !input.shape || input.shape->size() == shape.rank();
  for (std::size_t axis = 0; axis < shape.rank() && fits; ++axis) {
    const std::int64_t declared = input.shape ? (*input.shape)[axis].size.value_or(kDynamic) : kDynamic;
    const bool is_batch = axis == 0 && shape[axis] == kDynamic;
    fits = is_batch ? declared == kDynamic : shape[axis] >= 1 && (declared == kDynamic || declared == shape[axis]);
    if (is_batch && options_.batch > 0) shape[axis] = options_.batch;
  }
  if (fits) return shape;
  return Status(
      StatusCode::invalid_argument,
      fmt::format("Input '{}' cannot have the shape {}: the file declares another.", input.name, shape.to_string()));
}

Status Translation::add_bound(const ValueInfo& input, std::int64_t number, Scope& scope) {
  RHEO_ASSIGN_OR_RETURN(const DType dtype, dtype_of(input.type));
  RHEO_ASSIGN_OR_RETURN(Shape shape, shape_of(input));
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) shape[axis] = shape[axis] == kDynamic ? 1 : shape[axis];
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(dtype, shape));
  switch (dtype) {
    case DType::f32: fill<float>(tensor, number); break;
    case DType::i64: fill<std::int64_t>(tensor, number); break;
    case DType::i32: fill<std::int32_t>(tensor, number); break;
    case DType::boolean: fill<bool>(tensor, number); break;
    default:
      return {StatusCode::unsupported,
              fmt::format("Input '{}' is {}; only f32, i64, i32 and bool can be bound.", input.name, name_of(dtype))};
  }
  scope.set(input.name, ImportValue::known(std::move(tensor)));
  return {};
}

Status Translation::add_output(std::size_t index, const std::string* exit, Scope& scope) {
  if (index >= model_.graph.outputs.size()) {
    return {StatusCode::bad_format, fmt::format("{}: exit '{}' is output {}, but the model has {} outputs.",
                                                kModelCardKey, *exit, index, model_.graph.outputs.size())};
  }
  const std::string& name = model_.graph.outputs[index].name;
  ImportValue* value = scope.find(name);
  if (value == nullptr) return {StatusCode::bad_format, fmt::format("Nothing makes the model's output '{}'.", name)};
  return exit != nullptr ? emitter_.add_exit(*exit, *value) : emitter_.add_output(name, *value);
}

// The exits that the card names, else the first output; then the outputs that are none.
Status Translation::add_answers(Scope& scope) {
  const auto& outputs = model_.graph.outputs;
  if (outputs.empty()) return {StatusCode::bad_format, "The model has no output."};
  std::vector<bool> is_exit(outputs.size());
  if (card_.exits.empty()) card_.exits.push_back({outputs.front().name, 0});
  for (const ModelCard::Exit& exit : card_.exits) {
    RHEO_RETURN_IF_ERROR(add_output(exit.output, &exit.name, scope));
    is_exit[exit.output] = true;
  }
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    if (!is_exit[index]) RHEO_RETURN_IF_ERROR(add_output(index, nullptr, scope));
  }
  return {};
}

Result<std::shared_ptr<const rheo::Graph>> import_graph(const Model& model, const ModelOptions& options,
                                                        const LogSink& log, const LoadLimits& limits) {
  Translation open(model, options, log, limits);
  auto graph = open.run();
  if (graph.ok() || options.batch > 0 || !open.may_go_with_fixed_batch()) return graph;
  ModelOptions one_item = options;
  one_item.batch = 1;
  auto fixed = Translation(model, one_item, log, limits).run();
  if (fixed.ok() && log) log(Severity::info, graph.status().message() + " It is imported with a batch of 1.");
  return fixed;
}

}  // namespace rheo::onnx
