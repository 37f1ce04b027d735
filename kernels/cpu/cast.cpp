// SPDX-License-Identifier: Apache-2.0
// cast between f32, bf16, u8 and i8 towards a floating-point type, in any layout to any layout.
// Limit: casts to integers cut toward zero and are left to the reference kernel.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_cast(const KernelRequest& request) {
  if (is_8bit(request.outputs[0].type->dtype)) return refuse("A cast to integers has no kernel here.");
  return make_conversion(request, 1.0F);
}

}  // namespace rheo
