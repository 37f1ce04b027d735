// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
Call::Call(Translation& translation, const Node& node, Scope& scope)
    : ImportCall(translation.emitter(), place_of(node)),
      translation_(translation),
      node_(node),
      scope_(scope),
      asked_(node.attributes.size(), false) {
  for (const std::string& name : node.inputs) inputs_.push_back(name.empty() ? nullptr : scope.find(name));
  while (!inputs_.empty() && inputs_.back() == nullptr) inputs_.pop_back();
}

bool Call::has_missing() const {
  return std::any_of(inputs_.begin(), inputs_.end(),
                     [](const ImportValue* input) { return input != nullptr && input->is_missing(); });
}

Status Call::require(std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (!has(i)) return refuse(fmt::format("lacks its input {}", i));
  }
  return {};
}

Result<PerTrial<std::vector<std::int64_t>>> Call::integers_per_trial(std::size_t index) {
  if (!has(index)) return refuse(fmt::format("lacks its input {}", index));
  return known_integers_per_trial(input(index), fmt::format("input {}", index));
}

Result<std::vector<std::int64_t>> Call::integers(std::size_t index) {
  RHEO_ASSIGN_OR_RETURN(PerTrial<std::vector<std::int64_t>> lists, integers_per_trial(index));
  if (lists[0] != lists[1]) return mixes_batch(fmt::format("takes the batch as a setting (input {})", index));
  return std::move(lists[0]);
}

Result<double> Call::real(std::size_t index) {
  if (!has(index)) return refuse(fmt::format("lacks its input {}", index));
  return known_real(input(index), fmt::format("input {}", index));
}

Result<bool> Call::truth(std::size_t index) {
  if (!has(index)) return refuse(fmt::format("lacks its input {}", index));
  const ImportValue& value = input(index);
  if (!value.is_known())
    return refuse("decides by what the model computes, which must be known ahead; bind the input it depends on");
  if (!value.ignores_batch()) return mixes_batch("decides by the batch");
  const std::span<const bool> truth = value.only().as<bool>();
  if (truth.size() != 1) return refuse(fmt::format("takes as input {} one truth value", index));
  return truth[0];
}

const Attribute* Call::find(std::string_view name) {
  const Attribute* own = node_.find(name);
  if (own == nullptr) return nullptr;
  asked_[static_cast<std::size_t>(own - node_.attributes.data())] = true;
  return translation_.find_attribute(node_, name);
}

const Attribute* Call::find(std::string_view name, Attribute::Kind kind) {
  const Attribute* attribute = find(name);
  if (attribute == nullptr || attribute->kind == kind) return attribute;
  misread_ = node_.find(name);
  return nullptr;
}

Status Call::check_attributes() const {
  if (misread_ != nullptr) {
    return refuse(fmt::format("has the attribute '{}' with a value of another kind than it takes", misread_->name));
  }
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const std::string& name = node_.attributes[i].name;
    if (asked_[i] || means_nothing(name, node_.op)) continue;
    return refuse(
        fmt::format("has the attribute '{}', which is not known of this operator in operator set {}", name, opset()));
  }
  return {};
}

std::int64_t Call::integer(std::string_view name, std::int64_t fallback) {
  const Attribute* attribute = find(name, Attribute::Kind::integer);
  return attribute == nullptr ? fallback : attribute->integer;
}

double Call::real(std::string_view name, double fallback) {
  const Attribute* attribute = find(name, Attribute::Kind::real);
  return attribute == nullptr ? fallback : static_cast<double>(attribute->real);
}

Result<ElementType> Call::element_type(std::string_view name, ElementType fallback) {
  const std::int64_t number = integer(name, static_cast<std::int32_t>(fallback));
  if (std::in_range<std::int32_t>(number)) return static_cast<ElementType>(number);
  return refuse(fmt::format("has {} for '{}', which is no type of elements", number, name));
}

std::string Call::text(std::string_view name, std::string_view fallback) {
  const Attribute* attribute = find(name, Attribute::Kind::text);
  return attribute == nullptr ? std::string(fallback) : attribute->text;
}

std::vector<std::int64_t> Call::integers(std::string_view name, std::vector<std::int64_t> fallback) {
  const Attribute* attribute = find(name, Attribute::Kind::integers);
  return attribute == nullptr ? std::move(fallback) : attribute->integers;
}

Result<std::optional<std::vector<std::int64_t>>> Call::list(std::string_view name, std::size_t index) {
  if (has_attribute(name)) return std::optional(integers(name));
  if (!has(index)) return std::optional<std::vector<std::int64_t>>();
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> given, integers(index));
  return std::optional(std::move(given));
}

void Call::answer(ImportValue value, std::size_t output) {
  if (output >= node_.outputs.size() || node_.outputs[output].empty()) return;
  scope_.set(node_.outputs[output], std::move(value));
}

Status Call::answer_with(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(ImportValue value, emit(kind, inputs, attributes));
  answer(std::move(value));
  return {};
}

}  // namespace rheo::onnx
