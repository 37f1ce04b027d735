// SPDX-License-Identifier: Apache-2.0
// One node of the TorchScript graph as the lowerings see it: its arguments by position, and how to answer it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/plugin_abi.h"
#include "plugins/torch/walker.h"

namespace rheo::torch_import {

// Named settings of an op on their way to the host. Owns what the table points to.
class Settings {
 public:
  Settings& integer(const char* name, std::int64_t value);
  Settings& real(const char* name, double value);
  Settings& integers(const char* name, std::vector<std::int64_t> values);
  Settings& text(const char* name, const char* value);  // `value` must outlive the settings: a literal
  const std::vector<RheoAttribute>& attributes() const { return attributes_; }

 private:
  std::vector<RheoAttribute> attributes_;
  std::deque<std::vector<std::int64_t>> lists_;  // a deque: growing moves nothing
};

class Call {
 public:
  Call(Walker& walker, torch::jit::Node& node) : walker_(walker), node_(node) {}

  std::size_t arguments() const { return node_.inputs().size(); }
  bool has_unknown() const;  // an argument comes from an op that Rheo lacks

  // Arguments. Each throws Refusal, which names the op, when the argument is of another kind.
  bool is_value(std::size_t index) const;   // a tensor that depends on an input
  bool is_tensor(std::size_t index) const;  // a tensor, constant or not
  bool is_none(std::size_t index) const;    // None, or left out
  ValueId value(std::size_t index);         // a constant tensor or number becomes a constant of the graph
  ValueId value_or_none(std::size_t index);
  std::vector<ValueId> values(std::size_t index);  // a list of tensors
  at::Tensor tensor(std::size_t index) const;      // constant
  std::int64_t integer(std::size_t index) const;
  double real(std::size_t index) const;
  bool truth(std::size_t index) const;
  bool is_text(std::size_t index) const;
  bool is_whole_number(std::size_t index) const;
  bool is_integer_list(std::size_t index) const;
  std::string text(std::size_t index) const;
  std::vector<std::int64_t> integers(std::size_t index) const;
  // Height and width: a list of two, or one number for both.
  std::vector<std::int64_t> pair(std::size_t index) const;
  // A dimension counted from the front, whatever the model says.
  std::size_t axis(std::size_t index, std::uint32_t rank) const;
  RheoType type(std::size_t index);
  RheoType type_of(ValueId value) const;
  // Name of the layer, from its weight at `index`: "layer1.0.conv1".
  std::string layer_name(std::size_t index) const;

  // Answers.
  ValueId constant(const at::Tensor& elements, const std::string& name = {});
  ValueId emit(const char* op, std::vector<ValueId> inputs, const Settings& settings = {},
               const std::string& name = {});
  void answer(ValueId value) { walker_.bind(node_.output(), value); }
  void answer_like(std::size_t index) { walker_.bind(node_.output(), walker_.known(node_.input(index))); }
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  const c10::IValue* given(std::size_t index) const;
  const c10::IValue& need(std::size_t index, bool fits(const c10::IValue&), const char* kind) const;

  Walker& walker_;
  torch::jit::Node& node_;
};

}  // namespace rheo::torch_import
