// SPDX-License-Identifier: Apache-2.0
// LSTM, GRU and RNN. Rheo keeps the batch in dimension 0; ONNX does with layout 1, else it has the steps there.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

constexpr std::pair<std::string_view, std::string_view> kActivations[] = {
    {"Relu", "relu"}, {"Sigmoid", "sigmoid"}, {"Softplus", "softplus"}, {"Softsign", "softsign"}, {"Tanh", "tanh"}};

// The activations of every direction as Rheo writes them; empty: the usual ones.
Result<std::string> activations_of(Call& call) {
  const Attribute* attribute = call.find("activations");
  if (attribute == nullptr || attribute->texts.empty()) return std::string();
  std::string list;
  for (const std::string& name : attribute->texts) {
    const auto* known = std::find_if(std::begin(kActivations), std::end(kActivations),
                                     [&](const auto& pair) { return pair.first == name; });
    if (known == std::end(kActivations)) {
      return call.refuse(fmt::format("has the activations {}", fmt::join(attribute->texts, ", ")));
    }
    list += (list.empty() ? "" : ",") + std::string(known->second);
  }
  return list;
}

Result<Attributes> settings_of(Call& call) {
  Attributes attributes = {{"direction", call.text("direction", "forward")}, {"clip", call.real("clip", 0)}};
  RHEO_ASSIGN_OR_RETURN(const std::string activations, activations_of(call));
  if (!activations.empty()) attributes.set("activations", activations);
  if (call.node().op == "LSTM") attributes.set("input_forget", call.integer("input_forget", 0));
  if (call.node().op == "GRU") attributes.set("linear_before_reset", call.integer("linear_before_reset", 0));
  return attributes;
}

}  // namespace

Status lower_recurrent(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  const bool is_lstm = call.node().op == "LSTM";
  const OpKind kind = is_lstm ? OpKind::lstm : call.node().op == "GRU" ? OpKind::gru : OpKind::rnn;
  const bool steps_first = call.integer("layout", 0) == 0;
  RHEO_ASSIGN_OR_RETURN(const Attributes attributes, settings_of(call));
  std::vector<ImportValue> inputs(call.inputs());
  std::vector<ImportValue*> given(call.inputs(), nullptr);
  constexpr std::array<std::size_t, 3> kWithBatch = {0, 5, 6};  // x, initial_h, initial_c
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    if (!call.has(i)) continue;
    inputs[i] = call.input(i);
    if (steps_first && std::find(kWithBatch.begin(), kWithBatch.end(), i) != kWithBatch.end()) {
      RHEO_ASSIGN_OR_RETURN(inputs[i], call.transpose(call.input(i), {1, 0, 2}));
    }
    given[i] = &inputs[i];
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, call.emit_all(kind, given, attributes));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (steps_first) {
      RHEO_ASSIGN_OR_RETURN(outputs[i], call.transpose(outputs[i], i == 0 ? std::vector<std::int64_t>{1, 2, 0, 3}
                                                                          : std::vector<std::int64_t>{1, 0, 2}));
    }
    call.answer(std::move(outputs[i]), i);
  }
  return {};
}

}  // namespace rheo::onnx
