// SPDX-License-Identifier: Apache-2.0
// The quantised operators, said in real numbers: an 8-bit value of ONNX stands for (stored - zero point) * scale. Sums
// of 8-bit products are whole numbers that f32 holds exactly up to 2^24.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/window.h"

namespace rheo::onnx {
namespace {

// A parameter of one number, or of one per index along `axis` of a tensor with `rank` dimensions, so that it
// broadcasts.
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

// stored - zero point, as f32; `zero` may be absent.
Result<ImportValue> centred(Call& call, std::size_t x, std::size_t zero, std::int64_t axis) {
  RHEO_ASSIGN_OR_RETURN(ImportValue value, call.cast(call.input(x), DType::f32));
  if (!call.has(zero)) return value;
  RHEO_ASSIGN_OR_RETURN(ImportValue point, along(call, call.input(zero), axis, call.rank(x)));
  return call.emit(OpKind::sub, {&value, &point});
}

// round(x / scale) + zero point, saturated to `dtype`.
Result<ImportValue> stored(Call& call, ImportValue x, ImportValue* scale, ImportValue* zero, DType dtype) {
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

// Convolves what are whole numbers.
Result<ImportValue> convolved(Call& call, ImportValue x, ImportValue w, const Shape& x_shape, const Shape& w_shape,
                              ImportValue* bias) {
  RHEO_ASSIGN_OR_RETURN(const Window window,
                        window_of(call, x_shape, {w_shape.dims().begin() + 2, w_shape.dims().end()}));
  RHEO_ASSIGN_OR_RETURN(x, as_picture(call, x));
  RHEO_ASSIGN_OR_RETURN(w, as_picture(call, w));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::conv2d, {&x, &w, bias},
                                                 {{"strides", window.strides},
                                                  {"pads", window.pads()},
                                                  {"dilations", window.dilations},
                                                  {"groups", call.integer("group", 1)}}));
  return from_picture(call, y, x_shape.rank());
}

Status require_picture(Call& call, std::size_t x, std::size_t w) {
  const bool fits = (call.rank(x) == 3 || call.rank(x) == 4) && call.rank(w) == call.rank(x);
  return fits ? Status() : call.refuse("convolves over more or less than one or two dimensions");
}

bool is_known(Call& call, std::size_t index) {
  return call.has(index) && call.input(index).is_known() && call.input(index).ignores_batch();
}

// The scales of what looks like the weights of a layer: i8, of two or four dimensions, known, around 0. Such weights
// stay in the graph as they are stored.
std::optional<Quantization> weight_scales(Call& call, std::int64_t axis) {
  const bool is_stored = is_known(call, 0) && is_known(call, 1) && call.dtype(0) == DType::i8 &&
                         call.dtype(1) == DType::f32 && (call.rank(0) == 2 || call.rank(0) == 4);
  if (!is_stored || (call.has(2) && (!is_known(call, 2) || call.dtype(2) != DType::i8))) return std::nullopt;
  if (call.has(2)) {
    for (const std::int8_t zero : call.input(2).only().as<std::int8_t>()) {
      if (zero != 0) return std::nullopt;
    }
  }
  Quantization kept;
  const std::span<const float> scales = call.input(1).only().as<float>();
  kept.scales.assign(scales.begin(), scales.end());
  const bool usable = std::ranges::all_of(scales, [](float scale) { return std::isfinite(scale) && scale > 0; });
  const Result<std::size_t> at = call.axis(axis, call.rank(0));
  if (!usable || scales.empty() || !at) return std::nullopt;
  if (scales.size() > 1) kept.axis = static_cast<int>(*at);
  const bool fits = scales.size() == 1 || call.shape(0)[*at] == static_cast<std::int64_t>(scales.size());
  return fits ? std::optional(std::move(kept)) : std::nullopt;
}

// `acc` times the product of two scales over a third: what one step of the result is worth.
Result<ImportValue> rescaled(Call& call, ImportValue acc, ImportValue x_scale, ImportValue w_scale,
                             ImportValue y_scale) {
  RHEO_ASSIGN_OR_RETURN(ImportValue factor, call.emit(OpKind::mul, {&x_scale, &w_scale}));
  RHEO_ASSIGN_OR_RETURN(factor, call.emit(OpKind::div, {&factor, &y_scale}));
  return call.emit(OpKind::mul, {&acc, &factor});
}

}  // namespace

Status lower_quantize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  const std::int64_t axis = call.integer("axis", 1);
  DType dtype = call.has(2) ? call.dtype(2) : DType::u8;
  if (!call.has(2) && call.has_attribute("output_dtype")) {
    RHEO_ASSIGN_OR_RETURN(dtype, dtype_of(static_cast<ElementType>(call.integer("output_dtype", 2))));
  }
  if (dtype != DType::u8 && dtype != DType::i8) return call.refuse("quantises to another type than 8 bits");
  RHEO_ASSIGN_OR_RETURN(ImportValue x, call.cast(call.input(0), DType::f32));
  RHEO_ASSIGN_OR_RETURN(ImportValue scale, along(call, call.input(1), axis, call.rank(0)));
  ImportValue zero;
  if (call.has(2)) {
    RHEO_ASSIGN_OR_RETURN(zero, along(call, call.input(2), axis, call.rank(0)));
  }
  RHEO_ASSIGN_OR_RETURN(x, stored(call, std::move(x), &scale, call.has(2) ? &zero : nullptr, dtype));
  call.answer(std::move(x));
  return {};
}

Status lower_dequantize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.integer("block_size", 0) != 0) return call.refuse("is quantised in blocks");
  const std::int64_t axis = call.integer("axis", 1);
  if (std::optional<Quantization> kept = weight_scales(call, axis)) {
    RHEO_ASSIGN_OR_RETURN(ImportValue weights,
                          call.emitter().add_stored(call.input(0).only(), *std::move(kept), call.place()));
    call.answer(std::move(weights));
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, centred(call, 0, 2, axis));
  RHEO_ASSIGN_OR_RETURN(ImportValue scale, along(call, call.input(1), axis, call.rank(0)));
  return call.answer_with(OpKind::mul, {&x, &scale});
}

// The range of x, widened to hold 0, in 255 steps.
Status lower_dynamic_quantize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < call.rank(0); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  if (!call.shape(0).is_static()) return call.mixes_batch("takes one scale for the whole batch");
  ImportValue& x = call.input(0);
  RHEO_ASSIGN_OR_RETURN(ImportValue nothing, Call::scalar(DType::f32, 0));
  RHEO_ASSIGN_OR_RETURN(ImportValue steps, Call::scalar(DType::f32, 255));
  RHEO_ASSIGN_OR_RETURN(ImportValue low, call.emit(OpKind::reduce_min, {&x}, {{"axes", axes}}));
  RHEO_ASSIGN_OR_RETURN(low, call.emit(OpKind::min, {&low, &nothing}));
  RHEO_ASSIGN_OR_RETURN(ImportValue high, call.emit(OpKind::reduce_max, {&x}, {{"axes", axes}}));
  RHEO_ASSIGN_OR_RETURN(high, call.emit(OpKind::max, {&high, &nothing}));
  RHEO_ASSIGN_OR_RETURN(ImportValue scale, call.emit(OpKind::sub, {&high, &low}));
  RHEO_ASSIGN_OR_RETURN(scale, call.emit(OpKind::div, {&scale, &steps}));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, call.emit(OpKind::sub, {&nothing, &low}));
  RHEO_ASSIGN_OR_RETURN(zero, stored(call, std::move(zero), &scale, nullptr, DType::u8));
  RHEO_ASSIGN_OR_RETURN(ImportValue point, call.cast(zero, DType::f32));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, stored(call, x, &scale, &point, DType::u8));
  call.answer(std::move(y), 0);
  call.answer(std::move(scale), 1);
  call.answer(std::move(zero), 2);
  return {};
}

// x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias.
Status lower_qlinear_conv(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(8));
  RHEO_RETURN_IF_ERROR(require_picture(call, 0, 3));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, centred(call, 0, 2, 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue w, centred(call, 3, 5, 0));
  ImportValue bias;
  if (call.has(8)) {
    RHEO_ASSIGN_OR_RETURN(bias, call.cast(call.input(8), DType::f32));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, convolved(call, std::move(x), std::move(w), call.shape(0), call.shape(3),
                                                 call.has(8) ? &bias : nullptr));
  RHEO_ASSIGN_OR_RETURN(ImportValue w_scale, along(call, call.input(4), 1, call.rank(0)));
  RHEO_ASSIGN_OR_RETURN(ImportValue x_scale, along(call, call.input(1), 1, call.rank(0)));
  RHEO_ASSIGN_OR_RETURN(ImportValue y_scale, along(call, call.input(6), 1, call.rank(0)));
  RHEO_ASSIGN_OR_RETURN(y, rescaled(call, std::move(y), std::move(x_scale), std::move(w_scale), std::move(y_scale)));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, along(call, call.input(7), 1, call.rank(0)));
  RHEO_ASSIGN_OR_RETURN(y, stored(call, std::move(y), nullptr, &zero, call.dtype(7)));
  call.answer(std::move(y));
  return {};
}

// a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero: of a per row, of b per column.
Status lower_qlinear_matmul(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(8));
  RHEO_ASSIGN_OR_RETURN(ImportValue a, centred(call, 0, 2, -2));
  RHEO_ASSIGN_OR_RETURN(ImportValue b, centred(call, 3, 5, -1));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::matmul, {&a, &b}));
  const std::size_t rank = call.emitter().type_of(y).shape.rank();
  RHEO_ASSIGN_OR_RETURN(ImportValue a_scale, along(call, call.input(1), -2, rank));
  RHEO_ASSIGN_OR_RETURN(ImportValue b_scale, along(call, call.input(4), -1, rank));
  RHEO_ASSIGN_OR_RETURN(ImportValue y_scale, along(call, call.input(6), -1, rank));
  RHEO_ASSIGN_OR_RETURN(y, rescaled(call, std::move(y), std::move(a_scale), std::move(b_scale), std::move(y_scale)));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, along(call, call.input(7), -1, rank));
  RHEO_ASSIGN_OR_RETURN(y, stored(call, std::move(y), nullptr, &zero, call.dtype(7)));
  call.answer(std::move(y));
  return {};
}

// x, w, x_zero, w_zero -> i32.
Status lower_conv_integer(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_RETURN_IF_ERROR(require_picture(call, 0, 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, centred(call, 0, 2, 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue w, centred(call, 1, 3, 0));
  RHEO_ASSIGN_OR_RETURN(ImportValue y,
                        convolved(call, std::move(x), std::move(w), call.shape(0), call.shape(1), nullptr));
  RHEO_ASSIGN_OR_RETURN(y, call.cast(y, DType::i32));
  call.answer(std::move(y));
  return {};
}

Status lower_matmul_integer(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(ImportValue a, centred(call, 0, 2, -2));
  RHEO_ASSIGN_OR_RETURN(ImportValue b, centred(call, 1, 3, -1));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::matmul, {&a, &b}));
  RHEO_ASSIGN_OR_RETURN(y, call.cast(y, DType::i32));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx
