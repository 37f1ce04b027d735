// SPDX-License-Identifier: Apache-2.0
#include "load/import_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/try.h"

namespace rheo {
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

Result<PerTrial<std::vector<std::int64_t>>> ImportCall::known_integers_per_trial(const ImportValue& value,
                                                                                 std::string_view what) const {
  if (!value.is_known()) {
    return refuse(fmt::format("takes its {} from what the model computes, which must be known ahead", what));
  }
  PerTrial<std::vector<std::int64_t>> lists;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    auto list = integers_of(value.elements()[trial]);
    if (!list) return refuse(fmt::format("takes integers as {}", what));
    lists[trial] = *std::move(list);
  }
  return lists;
}

Result<double> ImportCall::known_real(const ImportValue& value, std::string_view what) const {
  if (!value.is_known() || !value.ignores_batch() || value.only().shape().elements() != 1) {
    return refuse(fmt::format("takes as {} one number that is known ahead", what));
  }
  if (value.only().dtype() == DType::f32) return static_cast<double>(value.only().as<float>()[0]);
  RHEO_ASSIGN_OR_RETURN(const PerTrial<std::vector<std::int64_t>> number, known_integers_per_trial(value, what));
  return static_cast<double>(number[0][0]);
}

Result<std::size_t> ImportCall::axis(std::int64_t axis, std::size_t rank) const {
  const auto dimensions = static_cast<std::int64_t>(rank);
  if (axis < -dimensions || axis >= dimensions) {
    return refuse(fmt::format("names axis {} of a tensor with {} dimensions", axis, rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + dimensions : axis);
}

Result<std::vector<ImportValue>> ImportCall::emit_all(OpKind kind, std::span<ImportValue* const> inputs,
                                                      const Attributes& attributes) {
  return emitter_.emit(kind, inputs, {attributes, attributes}, place_);
}

Result<ImportValue> ImportCall::emit(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, emit_all(kind, inputs, attributes));
  return std::move(outputs[0]);
}

Result<ImportValue> ImportCall::emit(OpKind kind, std::initializer_list<ImportValue*> inputs,
                                     const Attributes& attributes) {
  return emit(kind, std::span<ImportValue* const>(inputs.begin(), inputs.size()), attributes);
}

Result<ImportValue> ImportCall::emit(OpKind kind, std::initializer_list<ImportValue*> inputs,
                                     const PerTrial<Attributes>& per_trial) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs,
                        emitter_.emit(kind, {inputs.begin(), inputs.size()}, per_trial, place_));
  return std::move(outputs[0]);
}

Status ImportCall::refuse(std::string_view why) const {
  return {StatusCode::unsupported, fmt::format("Node {} {}.", place_.text(), why)};
}

Result<ImportValue> ImportCall::reshape(ImportValue& value, const Shape& shape) {
  const PerTrial<Shape> now = emitter_.shapes_of(value);
  const Shape open = emitter_.type_of(value).shape;
  PerTrial<Shape> shapes = {shape, shape};
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    std::int64_t batch = kTrialBatches[trial];  // with what the model joined it with, if it did
    for (std::size_t axis = 0; axis < open.rank(); ++axis) batch = open[axis] == kDynamic ? now[trial][axis] : batch;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == kDynamic) shapes[trial][axis] = batch;
    }
  }
  return emitter_.reshape(value, shapes, place_);
}

Result<ImportValue> ImportCall::transpose(ImportValue& value, std::vector<std::int64_t> permutation) {
  std::vector<std::int64_t> same(shape_of(value).rank());
  std::iota(same.begin(), same.end(), 0);
  if (permutation == same) return value;
  return emit(OpKind::transpose, {&value}, {{"permutation", std::move(permutation)}});
}

Result<ImportValue> ImportCall::cast(ImportValue& value, DType dtype) {
  if (emitter_.type_of(value).dtype == dtype) return value;
  return emit(OpKind::cast, {&value}, {{"dtype", std::string(name_of(dtype))}});
}

Result<ImportValue> ImportCall::scalar(DType dtype, double number) {
  constexpr double kTooLarge = 0x1p63;
  if (dtype == DType::i64) {
    if (!(number > -kTooLarge && number < kTooLarge)) {
      return Status(StatusCode::unsupported, fmt::format("{} is no whole number of 64 bits.", number));
    }
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<std::int64_t>({static_cast<std::int64_t>(number)}, Shape{}));
    return ImportValue::known(std::move(tensor));
  }
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<float>({static_cast<float>(number)}, Shape{}));
  return ImportValue::known(std::move(tensor));
}

}  // namespace rheo
