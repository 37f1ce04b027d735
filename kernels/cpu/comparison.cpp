// SPDX-License-Identifier: Apache-2.0
// equal, greater, greater_equal, less and less_equal with NumPy's broadcasting; layouts and limits are those of
// broadcast.h. f32, bf16, i32 and i64 to bool; equal also bool. Nothing compares with NaN.
// Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

Comparison comparison_of(OpKind op) {
  switch (op) {
    case OpKind::greater: return Comparison::greater;
    case OpKind::greater_equal: return Comparison::greater_equal;
    case OpKind::less: return Comparison::less;
    case OpKind::less_equal: return Comparison::less_equal;
    default: return Comparison::equal;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_comparison(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  const ElementLoops* loops = &element_loops_for(request.isa);
  return make_broadcast_kernel(
      request, ZeroPadding::lost, [loops, op = comparison_of(request.op), dtype](const BroadcastRun& run) {
        const PairCall call{dtype, run.inputs[0], run.steps[0], run.inputs[1], run.steps[1], run.out, run.count};
        if (dtype == DType::boolean) return loops->logic(Logic::equal, call);
        loops->compare(op, call);
      });
}

}  // namespace rheo
