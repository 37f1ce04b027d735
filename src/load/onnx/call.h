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

#include "load/import_call.h"
#include "load/onnx/translation.h"

namespace rheo::onnx {

class Call : public ImportCall {
 public:
  Call(Translation& translation, const Node& node, Scope& scope);

  const Node& node() const { return node_; }
  std::int64_t opset() const { return translation_.opset(); }
  Scope& scope() { return scope_; }
  Translation& translation() { return translation_; }
  bool has_missing() const;  // an input comes from an operator that Rheo lacks

  // Inputs.
  std::size_t inputs() const { return inputs_.size(); }
  bool has(std::size_t index) const { return index < inputs_.size() && inputs_[index] != nullptr; }
  ImportValue& input(std::size_t index) { return *inputs_[index]; }  // call only when it is there
  DType dtype(std::size_t index) const { return dtype_of(*inputs_[index]); }
  Shape shape(std::size_t index) const { return shape_of(*inputs_[index]); }
  std::size_t rank(std::size_t index) const { return shape(index).rank(); }
  Status require(std::size_t count) const;  // the first `count` inputs are there
  // Integers known while importing, the same for every batch size; refused otherwise.
  Result<std::vector<std::int64_t>> integers(std::size_t index);
  // The same for each trial batch size.
  Result<PerTrial<std::vector<std::int64_t>>> integers_per_trial(std::size_t index);
  Result<double> real(std::size_t index);  // one known number
  Result<bool> truth(std::size_t index);   // one known bool, the same for every batch size

  // Attributes; `fallback` where the node leaves them out.
  const Attribute* find(std::string_view name);
  bool has_attribute(std::string_view name) { return find(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t fallback);
  double real(std::string_view name, double fallback);
  // A number of TensorProto.DataType; refused where it can be none.
  Result<ElementType> element_type(std::string_view name, ElementType fallback);
  std::string text(std::string_view name, std::string_view fallback);
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> fallback = {});
  // A list that older operator sets keep as an attribute and newer ones as input `index`; nothing when in neither.
  Result<std::optional<std::vector<std::int64_t>>> list(std::string_view name, std::size_t index);

  // To be asked when the lowering is done: unsupported for an attribute that it did not look at and that means
  // something (means_nothing, lowerings.h), and for one of another kind than it looked for.
  Status check_attributes() const;

  // Answers.
  void answer(ImportValue value, std::size_t output = 0);
  // For lowerings that end with one op.
  Status answer_with(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes = {});

 private:
  // Null as well where the attribute is of another kind.
  const Attribute* find(std::string_view name, Attribute::Kind kind);

  Translation& translation_;
  const Node& node_;
  Scope& scope_;
  std::vector<ImportValue*> inputs_;
  std::vector<bool> asked_;             // which of the node's attributes the lowering looked at
  const Attribute* misread_ = nullptr;  // one that is of another kind than it looked for
};

}  // namespace rheo::onnx
