// SPDX-License-Identifier: Apache-2.0
// where(condition, a, b) = condition ? a : b with NumPy's broadcasting; layouts and limits are those of broadcast.h.
// Every type of a and b; elements are copied as they are stored. Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_where(const KernelRequest& request) {
  const auto element_size = static_cast<std::int64_t>(size_bytes(request.outputs[0].type->dtype));
  return make_broadcast_kernel(request, ZeroPadding::kept,
                               [loop = element_loops_for(request.isa).select, element_size](const BroadcastRun& run) {
                                 loop({element_size, run.inputs[0], run.steps[0], run.inputs[1], run.steps[1],
                                       run.inputs[2], run.steps[2], run.out, run.count});
                               });
}

}  // namespace rheo
