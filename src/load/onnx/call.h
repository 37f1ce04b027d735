// SPDX-License-Identifier: Apache-2.0
// One node as its lowering sees it: inputs by position, attributes by name, and how to answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/onnx/translation.h"

namespace rheo::onnx {

class Call {
 public:
  Call(Translation& translation, const Node& node, Scope& scope);

  const Node& node() const { return node_; }
  std::int64_t opset() const { return translation_.opset(); }
  Scope& scope() { return scope_; }
  Translation& translation() { return translation_; }
  ImportEmitter& emitter() { return translation_.emitter(); }
  const ImportPlace& place() const { return place_; }
  bool has_missing() const;  // an input comes from an operator that Rheo lacks

  // Inputs.
  std::size_t inputs() const { return inputs_.size(); }
  bool has(std::size_t index) const { return index < inputs_.size() && inputs_[index] != nullptr; }
  ImportValue& input(std::size_t index) { return *inputs_[index]; }  // call only when it is there
  DType dtype(std::size_t index) const { return translation_.emitter().type_of(*inputs_[index]).dtype; }
  Shape shape(std::size_t index) const {
    return translation_.emitter().type_of(*inputs_[index]).shape;
  }  // kDynamic: the batch
  std::size_t rank(std::size_t index) const { return shape(index).rank(); }
  Status require(std::size_t count) const;  // the first `count` inputs are there
  // Integers known while importing, the same for every batch size; refused otherwise.
  Result<std::vector<std::int64_t>> integers(std::size_t index);
  // The same for each trial batch size.
  Result<PerTrial<std::vector<std::int64_t>>> integers_per_trial(std::size_t index);
  Result<double> real(std::size_t index);  // one known number
  Result<bool> truth(std::size_t index);   // one known bool, the same for every batch size

  // Attributes; `fallback` where the node leaves them out.
  bool has_attribute(std::string_view name) const { return node_.find(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  double real(std::string_view name, double fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> fallback = {}) const;
  // A list that older operator sets keep as an attribute and newer ones as input `index`; nothing when in neither.
  Result<std::optional<std::vector<std::int64_t>>> list(std::string_view name, std::size_t index);
  // An axis in [-rank, rank) counted from the front.
  Result<std::size_t> axis(std::int64_t axis, std::size_t rank) const;

  // Answers.
  Result<ImportValue> emit(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes = {});
  Result<ImportValue> emit(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes = {});
  Result<ImportValue> emit(OpKind kind, std::initializer_list<ImportValue*> inputs,
                           const PerTrial<Attributes>& per_trial);
  Result<std::vector<ImportValue>> emit_all(OpKind kind, std::span<ImportValue* const> inputs,
                                            const Attributes& attributes);
  void answer(ImportValue value, std::size_t output = 0);
  // For lowerings that end with one op.
  Status answer_with(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes = {});
  Status refuse(std::string_view why) const;
  Status mixes_batch(std::string_view what) { return translation_.emitter().mixes_batch(place_, what); }

  // Steps that several lowerings share.
  // To `shape`, where kDynamic is the batch.
  Result<ImportValue> reshape(ImportValue& value, const Shape& shape);
  Result<ImportValue> transpose(ImportValue& value, std::vector<std::int64_t> permutation);
  Result<ImportValue> cast(ImportValue& value, DType dtype);
  static Result<ImportValue> scalar(DType dtype, double number);

 private:
  Translation& translation_;
  const Node& node_;
  const ImportPlace place_;
  Scope& scope_;
  std::vector<ImportValue*> inputs_;
};

}  // namespace rheo::onnx
