// SPDX-License-Identifier: Apache-2.0
// What an operation is: its kind, its name in files, how many inputs it takes, which attributes, and from input types
// the output types and the work. One schema per op; op/schemas.cpp lists them all. Nothing here computes a tensor.
//
// Conventions that every op keeps
// - Pictures are [batch, channels, height, width]; weights of conv2d are [out, in / groups, kernel_h, kernel_w], of
//   linear [out, in]. "axis" and "axes" count from 0; -1 means the last one.
// - conv2d(x, w, bias?, residual?) and linear(x, w, bias?, residual?) compute
//   activation(op(x, w) + bias + residual); passes fuse into these inputs and attributes:
//   "activation": "" or the name of a unary op (relu, relu6, hardswish, ...), "alpha", "beta": its parameters.
//   conv2d: "strides" [h, w], "pads" [top, left, bottom, right], "dilations" [h, w], "groups".
// - Element-wise ops broadcast like NumPy. clamp has "min" and "max".
// - batch_norm(x, scale, shift, mean, variance) and layer_norm(x, scale?, shift?) have "epsilon"; layer_norm normalises
//   the last "axes" dimensions (a count).
// - max_pool2d, avg_pool2d: "kernel", "strides", "pads", "ceil_mode", avg "count_include_pad"; max "dilations".
//   global_avg_pool: [b, c, h, w] -> [b, c, 1, 1]; adaptive_avg_pool2d: "output_size" [h, w].
// - reshape: "shape", where 0 copies the input's dimension and one -1 is inferred; flatten: "start", "end".
//   transpose: "permutation"; slice: "axis", "start", "end", "step"; concat: "axis"; mean: "axes", "keep_dims";
//   softmax, log_softmax: "axis".
// - quantize (f32 or bf16 -> u8/i8), dequantize, cast: the target type comes from the attributes "dtype" and, for
//   quantize, "scale". conv2d and linear on 8-bit inputs name their result the same way ("out_dtype", "out_scale");
//   without them they answer in f32.
// - reorder changes layout only; plans insert it, graphs never hold it.
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
  enum class Kind : std::uint8_t { integer, real, text, integers };
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
  // Multiply-adds, per static shapes; 0 for ops that only move or compare.
  std::int64_t (*multiply_adds)(const OpContext&, const TensorType& output);
};

// All schemas, in the order of OpKind.
std::span<const OpSchema> op_schemas();
const OpSchema& schema_of(OpKind kind);
std::string_view name_of(OpKind kind);
Result<OpKind> op_from_name(std::string_view name);
// Checks input count, attribute names and kinds, then infers.
Result<std::vector<TensorType>> infer_types(OpKind kind, const OpContext& context);
// Unary element-wise kinds, those that may be fused as "activation".
bool is_activation(OpKind kind);

}  // namespace rheo
