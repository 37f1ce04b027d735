// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/refusal.h"

namespace rheo {

float scale_of(const TensorType& type) {
  return is_8bit(type.dtype) && !type.quantization.empty() ? type.quantization.scales.front() : 1.0F;
}

Status check_sizes(const KernelRequest& request) {
  for (const std::span<const Operand> side : {request.inputs, request.outputs}) {
    for (const Operand& each : side) {
      if (each.type == nullptr || storage_bytes(*each.type, each.layout) <= kLargestBytes) continue;
      return refuse("A value of shape " + each.type->shape.to_string() + " does not fit any memory.");
    }
  }
  return {};
}

const Operand* operand(std::span<const Operand> operands, std::size_t index) {
  return index < operands.size() && operands[index].type != nullptr ? &operands[index] : nullptr;
}

}  // namespace rheo
