// SPDX-License-Identifier: Apache-2.0
#include "transform/round_rows.h"

#include "base/try.h"
#include "tensor/half.h"

namespace rheo {

Result<Tensor> round_rows_to_bf16(const Tensor& weights) {
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::bf16, weights.shape()));
  const std::span<const float> from = weights.as<float>();
  if (from.empty()) return result;
  const std::span<std::uint16_t> to(static_cast<std::uint16_t*>(result.mutable_data()), from.size());
  const std::size_t size = from.size() / static_cast<std::size_t>(weights.shape()[0]);
  for (std::size_t first = 0; first < from.size(); first += size) {
    const std::span<const float> row = from.subspan(first, size);
    if (!std::ranges::all_of(row, [](float weight) { return std::isfinite(weight); })) {
      std::ranges::transform(row, to.begin() + static_cast<std::ptrdiff_t>(first), f32_to_bf16);
      continue;
    }
    round_keeping_sum(row, [&](std::size_t place, float wanted) {
      to[first + place] = f32_to_bf16(wanted);
      return bf16_to_f32(to[first + place]);
    });
  }
  return result;
}

}  // namespace rheo
