// SPDX-License-Identifier: Apache-2.0
// The quantised operators of ONNX. Where scales and zero points are known they are said in real numbers around layers
// whose weights stay as they are stored; else as whole numbers, whose sums f32 holds exactly up to 2^24.
#include <optional>
#include <utility>
#include <vector>

#include "base/try.h"
#include "load/import_product.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/quantized.h"
#include "load/onnx/window.h"

namespace rheo::onnx {
namespace {

Status require_factors(Call& call, std::size_t a, std::size_t b) {
  return call.rank(a) > 0 && call.rank(b) > 0 ? Status() : call.refuse("multiplies a number as a matrix");
}

// (a - its zero point per row) x (b - its zero point per column), both as matrices: products of whole numbers.
Result<ImportValue> product_of_steps(Call& call, QuantizedOperand a, QuantizedOperand b) {
  RHEO_ASSIGN_OR_RETURN(ImportValue left, centred(call, a.stored, a.zero, -2));
  RHEO_ASSIGN_OR_RETURN(left, as_matrix(call, left, true));
  RHEO_ASSIGN_OR_RETURN(ImportValue right, centred(call, b.stored, b.zero, -1));
  RHEO_ASSIGN_OR_RETURN(right, as_matrix(call, right, false));
  return call.emit(OpKind::matmul, {&left, &right});
}

// A convolution with the settings of the node.
Result<ImportValue> convolved(Call& call, ImportValue x, ImportValue w, const Shape& x_shape, const Shape& w_shape,
                              ImportValue* bias, ImportValue* residual = nullptr) {
  RHEO_ASSIGN_OR_RETURN(const Window window,
                        window_of(call, x_shape, {w_shape.dims().begin() + 2, w_shape.dims().end()}));
  RHEO_ASSIGN_OR_RETURN(x, as_picture(call, x));
  RHEO_ASSIGN_OR_RETURN(w, as_picture(call, w));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::conv2d, {&x, &w, bias, residual},
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

// `acc` times the product of two scales over a third: what one step of the result is worth.
Result<ImportValue> rescaled(Call& call, ImportValue acc, ImportValue x_scale, ImportValue w_scale,
                             ImportValue y_scale) {
  RHEO_ASSIGN_OR_RETURN(ImportValue factor, call.emit(OpKind::mul, {&x_scale, &w_scale}));
  RHEO_ASSIGN_OR_RETURN(factor, call.emit(OpKind::div, {&factor, &y_scale}));
  return call.emit(OpKind::mul, {&acc, &factor});
}

// The layer between known forms of x and y in real numbers; nothing when something of it is not known.
Result<std::optional<ImportValue>> real_convolution(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<StoredWeights> parts, stored_weights(call, {3, 4, 5}, 0));
  const bool has_bias = call.has(8);
  if (parts.empty() || !has_known_form(call, 1, 2) || !has_known_form(call, 6, 7) || (has_bias && !is_known(call, 8))) {
    return std::optional<ImportValue>();
  }
  ImportValue bias;
  if (has_bias) {
    RHEO_ASSIGN_OR_RETURN(bias, call.cast(call.input(8), DType::f32));
    RHEO_ASSIGN_OR_RETURN(bias, call.emit(OpKind::mul, {&bias, &call.input(1)}));
    RHEO_ASSIGN_OR_RETURN(bias, call.emit(OpKind::mul, {&bias, &call.input(4)}));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_of(call, {}));
  const auto layer = [&](ImportValue& w, ImportValue* so_far) {
    return convolved(call, x, w, call.shape(0), call.shape(3), has_bias && so_far == nullptr ? &bias : nullptr, so_far);
  };
  RHEO_ASSIGN_OR_RETURN(ImportValue y, summed(call, std::move(parts), layer));
  return std::optional(std::move(y));
}

// The same for a product of matrices, of which the second may be computed, too.
Result<std::optional<ImportValue>> real_product(Call& call) {
  if (!has_known_form(call, 1, 2) || !has_known_form(call, 6, 7)) return std::optional<ImportValue>();
  RHEO_ASSIGN_OR_RETURN(std::vector<StoredWeights> parts, stored_weights(call, {3, 4, 5}, -1));
  if (call.rank(3) != 2) parts.clear();
  if (parts.empty() && !has_known_form(call, 4, 5)) return std::optional<ImportValue>();
  RHEO_ASSIGN_OR_RETURN(ImportValue a, real_of(call, {}));
  RHEO_ASSIGN_OR_RETURN(a, as_matrix(call, a, true));
  ImportValue y;
  if (parts.empty()) {
    RHEO_ASSIGN_OR_RETURN(ImportValue b, real_of(call, {3, 4, 5}));
    RHEO_ASSIGN_OR_RETURN(b, as_matrix(call, b, false));
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::matmul, {&a, &b}));
  } else {
    RHEO_ASSIGN_OR_RETURN(y, linear_of(call, a, std::move(parts), true));
  }
  RHEO_ASSIGN_OR_RETURN(y, without_added(call, std::move(y), call.rank(0), call.rank(3)));
  return std::optional(std::move(y));
}

}  // namespace

Status lower_quantize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.integer("block_size", 0) != 0) return call.refuse("is quantised in blocks");
  const std::int64_t axis = call.integer("axis", 1);
  DType dtype = call.has(2) ? call.dtype(2) : DType::u8;
  RHEO_ASSIGN_OR_RETURN(const ElementType type, call.element_type("output_dtype", ElementType::undefined));
  if (!call.has(2) && type != ElementType::undefined) {
    RHEO_ASSIGN_OR_RETURN(dtype, dtype_of(type));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, call.cast(call.input(0), DType::f32));
  RHEO_ASSIGN_OR_RETURN(ImportValue scale, along(call, call.input(1), axis, call.rank(0)));
  ImportValue zero;
  if (call.has(2)) {
    RHEO_ASSIGN_OR_RETURN(zero, along(call, call.input(2), axis, call.rank(0)));
  }
  RHEO_ASSIGN_OR_RETURN(x, stored_as(call, std::move(x), &scale, call.has(2) ? &zero : nullptr, dtype));
  call.answer(std::move(x));
  return {};
}

Status lower_dequantize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.integer("block_size", 0) != 0) return call.refuse("is quantised in blocks");
  const std::int64_t axis = call.integer("axis", 1);
  RHEO_ASSIGN_OR_RETURN(std::vector<StoredWeights> parts, stored_weights(call, {}, axis));
  if (parts.size() == 1) {
    RHEO_ASSIGN_OR_RETURN(ImportValue real, added(call, std::move(parts[0])));
    call.answer(std::move(real));
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue real, real_of(call, {}, axis));
  call.answer(std::move(real));
  return {};
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
  RHEO_ASSIGN_OR_RETURN(zero, stored_as(call, std::move(zero), &scale, nullptr, DType::u8));
  RHEO_ASSIGN_OR_RETURN(ImportValue point, call.cast(zero, DType::f32));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, stored_as(call, x, &scale, &point, DType::u8));
  call.answer(std::move(y), 0);
  call.answer(std::move(scale), 1);
  call.answer(std::move(zero), 2);
  return {};
}

// x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias.
Status lower_qlinear_conv(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(8));
  RHEO_RETURN_IF_ERROR(require_picture(call, 0, 3));
  RHEO_ASSIGN_OR_RETURN(std::optional<ImportValue> real, real_convolution(call));
  if (real) return answer_quantized(call, *std::move(real), 6, 7, call.dtype(7));
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
  RHEO_ASSIGN_OR_RETURN(y, stored_as(call, std::move(y), nullptr, &zero, call.dtype(7)));
  call.answer(std::move(y));
  return {};
}

// a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero: of a per row, of b per column.
Status lower_qlinear_matmul(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(8));
  RHEO_RETURN_IF_ERROR(require_factors(call, 0, 3));
  RHEO_ASSIGN_OR_RETURN(std::optional<ImportValue> real, real_product(call));
  if (real) return answer_quantized(call, *std::move(real), 6, 7, call.dtype(7));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, product_of_steps(call, {0, 1, 2}, {3, 4, 5}));
  const std::size_t rank = call.emitter().type_of(y).shape.rank();
  RHEO_ASSIGN_OR_RETURN(ImportValue a_scale, along(call, call.input(1), -2, rank));
  RHEO_ASSIGN_OR_RETURN(ImportValue b_scale, along(call, call.input(4), -1, rank));
  RHEO_ASSIGN_OR_RETURN(ImportValue y_scale, along(call, call.input(6), -1, rank));
  RHEO_ASSIGN_OR_RETURN(y, rescaled(call, std::move(y), std::move(a_scale), std::move(b_scale), std::move(y_scale)));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, along(call, call.input(7), -1, rank));
  RHEO_ASSIGN_OR_RETURN(y, stored_as(call, std::move(y), nullptr, &zero, call.dtype(7)));
  RHEO_ASSIGN_OR_RETURN(y, without_added(call, std::move(y), call.rank(0), call.rank(3)));
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
  RHEO_RETURN_IF_ERROR(require_factors(call, 0, 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, product_of_steps(call, {.stored = 0, .zero = 2}, {.stored = 1, .zero = 3}));
  RHEO_ASSIGN_OR_RETURN(y, without_added(call, std::move(y), call.rank(0), call.rank(1)));
  RHEO_ASSIGN_OR_RETURN(y, call.cast(y, DType::i32));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx
