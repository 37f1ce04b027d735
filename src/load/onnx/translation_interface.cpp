// SPDX-License-Identifier: Apache-2.0
// The model's own inputs and outputs: open sizes are filled in, named inputs bound, outputs become exits and outputs.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/try.h"
#include "load/import_answers.h"
#include "load/onnx/translation.h"
#include "load/open_input.h"

namespace rheo::onnx {
namespace {

Result<OpenInput> open_input(const ValueInfo& input) {
  if (input.kind != ValueInfo::Kind::tensor) {
    return Status(StatusCode::unsupported,
                  fmt::format("Input '{}' is no tensor; Rheo takes tensors alone.", input.name));
  }
  const auto dtype = input.type == ElementType::f64 ? Result<DType>(DType::f32) : dtype_of(input.type);
  if (!dtype) return dtype.status().with_context(fmt::format("input '{}'", input.name));
  return OpenInput{input.name, *dtype, input.shape};
}

}  // namespace

Status Translation::read_card() {
  const auto stored = std::ranges::find(model_.metadata, kModelCardKey, [](const auto& pair) { return pair.first; });
  if (stored == model_.metadata.end()) return {};
  RHEO_ASSIGN_OR_RETURN(card_, parse_model_card(stored->second, limits_));
  return {};
}

// An input that an initializer fills is none: that is its value.
Result<std::vector<OpenInput>> declared_inputs(const Model& model) {
  std::set<std::string_view> filled;
  for (const TensorData& initializer : model.graph.initializers) filled.insert(initializer.name);
  std::vector<OpenInput> inputs;
  for (const ValueInfo& input : model.graph.inputs) {
    if (filled.contains(input.name)) continue;
    RHEO_ASSIGN_OR_RETURN(OpenInput open, open_input(input));
    inputs.push_back(std::move(open));
  }
  return inputs;
}

Status Translation::add_model_inputs(Scope& scope) {
  RHEO_ASSIGN_OR_RETURN(std::vector<OpenInput> inputs, declared_inputs(model_));
  RHEO_RETURN_IF_ERROR(describe(card_, inputs));
  RHEO_RETURN_IF_ERROR(check_options(options_, inputs, limits_));
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> values, add_inputs(emitter_, options_, inputs));
  for (std::size_t i = 0; i < inputs.size(); ++i) scope.set(inputs[i].name, std::move(values[i]));
  return {};
}

Status Translation::add_outputs(Scope& scope) {
  std::vector<ImportOutput> outputs;
  for (const ValueInfo& output : model_.graph.outputs) {
    ImportValue* value = scope.find(output.name);
    if (value == nullptr) {
      return {StatusCode::bad_format, fmt::format("Nothing makes the model's output '{}'.", output.name)};
    }
    outputs.push_back({output.name, value});
  }
  return add_answers(emitter_, card_, outputs);
}

Result<std::shared_ptr<const rheo::Graph>> import_graph(const Model& model, const ModelOptions& options,
                                                        const LogSink& log, const LoadLimits& limits) {
  return with_open_batch(options, log, [&](const ModelOptions& chosen, bool& may_go) {
    Translation translation(model, chosen, log, limits);
    auto graph = translation.run();
    may_go = translation.may_go_with_fixed_batch();
    return graph;
  });
}

}  // namespace rheo::onnx
