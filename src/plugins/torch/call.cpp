// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/call.h"

#include <algorithm>

#include "plugins/torch/refusal.h"

namespace rheo::torch_import {

using c10::IValue;

Settings& Settings::integer(const char* name, std::int64_t value) {
  attributes_.push_back({name, RHEO_ATTRIBUTE_INTEGER, value, 0, nullptr, nullptr, 0});
  return *this;
}

Settings& Settings::real(const char* name, double value) {
  attributes_.push_back({name, RHEO_ATTRIBUTE_REAL, 0, value, nullptr, nullptr, 0});
  return *this;
}

Settings& Settings::integers(const char* name, std::vector<std::int64_t> values) {
  lists_.push_back(std::move(values));
  attributes_.push_back({name, RHEO_ATTRIBUTE_INTEGERS, 0, 0, nullptr, lists_.back().data(), lists_.back().size()});
  return *this;
}

Settings& Settings::text(const char* name, const char* value) {
  attributes_.push_back({name, RHEO_ATTRIBUTE_TEXT, 0, 0, value, nullptr, 0});
  return *this;
}

void Call::refuse(const std::string& why) const { throw Refusal(node_.kind().toQualString() + (" " + why)); }

const IValue* Call::given(std::size_t index) const {
  return index < arguments() ? std::get_if<IValue>(&walker_.known(node_.input(index))) : nullptr;
}

const IValue& Call::need(std::size_t index, bool fits(const IValue&), const char* kind) const {
  const IValue* value = given(index);
  if (value == nullptr || !fits(*value)) {
    refuse("whose argument " + std::to_string(index) + " is not " + kind + " that is known ahead");
  }
  return *value;
}

bool Call::has_unknown() const {
  return std::any_of(node_.inputs().begin(), node_.inputs().end(), [&](torch::jit::Value* input) {
    if (!std::holds_alternative<std::monostate>(walker_.known(input))) return false;
    torch::jit::Node& maker = *input->node();
    return maker.kind() != torch::jit::prim::ListConstruct || Call(walker_, maker).has_unknown();
  });
}

bool Call::is_value(std::size_t index) const {
  return index < arguments() && std::holds_alternative<ValueId>(walker_.known(node_.input(index)));
}

bool Call::is_tensor(std::size_t index) const {
  const IValue* value = given(index);
  return is_value(index) || (value != nullptr && value->isTensor());
}

bool Call::is_none(std::size_t index) const {
  const IValue* value = given(index);
  return index >= arguments() || (value != nullptr && value->isNone());
}

ValueId Call::value(std::size_t index) {
  if (is_value(index)) return std::get<ValueId>(walker_.known(node_.input(index)));
  const IValue* constant = given(index);
  if (constant != nullptr && constant->isTensor()) return walker_.constant_of(node_.input(index), constant->toTensor());
  return walker_.constant(at::full({1}, real(index), at::kFloat), {});
}

ValueId Call::value_or_none(std::size_t index) { return is_none(index) ? RHEO_NO_VALUE : value(index); }

std::vector<ValueId> Call::values(std::size_t index) {
  torch::jit::Node* list = node_.input(index)->node();
  if (list->kind() != torch::jit::prim::ListConstruct) refuse("whose list of tensors is made at run time");
  Call items(walker_, *list);
  std::vector<ValueId> values;
  for (std::size_t i = 0; i < items.arguments(); ++i) values.push_back(items.value(i));
  return values;
}

at::Tensor Call::tensor(std::size_t index) const {
  return need(
             index, [](const IValue& v) { return v.isTensor(); }, "a tensor")
      .toTensor();
}

std::int64_t Call::integer(std::size_t index) const {
  return need(
             index, [](const IValue& v) { return v.isInt() && v.toInt() != kBatchSize; }, "a whole number")
      .toInt();
}

double Call::real(std::size_t index) const {
  const auto is_number = [](const IValue& v) {
    return v.isDouble() || (v.isInt() && v.toInt() != kBatchSize) || (v.isTensor() && v.toTensor().numel() == 1);
  };
  const IValue& number = need(index, is_number, "a number");
  if (number.isTensor()) return number.toTensor().item<double>();
  return number.isDouble() ? number.toDouble() : static_cast<double>(number.toInt());
}

bool Call::truth(std::size_t index) const {
  return need(
             index, [](const IValue& v) { return v.isBool(); }, "true or false")
      .toBool();
}

bool Call::is_text(std::size_t index) const {
  const IValue* value = given(index);
  return value != nullptr && value->isString();
}

bool Call::is_whole_number(std::size_t index) const {
  const IValue* value = given(index);
  return value != nullptr && value->isInt();
}

bool Call::is_integer_list(std::size_t index) const {
  const IValue* value = given(index);
  return value != nullptr && (value->isIntList() || value->isInt());
}

std::string Call::text(std::size_t index) const {
  return need(
             index, [](const IValue& v) { return v.isString(); }, "a text")
      .toStringRef();
}

std::vector<std::int64_t> Call::integers(std::size_t index) const {
  const IValue* value = given(index);
  if (value != nullptr && value->isInt()) return {value->toInt()};
  const IValue& list = need(
      index, [](const IValue& v) { return v.isIntList(); }, "a list of whole numbers");
  return list.toIntVector();
}

std::vector<std::int64_t> Call::pair(std::size_t index) const {
  std::vector<std::int64_t> list = integers(index);
  if (list.size() == 1) list.push_back(list[0]);
  if (list.size() != 2) refuse("for other data than pictures");
  return list;
}

std::size_t Call::axis(std::size_t index, std::uint32_t rank) const {
  const std::int64_t axis = integer(index);
  const std::int64_t from_front = axis < 0 ? axis + rank : axis;
  if (from_front < 0 || from_front >= static_cast<std::int64_t>(rank)) refuse("along a dimension that does not exist");
  return static_cast<std::size_t>(from_front);
}

RheoType Call::type_of(ValueId value) const {
  RheoType type{};
  if (walker_.host().type_of(walker_.host().host, value, &type) != 0) throw HostRefused();
  return type;
}

RheoType Call::type(std::size_t index) { return type_of(value(index)); }

std::string Call::layer_name(std::size_t index) const {
  const std::string name = index < arguments() ? walker_.name_of(node_.input(index)) : std::string();
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(0, dot);
}

ValueId Call::constant(const at::Tensor& elements, const std::string& name) { return walker_.constant(elements, name); }

ValueId Call::emit(const char* op, std::vector<ValueId> inputs, const Settings& settings, const std::string& name) {
  const RheoImportHost& host = walker_.host();
  const std::string node_name = walker_.unique(name);
  const std::string place = place_of(node_);
  const auto& attributes = settings.attributes();
  ValueId result = RHEO_NO_VALUE;
  if (host.add_node(host.host, op, inputs.data(), inputs.size(), attributes.data(), attributes.size(),
                    node_name.c_str(), place.c_str(), &result) != 0) {
    throw HostRefused();
  }
  return result;
}

}  // namespace rheo::torch_import
