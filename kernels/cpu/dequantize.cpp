// SPDX-License-Identifier: Apache-2.0
// dequantize: y = scale * (stored - zero point), from u8 or i8 to f32 or bf16, in any layout to any layout.
// Limit: one scale per tensor.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_dequantize(const KernelRequest& request) {
  if (request.inputs[0].type->quantization.scales.size() > 1) return refuse("One scale per channel is not supported.");
  const TensorType& x = *request.inputs[0].type;
  return make_conversion(request, {scale_of(x), zero_point_of(x)});
}

}  // namespace rheo
