// SPDX-License-Identifier: Apache-2.0
// dequantize: y = scale * stored, from u8 or i8 to f32 or bf16, in any layout to any layout.
// Limit: one scale per tensor.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_dequantize(const KernelRequest& request) {
  if (request.inputs[0].type->quantization.scales.size() > 1) return refuse("One scale per channel is not supported.");
  return make_conversion(request, scale_of(*request.inputs[0].type));
}

}  // namespace rheo
