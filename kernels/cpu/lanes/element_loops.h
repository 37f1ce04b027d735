// SPDX-License-Identifier: Apache-2.0
// The inner loops of element-wise ops as a table of functions, one table per instruction set; see loops.h for all
// others. An operand advances by its step, 0 or 1 elements: a step of 0 repeats one element.
#pragma once

#include <cstdint>

#include "base/cpu.h"
#include "tensor/tensor_type.h"

namespace rheo {

// Formulas in op/activation.h.
enum class UnaryFunction : unsigned char {
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
  celu,
  selu,
  thresholded_relu,
  softplus,
  softsign,
  mish
};
struct UnaryCall {
  UnaryFunction function{};
  float alpha = 1, gamma = 1;
};

// mod has the sign of b, fmod that of a.
enum class Arithmetic : unsigned char { add, sub, mul, div, min, max, mod, fmod, pow, prelu };
enum class Comparison : unsigned char { equal, greater, greater_equal, less, less_equal };
enum class Logic : unsigned char { both, either, differ, equal };
// What is asked of a float: whether it is NaN, or an infinity of an allowed sign.
struct FloatQuestion {
  bool is_nan = false, negative_infinity = false, positive_infinity = false;
};

// out[i] = a[i * a_step] op b[i * b_step]
struct PairCall {
  DType dtype = DType::f32;  // of both operands
  const void* a = nullptr;
  std::int64_t a_step = 1;
  const void* b = nullptr;
  std::int64_t b_step = 1;
  void* out = nullptr;
  std::int64_t count = 0;
};

// out[i] = condition[i * condition_step] ? a[i * a_step] : b[i * b_step]
struct SelectCall {
  std::int64_t element_size = 4;  // of a, b and out, in bytes: 1, 2, 4 or 8
  const void* condition = nullptr;
  std::int64_t condition_step = 1;
  const void* a = nullptr;
  std::int64_t a_step = 1;
  const void* b = nullptr;
  std::int64_t b_step = 1;
  void* out = nullptr;
  std::int64_t count = 0;
};

struct ElementLoops {
  // f32 and bf16.
  void (*unary)(const UnaryCall& call, DType dtype, const void* in, void* out, std::int64_t count) = nullptr;
  // f32 and bf16.
  void (*arithmetic)(Arithmetic op, const PairCall& call) = nullptr;
  // i32 and i64, wrapping around; what is divided by 0 gives 0. Not prelu.
  void (*integers)(Arithmetic op, const PairCall& call) = nullptr;
  // f32, bf16, i32 and i64 to bool.
  void (*compare)(Comparison op, const PairCall& call) = nullptr;
  // bool to bool; any byte but 0 is true.
  void (*logic)(Logic op, const PairCall& call) = nullptr;
  // f32 and bf16 to bool.
  void (*ask)(const FloatQuestion& question, DType dtype, const void* in, void* out, std::int64_t count) = nullptr;
  void (*select)(const SelectCall& call) = nullptr;
};

const ElementLoops& element_loops_portable();
const ElementLoops& element_loops_avx2();
const ElementLoops& element_loops_avx512();
const ElementLoops& element_loops_for(Isa isa);

}  // namespace rheo
