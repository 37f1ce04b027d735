// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"

namespace rheo::onnx {
namespace {

template <typename T>
std::vector<std::int64_t> widen(std::span<const T> elements) {
  return {elements.begin(), elements.end()};
}

// The elements of an integer tensor; nothing for another kind.
std::optional<std::vector<std::int64_t>> integers_of(const Tensor& tensor) {
  switch (tensor.dtype()) {
    case DType::i64: return widen(tensor.as<std::int64_t>());
    case DType::i32: return widen(tensor.as<std::int32_t>());
    case DType::u8: return widen(tensor.as<std::uint8_t>());
    case DType::i8: return widen(tensor.as<std::int8_t>());
    default: return std::nullopt;
  }
}

}  // namespace

Call::Call(Translation& translation, const Node& node, Scope& scope)
    : translation_(translation), node_(node), place_(place_of(node)), scope_(scope) {
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
  const ImportValue& value = input(index);
  if (!value.is_known()) {
    return refuse(fmt::format("takes its input {} from what the model computes, which must be known ahead", index));
  }
  PerTrial<std::vector<std::int64_t>> lists;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    auto list = integers_of(value.elements()[trial]);
    if (!list) return refuse(fmt::format("takes integers as input {}", index));
    lists[trial] = *std::move(list);
  }
  return lists;
}

Result<std::vector<std::int64_t>> Call::integers(std::size_t index) {
  RHEO_ASSIGN_OR_RETURN(PerTrial<std::vector<std::int64_t>> lists, integers_per_trial(index));
  if (lists[0] != lists[1]) return mixes_batch(fmt::format("takes the batch as a setting (input {})", index));
  return std::move(lists[0]);
}

Result<double> Call::real(std::size_t index) {
  if (!has(index)) return refuse(fmt::format("lacks its input {}", index));
  const ImportValue& value = input(index);
  if (!value.is_known() || !value.ignores_batch() || value.only().shape().elements() != 1) {
    return refuse(fmt::format("takes as input {} one number that is known ahead", index));
  }
  if (value.only().dtype() == DType::f32) return static_cast<double>(value.only().as<float>()[0]);
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> number, integers(index));
  return static_cast<double>(number[0]);
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

std::int64_t Call::integer(std::string_view name, std::int64_t fallback) const {
  const Attribute* attribute = node_.find(name);
  return attribute == nullptr || attribute->kind != Attribute::Kind::integer ? fallback : attribute->integer;
}

double Call::real(std::string_view name, double fallback) const {
  const Attribute* attribute = node_.find(name);
  if (attribute == nullptr || attribute->kind != Attribute::Kind::real) return fallback;
  return static_cast<double>(attribute->real);
}

std::string Call::text(std::string_view name, std::string_view fallback) const {
  const Attribute* attribute = node_.find(name);
  if (attribute == nullptr || attribute->kind != Attribute::Kind::text) return std::string(fallback);
  return attribute->text;
}

std::vector<std::int64_t> Call::integers(std::string_view name, std::vector<std::int64_t> fallback) const {
  const Attribute* attribute = node_.find(name);
  if (attribute == nullptr || attribute->kind != Attribute::Kind::integers) return fallback;
  return attribute->integers;
}

Result<std::optional<std::vector<std::int64_t>>> Call::list(std::string_view name, std::size_t index) {
  if (has_attribute(name)) return std::optional(integers(name));
  if (!has(index)) return std::optional<std::vector<std::int64_t>>();
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> given, integers(index));
  return std::optional(std::move(given));
}

Result<std::size_t> Call::axis(std::int64_t axis, std::size_t rank) const {
  const auto dimensions = static_cast<std::int64_t>(rank);
  if (axis < -dimensions || axis >= dimensions) {
    return refuse(fmt::format("names axis {} of a tensor with {} dimensions", axis, rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + dimensions : axis);
}

Result<std::vector<ImportValue>> Call::emit_all(OpKind kind, std::span<ImportValue* const> inputs,
                                                const Attributes& attributes) {
  return translation_.emitter().emit(kind, inputs, {attributes, attributes}, place_);
}

Result<ImportValue> Call::emit(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, emit_all(kind, inputs, attributes));
  return std::move(outputs[0]);
}

Result<ImportValue> Call::emit(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes) {
  return emit(kind, std::span<ImportValue* const>(inputs.begin(), inputs.size()), attributes);
}

Result<ImportValue> Call::emit(OpKind kind, std::initializer_list<ImportValue*> inputs,
                               const PerTrial<Attributes>& per_trial) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs,
                        translation_.emitter().emit(kind, {inputs.begin(), inputs.size()}, per_trial, place_));
  return std::move(outputs[0]);
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

Status Call::refuse(std::string_view why) const {
  return {StatusCode::unsupported, fmt::format("Node {} {}.", place_.text(), why)};
}

Result<ImportValue> Call::reshape(ImportValue& value, const Shape& shape) {
  const PerTrial<Shape> now = emitter().shapes_of(value);
  const Shape open = emitter().type_of(value).shape;
  PerTrial<Shape> shapes = {shape, shape};
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    std::int64_t batch = kTrialBatches[trial];  // with what the model joined it with, if it did
    for (std::size_t axis = 0; axis < open.rank(); ++axis) batch = open[axis] == kDynamic ? now[trial][axis] : batch;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == kDynamic) shapes[trial][axis] = batch;
    }
  }
  return emitter().reshape(value, shapes, place_);
}

Result<ImportValue> Call::transpose(ImportValue& value, std::vector<std::int64_t> permutation) {
  if (std::is_sorted(permutation.begin(), permutation.end())) return value;
  return emit(OpKind::transpose, {&value}, {{"permutation", std::move(permutation)}});
}

Result<ImportValue> Call::cast(ImportValue& value, DType dtype) {
  if (translation_.emitter().type_of(value).dtype == dtype) return value;
  return emit(OpKind::cast, {&value}, {{"dtype", std::string(name_of(dtype))}});
}

Result<ImportValue> Call::scalar(DType dtype, double number) {
  if (dtype == DType::i64) {
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<std::int64_t>({static_cast<std::int64_t>(number)}, Shape{}));
    return ImportValue::known(std::move(tensor));
  }
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<float>({static_cast<float>(number)}, Shape{}));
  return ImportValue::known(std::move(tensor));
}

}  // namespace rheo::onnx
