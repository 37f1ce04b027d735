// SPDX-License-Identifier: Apache-2.0
#include "load/aten/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/try.h"

namespace rheo::aten {
namespace {

ImportPlace place_of(const Node& node) {
  const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return {name, node.source.empty() ? node.target : node.source};
}

template <typename T>
Result<ImportValue> constant(T number) {
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<T>({number}, Shape{}));
  return ImportValue::known(std::move(tensor));
}

}  // namespace

std::string_view operator_of(std::string_view target) {
  const std::size_t first = std::min(target.find('.'), target.size() - 1) + 1;
  return target.substr(first, target.find('.', first) - first);
}

Call::Call(ImportEmitter& emitter, Scope& scope, const Node& node, Arguments arguments)
    : ImportCall(emitter, place_of(node)),
      scope_(scope),
      node_(node),
      op_(operator_of(node.target)),
      arguments_(std::move(arguments)) {}

Status Call::wrong_kind(std::string_view name, std::string_view wanted) const {
  return refuse(fmt::format("needs {} as its argument '{}'", wanted, name));
}

bool Call::is_tensor(std::string_view name) const { return arguments_[name].as<ValueName>() != nullptr; }

Result<ImportValue*> Call::value_from(const Argument& argument, std::string_view name) {
  if (const auto* value = argument.as<ValueName>()) {
    ImportValue* found = scope_.find(value->name);
    if (found == nullptr) return refuse(fmt::format("reads '{}', which nothing before it makes", value->name));
    return found;
  }
  Result<ImportValue> number = wrong_kind(name, "a tensor or a number");
  if (const auto* whole = argument.as<std::int64_t>()) number = constant(*whole);
  if (const auto* real = argument.as<double>()) number = constant(static_cast<float>(*real));
  if (const auto* truth = argument.as<bool>()) number = constant(*truth);
  if (!number) return number.status();
  numbers_.push_back(*std::move(number));
  return &numbers_.back();
}

Result<ImportValue*> Call::value(std::string_view name) { return value_from(arguments_[name], name); }

Result<ImportValue*> Call::value_or_null(std::string_view name) {
  if (!has(name)) return nullptr;
  return value(name);
}

Result<std::vector<ImportValue*>> Call::values(std::string_view name) {
  const auto* list = arguments_[name].as<Argument::List>();
  if (list == nullptr) return wrong_kind(name, "a list of tensors");
  std::vector<ImportValue*> values;
  for (const Argument& item : *list) {
    if (item.is_none()) {
      values.push_back(nullptr);
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(ImportValue * value, value_from(item, name));
    values.push_back(value);
  }
  return values;
}

Result<Sizes> Call::numbers_from(const Argument& argument, std::string_view name) {
  Sizes numbers;
  if (const auto* whole = argument.as<std::int64_t>()) {
    numbers.fill({*whole});
  } else if (argument.as<ValueName>() != nullptr) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* value, value_from(argument, name));
    return known_integers_per_trial(*value, fmt::format("argument '{}'", name));
  } else if (const auto* list = argument.as<Argument::List>()) {
    for (const Argument& item : *list) {
      if (item.as<Argument::List>() != nullptr) return wrong_kind(name, "whole numbers");
      RHEO_ASSIGN_OR_RETURN(const Sizes number, numbers_from(item, name));
      for (std::size_t trial = 0; trial < kTrials; ++trial) {
        numbers[trial].insert(numbers[trial].end(), number[trial].begin(), number[trial].end());
      }
    }
  } else {
    return wrong_kind(name, "whole numbers");
  }
  return numbers;
}

Result<Sizes> Call::sizes(std::string_view name) { return numbers_from(arguments_[name], name); }

Result<std::vector<std::int64_t>> Call::integers(std::string_view name) {
  RHEO_ASSIGN_OR_RETURN(Sizes numbers, sizes(name));
  if (numbers[0] != numbers[1]) return mixes_batch(fmt::format("takes the batch as a setting ('{}')", name));
  return std::move(numbers[0]);
}

Result<std::int64_t> Call::integer(std::string_view name) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, integers(name));
  if (numbers.size() != 1) return wrong_kind(name, "one whole number");
  return numbers[0];
}

Result<double> Call::real_from(const Argument& argument, std::string_view name) {
  if (const auto* real = argument.as<double>()) return *real;
  if (const auto* whole = argument.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* truth = argument.as<bool>()) return *truth ? 1.0 : 0.0;
  if (argument.as<ValueName>() == nullptr) return wrong_kind(name, "a number");
  RHEO_ASSIGN_OR_RETURN(const ImportValue* value, value_from(argument, name));
  return known_real(*value, fmt::format("argument '{}'", name));
}

Result<double> Call::real(std::string_view name) { return real_from(arguments_[name], name); }

Result<std::vector<double>> Call::reals(std::string_view name) {
  const auto* list = arguments_[name].as<Argument::List>();
  if (list == nullptr) return wrong_kind(name, "a list of numbers");
  std::vector<double> numbers;
  for (const Argument& item : *list) {
    RHEO_ASSIGN_OR_RETURN(const double number, real_from(item, name));
    numbers.push_back(number);
  }
  return numbers;
}

Result<bool> Call::truth(std::string_view name) {
  const Argument& argument = arguments_[name];
  if (const auto* truth = argument.as<bool>()) return *truth;
  if (const auto* whole = argument.as<std::int64_t>()) return *whole != 0;
  if (argument.as<ValueName>() == nullptr) return wrong_kind(name, "true or false");
  RHEO_ASSIGN_OR_RETURN(ImportValue * value, value_from(argument, name));
  if (!value->is_known()) return refuse("decides by what the model computes, which must be known ahead");
  if (!value->ignores_batch()) return mixes_batch("decides by the batch");
  RHEO_ASSIGN_OR_RETURN(const ImportValue truth, cast(*value, DType::boolean));
  if (truth.only().shape().elements() != 1) return wrong_kind(name, "one truth value");
  return truth.only().as<bool>()[0];
}

Result<std::string_view> Call::text(std::string_view name) {
  const auto* text = arguments_[name].as<std::string>();
  if (text == nullptr) return wrong_kind(name, "a text");
  return std::string_view(*text);
}

Result<std::vector<std::int64_t>> Call::window(std::string_view name, std::size_t dimensions) {
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> list, integers(name));
  if (list.size() == 1) list.resize(dimensions, list[0]);
  if (list.size() != dimensions) return refuse(fmt::format("has {} = [{}]", name, fmt::join(list, ", ")));
  return list;
}

Result<std::size_t> Call::axis_of(std::string_view name, std::size_t rank) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t given, integer(name));
  return axis(given, rank);
}

Result<std::vector<std::int64_t>> Call::axes(std::string_view name, std::size_t rank) {
  std::vector<std::int64_t> given;
  if (has(name)) {
    RHEO_ASSIGN_OR_RETURN(given, integers(name));
  }
  std::vector<std::int64_t> all(rank);
  std::iota(all.begin(), all.end(), 0);
  if (given.empty() || rank == 0) return all;
  std::vector<std::int64_t> counted;
  for (const std::int64_t one : given) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t from_front, axis(one, rank));
    counted.push_back(static_cast<std::int64_t>(from_front));
  }
  std::vector<std::int64_t> sorted = counted;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return refuse("names one dimension twice");
  return counted;
}

Result<DType> Call::dtype_named(std::string_view name, DType fallback) {
  if (!has(name)) return fallback;
  RHEO_ASSIGN_OR_RETURN(const std::string_view given, text(name));
  if (given == "f64" || given == "f16" || given == "bf16") return DType::f32;
  const auto dtype = dtype_from_name(given);
  if (!dtype) return refuse(fmt::format("asks for elements of type {}", given));
  return *dtype;
}

bool Call::is_wanted(std::size_t output) const {
  return output < node_.outputs.size() && !node_.outputs[output].empty();
}

void Call::answer(ImportValue value, std::size_t output) {
  if (is_wanted(output)) scope_.set(node_.outputs[output], std::move(value));
}

Status Call::answer_with(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes) {
  return answer_result(emit(kind, inputs, attributes));
}

Status Call::answer_result(Result<ImportValue> value) {
  if (!value) return value.status();
  answer(*std::move(value));
  return {};
}

}  // namespace rheo::aten
