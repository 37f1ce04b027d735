// SPDX-License-Identifier: Apache-2.0
// is_nan and is_inf ("detect_negative", "detect_positive"): f32 and bf16 to bool, any layout.
// Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_classify(const KernelRequest& request) {
  const Attributes& attributes = *request.attributes;
  const FloatQuestion question{.is_nan = request.op == OpKind::is_nan,
                               .negative_infinity = attributes.integer("detect_negative", 1) != 0,
                               .positive_infinity = attributes.integer("detect_positive", 1) != 0};
  return make_flat_kernel(
      request, ZeroPadding::kept,
      [question, dtype = request.inputs[0].type->dtype, loop = element_loops_for(request.isa).ask](
          const std::byte* in, std::byte* out, std::int64_t count) { loop(question, dtype, in, out, count); });
}

}  // namespace rheo
