// SPDX-License-Identifier: Apache-2.0
// One import on its way: the graph that is being built, and what is known of every ONNX value by name. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rheo/log.h>
#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/onnx/import.h"

namespace rheo::onnx {

// The names of one ONNX graph; those of a branch see the graph around it.
class Scope {
 public:
  explicit Scope(Scope* outer = nullptr) : outer_(outer) {}
  ImportValue* find(std::string_view name);
  void set(const std::string& name, ImportValue value) { values_[name] = std::move(value); }

 private:
  Scope* outer_;
  std::unordered_map<std::string, ImportValue> values_;
};

class Translation {
 public:
  Translation(const Model& model, const ImportOptions& options, const LogSink& log)
      : model_(model), options_(options), log_(log), emitter_(options.limits) {}

  Result<std::shared_ptr<const rheo::Graph>> run();
  // True when it failed because the model mixes the batch into other dimensions: with a fixed batch it may go.
  bool needs_fixed_batch() const { return emitter_.needs_fixed_batch(); }

  // For the calls (call.h).
  ImportEmitter& emitter() { return emitter_; }
  std::int64_t opset() const { return model_.opset(); }
  // Nodes of a branch that was chosen, in a scope of its own; its outputs in order.
  Result<std::vector<ImportValue>> translate_branch(const Graph& graph, Scope& scope);

 private:
  Scope* outer_;
  std::unordered_map<std::string, ImportValue> values_;
};

class Translation {
 public:
  Translation(const Model& model, const ImportOptions& options, const LogSink& log)
      : model_(model), options_(options), log_(log), emitter_(options.limits) {}

  Result<std::shared_ptr<const rheo::Graph>> run();
  // True when it failed because the model mixes the batch into other dimensions: with a fixed batch it may go.
  bool needs_fixed_batch() const { return needs_fixed_batch_; }

  // For the calls (call.h).
  // Outputs of `kind`, computed now when every input is known. `per_trial`: the attributes for each trial batch size,
  // alike unless all inputs are known.
  Result<std::vector<ImportValue>> emit(OpKind kind, std::span<ImportValue* const> inputs,
                                        const PerTrial<Attributes>& per_trial, const Node& node);
  // The value in the graph; a known one becomes a constant. `may_stretch`: one row will do for all items of a batch,
  // because the op that reads it broadcasts.
  Result<ValueId> id_of(Value& value, const Node& node, bool may_stretch = false);
  // Dtype, and shape with kDynamic for the open batch.
  TensorType type_of(const Value& value) const;
  PerTrial<Shape> shapes_of(const Value& value) const;
  std::int64_t opset() const { return model_.opset(); }
  const ImportOptions& options() const { return options_; }
  // Nodes of a branch that was chosen, in a scope of its own; its outputs in order.
  Result<std::vector<ImportValue>> translate_branch(const Graph& graph, Scope& scope);
  // Counts what is about to be computed ahead; limit_exceeded when the model asks for too much.
  Status book(DType dtype, const Shape& shape, const Node& node);
  Status mixes_batch(const Node& node, std::string_view what);

 private:
  Status add_initializers(const Graph& graph, Scope& scope);
  Status add_inputs(Scope& scope);
  Status add_input(const ValueInfo& input, Scope& scope);
  Result<Shape> shape_of(const ValueInfo& input);
  Result<Shape> given_shape(const ValueInfo& input, Shape shape) const;
  Status add_bound(const ValueInfo& input, std::int64_t number, Scope& scope);
  Status check_options() const;
  Status translate_nodes(const Graph& graph, Scope& scope);
  Status translate_node(const Node& node, Scope& scope);
  Status add_outputs(Scope& scope);
  Status missing_ops() const;

  const Model& model_;
  const ImportOptions& options_;
  const LogSink& log_;
  ImportEmitter emitter_;
  std::vector<std::pair<std::string, std::string>> missing_;  // operator, and where
};

ImportPlace place_of(const Node& node);

}  // namespace rheo::onnx
