// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/import.h"

#include <fmt/format.h>

#include <set>

#include "base/try.h"
#include "base/within_memory.h"
#include "load/aten/translation.h"
#include "load/import_answers.h"
#include "load/open_input.h"
#include "load/pt2/expression.h"
#include "load/pt2/weights.h"
#include "load/widened.h"

namespace rheo::pt2 {
namespace {

Result<OpenDimension> open_dimension(const Size& size, const ModelOptions& options) {
  if (size.expression.empty()) return OpenDimension{size.number, {}};
  RHEO_ASSIGN_OR_RETURN(const Expression expression, evaluate(size.expression, options.dimensions));
  if (!expression.symbol.empty()) return OpenDimension{{}, expression.symbol};
  if (expression.value && *expression.value < 0) return Status(StatusCode::bad_format, "A size is negative.");
  return OpenDimension{expression.value, {}};
}

Result<std::vector<OpenInput>> open_inputs(const Program& program, const ModelOptions& options) {
  std::vector<OpenInput> inputs;
  for (const ProgramInput& input : program.inputs) {
    const auto dtype = computed_dtype(input.meta.dtype);
    if (!dtype) return dtype.status().with_context(fmt::format("input '{}'", input.name));
    OpenInput open{input.name, *dtype, std::vector<OpenDimension>()};
    for (const Size& size : input.meta.sizes) {
      auto dimension = open_dimension(size, options);
      if (!dimension) return dimension.status().with_context(fmt::format("input '{}'", input.name));
      open.shape->push_back(*std::move(dimension));
    }
    inputs.push_back(std::move(open));
  }
  return inputs;
}

// The exporter proved the program for these sizes only.
Status check_constraints(const Program& program, const ModelOptions& options) {
  for (const auto& [symbol, size] : options.dimensions) {
    const auto found = program.constraints.find(symbol);
    if (found == program.constraints.end() || (size >= found->second.low && size <= found->second.high)) continue;
    return {StatusCode::invalid_argument, fmt::format("Dimension '{}' cannot be {}: the model was exported for {} to "
                                                      "{}.",
                                                      symbol, size, found->second.low, found->second.high)};
  }
  return {};
}

// What was inferred is what the file says, as far as it says numbers.
Status check_output(const Program& program, const std::string& name, const Shape& shape) {
  const auto declared = program.metas.find(name);
  if (declared == program.metas.end()) return {};
  const std::vector<Size>& sizes = declared->second.sizes;
  bool fits = sizes.size() == shape.rank();
  for (std::size_t axis = 0; axis < shape.rank() && fits; ++axis) {
    fits = !sizes[axis].expression.empty() || shape[axis] == kDynamic || shape[axis] == sizes[axis].number;
  }
  if (fits) return {};
  return {StatusCode::bad_format,
          fmt::format("The output '{}' has the shape {}, but the file declares another.", name, shape.to_string())};
}

class Import {
 public:
  Import(const Model& model, const ModelOptions& options, const LogSink& log, const LoadLimits& limits)
      : model_(model), options_(options), log_(log), limits_(limits), translation_(limits) {}

  Result<std::shared_ptr<const Graph>> run() {
    if (!model_.card.empty()) {
      RHEO_ASSIGN_OR_RETURN(card_, parse_model_card(model_.card, limits_));
    }
    RHEO_RETURN_IF_ERROR(add_weights());
    RHEO_RETURN_IF_ERROR(add_model_inputs());
    for (const aten::Node& node : model_.program.nodes) RHEO_RETURN_IF_ERROR(translation_.add(node));
    RHEO_RETURN_IF_ERROR(translation_.missing());
    RHEO_RETURN_IF_ERROR(add_outputs());
    auto graph = translation_.emitter().builder().build();
    if (graph.ok() && translation_.emitter().widened() && log_) {
      log_(Severity::info,
           "The model holds 16-bit or 64-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
    }
    return graph;
  }
  bool may_go_with_fixed_batch() const { return translation_.may_go_with_fixed_batch(); }

 private:
  Status add_weights() {
    for (const auto& [name, tensor] : model_.weights) {
      RHEO_ASSIGN_OR_RETURN(Tensor elements, in_f32(tensor, translation_.emitter().widened()));
      translation_.scope().set(name, ImportValue::known(std::move(elements)));
    }
    return {};
  }

  Status add_model_inputs() {
    RHEO_ASSIGN_OR_RETURN(std::vector<OpenInput> inputs, open_inputs(model_.program, options_));
    RHEO_RETURN_IF_ERROR(describe(card_, inputs));
    RHEO_RETURN_IF_ERROR(check_options(options_, inputs, limits_));
    RHEO_RETURN_IF_ERROR(check_constraints(model_.program, options_));
    RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> values, add_inputs(translation_.emitter(), options_, inputs));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      translation_.scope().set(inputs[i].name, std::move(values[i]));
    }
    return {};
  }

  // One value may be given out twice; the second gets a name of its own.
  Status add_outputs() {
    std::set<std::string> used;
    std::vector<ImportOutput> outputs;
    for (const std::string& output : model_.program.outputs) {
      ImportValue* value = translation_.scope().find(output);
      if (value == nullptr) return {StatusCode::bad_format, fmt::format("Nothing makes the output '{}'.", output)};
      RHEO_RETURN_IF_ERROR(check_output(model_.program, output, translation_.emitter().type_of(*value).shape));
      std::string name = output;
      for (int count = 2; !used.insert(name).second; ++count) name = fmt::format("{}.{}", output, count);
      outputs.push_back({std::move(name), value});
    }
    return add_answers(translation_.emitter(), card_, outputs);
  }

  const Model& model_;
  const ModelOptions& options_;
  const LogSink& log_;
  const LoadLimits& limits_;
  ModelCard card_;
  aten::Translation translation_;
};

}  // namespace

Result<std::vector<OpenInput>> declared_inputs(const Model& model) { return open_inputs(model.program, {}); }

Result<std::shared_ptr<const Graph>> import_graph(const Model& model, const ModelOptions& options, const LogSink& log,
                                                  const LoadLimits& limits) {
  return within_memory("Importing the exported program", [&] {
    return with_open_batch(options, log, [&](const ModelOptions& chosen, bool& may_go) {
      Import import(model, chosen, log, limits);
      auto graph = import.run();
      may_go = import.may_go_with_fixed_batch();
      return graph;
    });
  });
}

}  // namespace rheo::pt2
