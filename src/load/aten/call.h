// SPDX-License-Identifier: Apache-2.0
// One node of a PyTorch program as its lowering sees it: arguments by the names of its signature, and how to answer.
// Whole numbers that a program computes (sizes, and arithmetic on them) are known values of rank 0, lists of them known
// values of rank 1; they are taken for numbers wherever those may stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/aten/node.h"
#include "load/aten/signature.h"
#include "load/import_call.h"
#include "load/import_scope.h"
#include "load/import_shape.h"

namespace rheo::aten {

class Call : public ImportCall {
 public:
  // All of them outlive the call.
  Call(ImportEmitter& emitter, Scope& scope, const Node& node, Arguments arguments);

  const Node& node() const { return node_; }
  std::string_view op() const { return op_; }  // "add" of "aten.add.Tensor"

  // Arguments. Refused when one is of another kind, or depends on what the model computes and may not.
  bool has(std::string_view name) const { return !arguments_[name].is_none(); }
  bool is_text(std::string_view name) const { return arguments_[name].as<std::string>() != nullptr; }
  bool is_tensor(std::string_view name) const;        // not a number
  Result<ImportValue*> value(std::string_view name);  // a number is a constant of rank 0
  Result<ImportValue*> value_or_null(std::string_view name);
  Result<std::vector<ImportValue*>> values(std::string_view name);  // null where the list holds None
  Result<std::int64_t> integer(std::string_view name);
  Result<double> real(std::string_view name);
  Result<std::vector<double>> reals(std::string_view name);
  Result<bool> truth(std::string_view name);
  Result<std::string_view> text(std::string_view name);               // valid as long as the call
  Result<std::vector<std::int64_t>> integers(std::string_view name);  // a single number is a list of one
  Result<Sizes> sizes(std::string_view name);                         // the same for each trial batch size
  // One number per dimension of a window; a single one counts for all.
  Result<std::vector<std::int64_t>> window(std::string_view name, std::size_t dimensions);
  Result<std::size_t> axis_of(std::string_view name, std::size_t rank);
  // Axes counted from the front, each once; none given: all.
  Result<std::vector<std::int64_t>> axes(std::string_view name, std::size_t rank);
  // The element type that an argument names as Rheo computes it: every float is f32.
  Result<DType> dtype_named(std::string_view name, DType fallback);

  // Answers.
  bool is_wanted(std::size_t output) const;
  void answer(ImportValue value, std::size_t output = 0);
  Status answer_with(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes = {});
  // A result that was computed in a helper.
  Status answer_result(Result<ImportValue> value);

 private:
  Status wrong_kind(std::string_view name, std::string_view wanted) const;
  Result<ImportValue*> value_from(const Argument& argument, std::string_view name);
  Result<double> real_from(const Argument& argument, std::string_view name);
  Result<Sizes> numbers_from(const Argument& argument, std::string_view name);

  Scope& scope_;
  const Node& node_;
  std::string_view op_;
  Arguments arguments_;
  std::deque<ImportValue> numbers_;  // what became a constant; a deque: growing moves nothing
};

// "add" of "aten.add.Tensor".
std::string_view operator_of(std::string_view target);

}  // namespace rheo::aten
