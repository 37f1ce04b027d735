// SPDX-License-Identifier: Apache-2.0
// One import on its way: the graph that is being built, and what is known of every ONNX value by name. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/log.h>
#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/import_refusal.h"
#include "load/import_scope.h"
#include "load/model_card.h"
#include "load/onnx/import.h"

namespace rheo::onnx {

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
  Status add_initializers(const Graph& graph, Scope& scope);
  Status add_model_inputs(Scope& scope);
  Status translate_nodes(const Graph& graph, Scope& scope);
  Status translate_node(const Node& node, Scope& scope);
  Status add_outputs(Scope& scope);
  Status read_card();

  const Model& model_;
  const ModelOptions& options_;
  const LogSink& log_;
  const LoadLimits& limits_;
  ImportEmitter emitter_;
  ModelCard card_;
  MissingOperators missing_;
};

// A node as the emitter takes it: its name, else that of its first output, and its operator.
ImportPlace place_of(const Node& node);

}  // namespace rheo::onnx
