// SPDX-License-Identifier: Apache-2.0
// quantize: stored = saturate(round_half_even(x / scale) + zero point), from f32 or bf16 to u8 or i8, in any layout to
// any layout. Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_quantize(const KernelRequest& request) {
  const TensorType& y = *request.outputs[0].type;
  return make_conversion(request, {1.0F / scale_of(y), 0, zero_point_of(y)});
}

}  // namespace rheo
