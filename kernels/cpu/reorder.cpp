// SPDX-License-Identifier: Apache-2.0
// reorder: the same values in another layout: plain, nhwc and nchw16c pictures of f32, bf16, u8 and i8.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_reorder(const KernelRequest& request) {
  if (request.inputs[0].type->dtype != request.outputs[0].type->dtype) return refuse("A reorder keeps the type.");
  return make_conversion(request, 1.0F);
}

}  // namespace rheo
