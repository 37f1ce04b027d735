// SPDX-License-Identifier: Apache-2.0
// add, sub, mul, div, min, max, mod, pow and prelu with NumPy's broadcasting; layouts and limits are those of
// broadcast.h. f32 and bf16; i32 and i64 but for prelu, as kernels/ref/integer_arithmetic.cpp says.
// Tested by tests/agree/kernels_ops_test.cpp and kernels_elementwise_test.cpp.
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

Arithmetic arithmetic_of(const KernelRequest& request) {
  switch (request.op) {
    case OpKind::sub: return Arithmetic::sub;
    case OpKind::mul: return Arithmetic::mul;
    case OpKind::div: return Arithmetic::div;
    case OpKind::min: return Arithmetic::min;
    case OpKind::max: return Arithmetic::max;
    case OpKind::mod: return request.attributes->integer("fmod") != 0 ? Arithmetic::fmod : Arithmetic::mod;
    case OpKind::pow: return Arithmetic::pow;
    case OpKind::prelu: return Arithmetic::prelu;
    default: return Arithmetic::add;
  }
}

ZeroPadding padding_of(Arithmetic op) {
  switch (op) {
    case Arithmetic::div:
    case Arithmetic::mod:
    case Arithmetic::fmod:
    case Arithmetic::pow: return ZeroPadding::lost;
    default: return ZeroPadding::kept;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_arithmetic(const KernelRequest& request) {
  const DType dtype = request.outputs[0].type->dtype;
  const bool is_whole = dtype == DType::i32 || dtype == DType::i64;
  if (!is_whole && dtype != DType::f32 && dtype != DType::bf16) {
    return refuse("Arithmetic works on f32, bf16, i32 and i64.");
  }
  if (request.inputs[1].type->dtype != dtype) return refuse("The operands differ in type.");
  const ElementLoops& loops = element_loops_for(request.isa);
  const auto loop = is_whole ? loops.integers : loops.arithmetic;
  const Arithmetic op = arithmetic_of(request);
  return make_broadcast_kernel(request, padding_of(op), [loop, op, dtype](const BroadcastRun& run) {
    loop(op, {dtype, run.inputs[0], run.steps[0], run.inputs[1], run.steps[1], run.out, run.count});
  });
}

}  // namespace rheo
