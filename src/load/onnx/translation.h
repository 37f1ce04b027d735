// SPDX-License-Identifier: Apache-2.0
// One import on its way: the graph that is being built, and what is known of every ONNX value by name. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rheo/log.h>
#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/import_refusal.h"
#include "load/import_scope.h"
#include "load/model_card.h"
#include "load/onnx/import.h"

namespace rheo::onnx {

class Call;
struct Lowering;

class Translation {
 public:
  // All of them outlive the translation.
  Translation(const Model& model, const ModelOptions& options, const LogSink& log, const LoadLimits& limits)
      : model_(model), options_(options), log_(log), limits_(limits), emitter_(limits) {
    for (const Function& function : model.functions)
      functions_.emplace(Name(function.domain, function.name), &function);
  }

  Result<std::shared_ptr<const rheo::Graph>> run();
  // True when it failed with an open batch, which some op did not let pass: with a fixed one it may go.
  bool may_go_with_fixed_batch() const { return missing_.empty() && emitter_.has_open_batch(); }

  // For the calls (call.h).
  ImportEmitter& emitter() { return emitter_; }
  // Of ONNX's own operators, where the translation stands: a function of the model's own may say another one.
  std::int64_t opset() const;
  // Of a node where the translation stands: an attribute, or the parameter of a function that it refers to. Null when
  // absent.
  const Attribute* find_attribute(const Node& node, std::string_view name) const;
  // Elements that the model holds, in f32 where it has other floats. Made once, however often a function that holds
  // them is called: what `make` made for `part` of the model, or the elements of a TensorData.
  Result<Tensor> constant(const void* part, const std::function<Result<Tensor>()>& make);
  Result<Tensor> constant(const TensorData& data);
  // Nodes of a branch that was chosen, in a scope of its own; its outputs in order.
  Result<std::vector<ImportValue>> translate_branch(const Graph& graph, Scope& scope);

 private:
  using Name = std::pair<std::string_view, std::string_view>;  // domain, and operator or function
  // A call of a function that is being translated, and the one around it.
  struct Frame {
    const Function& function;
    const Node& call;
    const Frame* around;
  };

  Status add_initializers(const Graph& graph, Scope& scope);
  Status add_model_inputs(Scope& scope);
  Status translate_nodes(const Graph& graph, Scope& scope);
  Status translate_node(const Node& node, Scope& scope);
  Status lower(const Lowering& lowering, Call& call) const;
  // translation_function.cpp
  const Function* find_function(const Node& node) const;
  Status check_call(const Function& function, const Node& node) const;
  Status count_inlined(std::size_t nodes, std::size_t values);
  Status inline_function(const Function& function, Call& call);
  Status add_outputs(Scope& scope);
  Status read_card();

  const Model& model_;
  const ModelOptions& options_;
  const LogSink& log_;
  const LoadLimits& limits_;
  ImportEmitter emitter_;
  ModelCard card_;
  MissingOperators missing_;
  std::map<Name, const Function*> functions_;
  std::map<const void*, Tensor> constants_;  // by the part of the model that holds them
  const Frame* frame_ = nullptr;             // null outside of all functions
  std::size_t inlined_nodes_ = 0;
  std::size_t inlined_values_ = 0;
};

// A node as the emitter takes it: its name, else that of its first output, and its operator.
ImportPlace place_of(const Node& node);

}  // namespace rheo::onnx
