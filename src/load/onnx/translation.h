// SPDX-License-Identifier: Apache-2.0
// One import on its way: the graph that is being built, and what is known of every ONNX value by name. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rheo/log.h>
#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/model_card.h"
#include "load/onnx/import.h"

namespace rheo::onnx {

// The names of one ONNX graph; those of a branch see the graph around it.
class Scope {
 public:
  explicit Scope(Scope* outer = nullptr) : outer_(outer) {}
  ImportValue* find(std::string_view name);  // null when there is none; stays valid while the scope lives
  void set(const std::string& name, ImportValue value) { values_[name] = std::move(value); }

 private:
  Scope* outer_;
  std::unordered_map<std::string, ImportValue> values_;
};

class Translation {
 public:
  // All of them outlive the translation.
  Translation(const Model& model, const ModelOptions& options, const LogSink& log, const LoadLimits& limits)
      : model_(model), options_(options), log_(log), limits_(limits), emitter_(limits) {}

  Result<std::shared_ptr<const rheo::Graph>> run();
  // True when it failed with an open batch, which some op did not let pass: with a fixed one it may go.
  bool may_go_with_fixed_batch() const { return missing_.empty() && emitter_.has_open_batch(); }

  // For the calls (call.h).
  ImportEmitter& emitter() { return emitter_; }
  std::int64_t opset() const { return model_.opset(); }
  // Nodes of a branch that was chosen, in a scope of its own; its outputs in order.
  Result<std::vector<ImportValue>> translate_branch(const Graph& graph, Scope& scope);

 private:
  Status check_options() const;
  Status read_card();
  Status add_initializers(const Graph& graph, Scope& scope);
  Status add_inputs(Scope& scope);
  Status add_input(const ValueInfo& input, Scope& scope);
  Result<Shape> shape_of(const ValueInfo& input);
  Result<Shape> given_shape(const ValueInfo& input, Shape shape) const;
  Status add_bound(const ValueInfo& input, std::int64_t number, Scope& scope);
  Status translate_nodes(const Graph& graph, Scope& scope);
  Status translate_node(const Node& node, Scope& scope);
  Status missing_ops() const;
  Status add_answers(Scope& scope);
  Status add_output(std::size_t index, const std::string* exit, Scope& scope);

  const Model& model_;
  const ModelOptions& options_;
  const LogSink& log_;
  const LoadLimits& limits_;
  ImportEmitter emitter_;
  ModelCard card_;
  std::vector<std::pair<std::string, std::string>> missing_;  // operator, and where
};

// A node as the emitter takes it: its name, else that of its first output, and its operator.
ImportPlace place_of(const Node& node);

}  // namespace rheo::onnx
