// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/quantized.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/try.h"
#include "tensor/copy.h"
#include "tensor/eight_bit_parts.h"

namespace rheo::onnx {
namespace {

// Of known 8-bit elements, as whole numbers.
std::vector<int> whole_numbers(const Tensor& tensor) {
  if (tensor.dtype() == DType::u8) {
    const std::span<const std::uint8_t> elements = tensor.as<std::uint8_t>();
    return {elements.begin(), elements.end()};
  }
  const std::span<const std::int8_t> elements = tensor.as<std::int8_t>();
  return {elements.begin(), elements.end()};
}

bool is_8_bit(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

// One per tensor, or one per index along the axis.
bool counts_along(std::size_t count, const Shape& shape, std::size_t axis) {
  return count == 1 || static_cast<std::int64_t>(count) == shape[axis];
}

// Elements less their zero points, one or one along the axis.
std::vector<int> around_zero(const Tensor& weights, std::span<const int> zeros, std::size_t axis) {
  const Shape& shape = weights.shape();
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  std::vector<int> numbers = whole_numbers(weights);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t index = static_cast<std::int64_t>(i) / inner % shape[axis];
    numbers[i] -= zeros.size() == 1 ? zeros[0] : zeros[static_cast<std::size_t>(index)];
  }
  return numbers;
}

// [inputs, outputs] -> [outputs, inputs], as layers take them.
Result<StoredWeights> with_outputs_first(StoredWeights weights) {
  RHEO_ASSIGN_OR_RETURN(weights.elements, exchanged(weights.elements));
  weights.quantization.axis = weights.quantization.scales.size() == 1 ? 0 : 1 - weights.quantization.axis;
  return weights;
}

}  // namespace

Result<ImportValue> along(Call& call, ImportValue parameter, std::int64_t axis, std::size_t rank) {
  RHEO_ASSIGN_OR_RETURN(parameter, call.cast(parameter, DType::f32));
  const Shape shape = call.emitter().type_of(parameter).shape;
  if (shape.rank() != 1 || rank == 0) return parameter;
  if (shape[0] == 1) return call.reshape(parameter, Shape{});
  RHEO_ASSIGN_OR_RETURN(const std::size_t at, call.axis(axis, rank));
  Shape spread;
  for (std::size_t i = 0; i < rank; ++i) spread.push_back(i == at ? shape[0] : 1);
  return call.reshape(parameter, spread);
}

Result<ImportValue> centred(Call& call, std::size_t x, std::size_t zero, std::int64_t axis) {
  RHEO_ASSIGN_OR_RETURN(ImportValue value, call.cast(call.input(x), DType::f32));
  if (!call.has(zero)) return value;
  RHEO_ASSIGN_OR_RETURN(ImportValue point, along(call, call.input(zero), axis, call.rank(x)));
  return call.emit(OpKind::sub, {&value, &point});
}

Result<ImportValue> real_of(Call& call, QuantizedOperand operand, std::int64_t axis) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, centred(call, operand.stored, operand.zero, axis));
  RHEO_ASSIGN_OR_RETURN(ImportValue scale, along(call, call.input(operand.scale), axis, call.rank(operand.stored)));
  return call.emit(OpKind::mul, {&x, &scale});
}

Result<ImportValue> stored_as(Call& call, ImportValue x, ImportValue* scale, ImportValue* zero, DType dtype) {
  if (!is_8_bit(dtype)) return call.refuse("quantises to another type than 8 bits");
  if (scale != nullptr) {
    RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::div, {&x, scale}));
  }
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::round, {&x}));
  if (zero != nullptr) {
    RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::add, {&x, zero}));
  }
  const bool is_signed = dtype == DType::i8;
  RHEO_ASSIGN_OR_RETURN(
      x, call.emit(OpKind::clamp, {&x}, {{"min", is_signed ? -128.0 : 0.0}, {"max", is_signed ? 127.0 : 255.0}}));
  return call.cast(x, dtype);
}

Status answer_quantized(Call& call, ImportValue y, std::size_t scale, std::size_t zero, DType fallback) {
  const std::size_t rank = call.emitter().type_of(y).shape.rank();
  RHEO_ASSIGN_OR_RETURN(ImportValue step, along(call, call.input(scale), 1, rank));
  ImportValue point;
  const bool has_zero = call.has(zero);
  if (has_zero) {
    RHEO_ASSIGN_OR_RETURN(point, along(call, call.input(zero), 1, rank));
  }
  const DType dtype = has_zero ? call.dtype(zero) : fallback;
  RHEO_ASSIGN_OR_RETURN(y, stored_as(call, std::move(y), &step, has_zero ? &point : nullptr, dtype));
  call.answer(std::move(y));
  return {};
}

bool is_known(Call& call, std::size_t index) {
  return call.has(index) && call.input(index).is_known() && call.input(index).ignores_batch();
}

bool has_known_form(Call& call, std::size_t scale, std::size_t zero) {
  const auto is_one = [&](std::size_t index) { return is_known(call, index) && call.shape(index).elements() == 1; };
  return is_one(scale) && (!call.has(zero) || is_one(zero));
}

Result<std::vector<StoredWeights>> stored_weights(Call& call, QuantizedOperand operand, std::int64_t axis) {
  const auto [stored, scale, zero] = operand;
  const bool is_stored = is_known(call, stored) && is_known(call, scale) && is_8_bit(call.dtype(stored)) &&
                         call.dtype(scale) == DType::f32 && (call.rank(stored) == 2 || call.rank(stored) == 4);
  std::vector<StoredWeights> parts;
  if (!is_stored || (call.has(zero) && (!is_known(call, zero) || call.dtype(zero) != call.dtype(stored)))) return parts;
  const Shape shape = call.shape(stored);
  const Result<std::size_t> at = call.axis(axis, shape.rank());
  const std::span<const float> scales = call.input(scale).only().as<float>();
  const std::vector<int> zeros = call.has(zero) ? whole_numbers(call.input(zero).only()) : std::vector<int>{0};
  const bool usable = std::ranges::all_of(scales, [](float number) { return std::isfinite(number) && number > 0; });
  if (!at || !usable || !counts_along(scales.size(), shape, *at) || !counts_along(zeros.size(), shape, *at)) {
    return parts;
  }
  Quantization kept;
  kept.scales.assign(scales.begin(), scales.end());
  if (scales.size() > 1) kept.axis = static_cast<int>(*at);
  const Tensor& elements = call.input(stored).only();
  if (elements.dtype() == DType::i8 && std::ranges::all_of(zeros, [](int number) { return number == 0; })) {
    parts.push_back({elements, std::move(kept)});
    return parts;
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<EightBitPart> made, eight_bit_parts(around_zero(elements, zeros, *at), shape));
  for (EightBitPart& part : made) {
    Quantization scaled = kept;
    for (float& step : scaled.scales) step *= part.factor;
    parts.push_back({std::move(part.elements), std::move(scaled)});
  }
  return parts;
}

Result<ImportValue> added(Call& call, StoredWeights weights) {
  return call.emitter().add_stored(weights.elements, std::move(weights.quantization), call.place());
}

Result<ImportValue> linear_of(Call& call, ImportValue& x, std::vector<StoredWeights> parts, bool exchanges) {
  for (StoredWeights& part : parts) {
    if (!exchanges) break;
    RHEO_ASSIGN_OR_RETURN(part, with_outputs_first(std::move(part)));
  }
  return summed(call, std::move(parts), [&](ImportValue& w, ImportValue* so_far) {
    return call.emit(OpKind::linear, {&x, &w, nullptr, so_far});
  });
}

}  // namespace rheo::onnx
