// SPDX-License-Identifier: Apache-2.0
// What an operation is: its kind, its name in files, how many inputs it takes, which attributes, and from input types
// the output types and the work. One schema per op; op/schemas.cpp lists them all. Nothing here computes a tensor.
//
// Conventions that every op keeps
// - Shapes are logical. Pictures are [batch, channels, height, width]; weights of conv2d are
//   [out, in / groups, kernel_h, kernel_w], of linear [out, in]. An "axis" counts from 0, a negative one from the end.
// - A dimension that is kDynamic, the batch, passes through; it is never split, joined, sliced, stretched by
//   broadcasting, reduced or normalised along: row i of a result depends on row i of the inputs alone.
// - Elements: f32 and bf16 everywhere; i32, i64, bool and f16 in cast, where, reorder and the ops that move elements
//   (concat, slice, reshape, flatten, transpose, and below mean from gather on), and where an op says so. Integers wrap
//   around; what is divided by 0 gives 0, as does its mod. 8-bit values (u8, i8): real = scale * (stored -
//   zero_point), one scale and zero point per tensor; weights (i8) have one scale per output channel and zero point 0.
//   A zero point that is not 0 is taken by conv2d, linear, attention, quantize, dequantize, pools and what moves or
//   selects elements; relu, relu6, clamp and trilu refuse it. Inputs of one op share a dtype; what mixes is said below.
// - Rounding: to nearest, ties to even, then saturated: q(y) = saturate(round_half_even(y / scale) + zero_point); NaN
//   is stored as 0.
//
// The ops, with attributes and their defaults
// - conv2d(x, w, bias?, residual?) and linear(x, w, bias?, residual?) compute
//   activation(op(x, w) + bias + residual) in real units. bias: f32 [out]; residual: the shape of the result.
//   "activation": "" or the name of a unary op of the first list below, leaky_relu or elu, with the attributes of that
//   op; a fused clamp takes its bounds from "alpha" (low) and "beta" (high).
//   conv2d: "strides" [h, w] (1), "pads" [top, left, bottom, right] (0), "dilations" [h, w] (1), "groups" (1).
//     x f32 : w f32, residual f32, result f32, or bf16 with "out_dtype" "bf16";
//       w i8, residual and result f32: x is rounded to u8 by its range (op/run_time_scale.h)
//     x bf16: w bf16, residual bf16 or f32, accumulated in f32, result bf16, or f32 with "out_dtype" "f32"
//     x 8-bit: w i8, residual f32, bf16 or 8-bit with its own scale and zero point;
//       sum((xq - zero_point) * wq) * scale_x * scale_w[channel] in real units; result f32, with "out_dtype" bf16, or
//       with "out_dtype" "u8" or "i8", "out_scale" and "out_zero_point" (0) q(y)
// - matmul(a, b): [..., m, k] x [..., k, n], leading dimensions broadcast.
// - batch_norm(x, scale, shift, mean, variance): channels are dimension 1. layer_norm(x, scale?, shift?) normalises the
//   last "axes" (1) dimensions together. Both: "epsilon" (1e-5), parameters f32.
// - group_norm(x, scale?, shift?): "groups" (1), "epsilon" (1e-5). x [b, c, ...]; each group of neighbouring channels
//   is normalised with all that lies behind it; groups == channels is an instance norm.
//   Parameters f32 [c].
//   rms_norm(x, scale?): "axes" (1), "epsilon" (1e-5); like layer_norm, but x / sqrt(mean of x^2 + epsilon).
//   local_response_norm: "size" (needed), "alpha" (1e-4), "beta" (0.75), "bias" (1);
//   y[c] = x[c] / (bias + alpha / size * sum of x^2 over channels c - (size - 1) / 2 .. c + size / 2)^beta.
//   lp_normalize: "axis" (-1), "p" (2; 1 or 2): x / (sum of |x|^p)^(1/p), where that sum is 0 the result is 0.
// - conv_transpose2d(x, w [in, out / groups, kernel_h, kernel_w], bias?): f32 or bf16. "strides", "pads", "dilations",
//   "groups", "activation" and "out_dtype" as of conv2d, whose gradient it computes; "output_padding" [h, w] (0) makes
//   the bottom and the right longer.
// - Recurrent, in f32, batch first: lstm(x [b, s, in], w [d, 4h, in], r [d, 4h, h], bias? [d, 8h], lengths? i32 [b],
//   h0? [b, d, h], c0? [b, d, h], peepholes? [d, 3h]) -> y [b, s, d, h], y_h [b, d, h], y_c [b, d, h];
//   gru(x, w, r, bias?, lengths?, h0?) with 3h for 4h and rnn with h -> y, y_h. d: directions; the gates lie as in
//   ONNX: i, o, f, c and peepholes i, o, f of lstm, z, r, h of gru; bias is that of w, then that of r. Formulas are in
//   op/recurrent.h. "direction" (forward; reverse, bidirectional), "activations": names of unary ops other than clamp,
//   separated by commas, for every direction ("sigmoid,tanh,tanh"; gru "sigmoid,tanh"; rnn "tanh"), "clip" (0: none),
//   "input_forget" (0, lstm: f = 1 - i), "linear_before_reset" (0, gru). Steps from lengths[b] on are not taken, y is 0
//   there.
// - attention(q [b, h, s, d], k [b, h, t, d], v [b, h, t, e], mask?) -> [b, h, s, e]: softmax(scale * q k^T + mask) v.
//   f32, bf16 or 8-bit, each of q, k and v u8 or i8 with its own scale and zero point; the mask broadcasts to
//   [b, h, s, t], f32 is added, bool false forbids. "scale" (1 / sqrt(d)), "causal" (0): query i sees keys 0..i only. A
//   query that sees nothing answers 0. The result is of the type of q, of 8-bit values f32, or what "out_dtype",
//   "out_scale" and "out_zero_point" say, as of linear. Scores of 8-bit values are exact sums times the scales; the
//   softmax is f32. "heads" (0), "depths", "columns": heads that lie side by side in rows, op/attention.h.
// - Unary: relu, relu6, hardswish, hardsigmoid ("alpha" 1/6, "beta" 0.5), silu, gelu ("approximate": "" or "tanh"),
//   sigmoid, tanh, clamp ("min", "max": unbounded). Formulas are in op/activation.h. relu, relu6 and clamp also take
//   8-bit values and keep their type and scale; clamp i32 and i64, kept between the whole numbers inside its bounds.
// - Unary, not for "activation" but for the first two: leaky_relu ("alpha" 0.01), elu ("alpha" 1), celu ("alpha" 1),
//   selu ("alpha", "gamma": 1.67326..., 1.05070...), thresholded_relu ("alpha" 1), softplus, softsign, mish, neg, abs,
//   sign (these three also i32, i64), exp, log, sqrt, reciprocal, erf, floor, ceil, round (half to even), sin, cos,
//   tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh. To bool: is_nan, is_inf ("detect_negative" 1,
//   "detect_positive" 1), logical_not (of bool).
// - Binary ops broadcast like NumPy. add, sub, mul, div (integers: cut toward zero), min, max (NaN wins), pow, mod
//   ("fmod" 0: the sign of b, as in Python; 1: that of a): also i32 and i64, whose powers are cut toward zero. pow of a
//   float also takes a whole exponent (i32, i64). prelu(x, slope): floats, slope * x below 0; slope broadcasts to x.
// - To bool: equal, greater, greater_equal, less, less_equal (also i32, i64; equal also bool); logical_and, logical_or,
//   logical_xor (of bool).
// - where(condition, a, b): a where the bool holds, else b; both of any one dtype and scale; all three broadcast.
// - max_pool2d: "kernel" [h, w], "strides" (kernel), "pads" (0, less than the kernel spans), "dilations" (1),
//   "ceil_mode" (0); keeps dtype and scale; padding never wins, NaN does.
//   avg_pool2d: the same without "dilations"; "count_include_pad" (1). global_avg_pool: [b, c, h, w] -> [b, c, 1, 1].
//   adaptive_avg_pool2d: "output_size" [h, w]. Averages of 8-bit values are f32; of bf16 bf16, or f32 with "out_dtype".
// - softmax, log_softmax: "axis" (-1).
// - reshape: "shape", where 0 copies the input's dimension and one -1 is inferred; flatten: "start" (1), "end" (-1;
//   both included). transpose: "permutation". slice: "axis" (0), "start", "end", "step" (1, not 0; backwards when
//   negative), bounds as in Python. concat(x...): "axis"; all inputs share dtype and scale. These keep dtype and scale.
//   mean: "axes", "keep_dims" (0).
// - reduce_sum, reduce_max, reduce_min, reduce_prod (also i32 and i64, which wrap around), reduce_l1, reduce_l2,
//   reduce_sum_square, reduce_log_sum, reduce_log_sum_exp: "axes" (all), "keep_dims" (0); sums of bf16 are f32. Of no
//   elements they give what leaves others alone: 0, 1, or the end of the dtype's range. A NaN wins a maximum or
//   minimum.
// - argmax, argmin: "axis" (0), "keep_dims" (0), "select_last" (0) -> i64. top_k(x) -> values, i64 indices: "k", "axis"
//   (-1), "largest" (1), "sorted" (1; 0 allows any order). Both take every dtype but f16 and bool; a NaN comes first,
//   of equal elements the lower index. cumsum: "axis", "exclusive" (0), "reverse" (0); f32, bf16, i32, i64.
// - gather(x, indices): "axis" (0); gather_elements(x, indices): "axis" (0); gather_nd(x, indices): "batch_dims" (0);
//   scatter_elements(x, indices, updates): "axis" (0), "reduction" (none; add, mul, min, max); scatter_nd: "reduction".
//   Indices are i32 or i64, negative ones count from the end, and one out of range fails the run. 8-bit values take
//   part in no add and mul. one_hot(indices, values [off, on]): "depth", "axis" (-1); out of range is all off.
// - expand: "shape", to which x broadcasts, -1 keeps a dimension. tile: "repeats". pad: "pads" [begins, ends], negative
//   ones crop first, "mode" (constant; reflect, edge, wrap), "value" (0). trilu: "upper" (1), "diagonal" (0).
//   depth_to_space, space_to_depth: "block", "mode" (dcr; crd). resize of [b, c, ...] with "sizes" or "scales" of all
//   but b and c: "mode" (nearest; linear and cubic for f32, bf16, 8-bit), "coordinates" (half_pixel), "nearest"
//   (round_prefer_floor), "cubic_coefficient" (-0.75), "exclude_outside" (0), "antialias" (0; linear: what becomes
//   smaller, to a quarter at the least, is averaged); see op/resize.h. All keep dtype and scale.
// - quantize(x): f32 or bf16 -> "dtype" u8 or i8 with "scale" and "zero_point" (0), stored = q(x). dequantize(x): 8-bit
//   -> "dtype" f32 (f32) or bf16, scales along an axis allowed. cast(x): "dtype", any to any without scales; to
//   integers it cuts toward zero and saturates, NaN becomes 0; to bool it is x != 0.
// - reorder changes layout only; plans insert it, graphs never hold it.
// - Flags ("ceil_mode", "keep_dims", ...) are integers, 0 for no. A whole number is accepted where a real is expected.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "op/attributes.h"
#include "tensor/tensor_type.h"

namespace rheo {

enum class OpKind : std::uint8_t {
  conv2d,
  linear,
  matmul,
  batch_norm,
  layer_norm,
  group_norm,
  rms_norm,
  local_response_norm,
  lp_normalize,
  conv_transpose2d,
  lstm,
  gru,
  rnn,
  attention,
  relu,
  relu6,
  hardswish,
  hardsigmoid,
  silu,
  gelu,
  sigmoid,
  tanh,
  clamp,
  add,
  sub,
  mul,
  div,
  leaky_relu,
  elu,
  celu,
  selu,
  thresholded_relu,
  softplus,
  softsign,
  mish,
  neg,
  abs,
  sign,
  exp,
  log,
  sqrt,
  reciprocal,
  erf,
  floor,
  ceil,
  round,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  is_nan,
  is_inf,
  logical_not,
  min,
  max,
  mod,
  pow,
  prelu,
  equal,
  greater,
  greater_equal,
  less,
  less_equal,
  logical_and,
  logical_or,
  logical_xor,
  where,
  max_pool2d,
  avg_pool2d,
  global_avg_pool,
  adaptive_avg_pool2d,
  softmax,
  log_softmax,
  concat,
  slice,
  reshape,
  flatten,
  transpose,
  mean,
  reduce_sum,
  reduce_max,
  reduce_min,
  reduce_prod,
  reduce_l1,
  reduce_l2,
  reduce_sum_square,
  reduce_log_sum,
  reduce_log_sum_exp,
  argmax,
  argmin,
  top_k,
  cumsum,
  gather,
  gather_elements,
  gather_nd,
  scatter_elements,
  scatter_nd,
  expand,
  tile,
  pad,
  depth_to_space,
  space_to_depth,
  resize,
  trilu,
  one_hot,
  quantize,
  dequantize,
  cast,
  reorder,
};

// What inference may look at. An absent optional input is a null pointer.
struct OpContext {
  const Attributes& attributes;
  std::span<const TensorType* const> inputs;
};

struct AttributeSchema {
  enum class Kind : std::uint8_t { integer, real, text, integers, reals };
  std::string_view name;
  Kind kind;
};

struct OpSchema {
  OpKind kind;
  std::string_view name;  // "conv2d": in files and messages
  int min_inputs;
  int max_inputs;
  std::span<const AttributeSchema> attributes;
  // Output types, or why the inputs do not fit, naming the op, the offending input and both shapes.
  // Dimensions may be kDynamic (the batch); a dynamic dimension passes through.
  Result<std::vector<TensorType>> (*infer)(const OpContext&);
  // Multiply-adds: of all products of matrices; one per element for norms and arithmetic; 0 for the rest. A dynamic
  // dimension counts as 1; overflow stops at the largest integer.
  std::int64_t (*multiply_adds)(const OpContext&, const TensorType& output);
};

// All schemas, in the order of OpKind.
std::span<const OpSchema> op_schemas();
const OpSchema& schema_of(OpKind kind);
std::string_view name_of(OpKind kind);
Result<OpKind> op_from_name(std::string_view name);
// Checks input count, attribute names and kinds, then infers.
Result<std::vector<TensorType>> infer_types(OpKind kind, const OpContext& context);
// Those unary element-wise kinds that may be fused as "activation".
bool is_activation(OpKind kind);

}  // namespace rheo
