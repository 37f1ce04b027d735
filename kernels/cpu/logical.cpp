// SPDX-License-Identifier: Apache-2.0
// logical_and, logical_or, logical_xor and logical_not of bool, with NumPy's broadcasting; layouts and limits are those
// of broadcast.h. Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"

namespace rheo {
namespace {

Logic logic_of(OpKind op) {
  switch (op) {
    case OpKind::logical_and: return Logic::both;
    case OpKind::logical_or: return Logic::either;
    default: return Logic::differ;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_logical(const KernelRequest& request) {
  return make_broadcast_kernel(
      request, ZeroPadding::kept,
      [loop = element_loops_for(request.isa).logic, op = logic_of(request.op)](const BroadcastRun& run) {
        loop(op, {DType::boolean, run.inputs[0], run.steps[0], run.inputs[1], run.steps[1], run.out, run.count});
      });
}

// Not x is what equals false.
Result<std::unique_ptr<Kernel>> make_own_logical_not(const KernelRequest& request) {
  return make_flat_kernel(
      request, ZeroPadding::lost,
      [loop = element_loops_for(request.isa).logic](const std::byte* in, std::byte* out, std::int64_t count) {
        constexpr std::uint8_t kFalse = 0;
        loop(Logic::equal, {DType::boolean, in, 1, &kFalse, 0, out, count});
      });
}

}  // namespace rheo
