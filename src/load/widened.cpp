// SPDX-License-Identifier: Apache-2.0
#include "load/widened.h"

#include <cstdint>
#include <utility>

#include "base/try.h"
#include "tensor/half.h"

namespace rheo {

Result<Tensor> in_f32(Tensor tensor, bool& widened) {
  if (tensor.dtype() != DType::f16 && tensor.dtype() != DType::bf16) return tensor;
  widened = true;
  RHEO_ASSIGN_OR_RETURN(Tensor wide, Tensor::zeros(DType::f32, tensor.shape()));
  const auto* bits = static_cast<const std::uint16_t*>(tensor.data());
  for (float& element : wide.as_mutable<float>()) {
    element = tensor.dtype() == DType::f16 ? f16_to_f32(*bits) : bf16_to_f32(*bits);
    ++bits;
  }
  return wide;
}

}  // namespace rheo
