// SPDX-License-Identifier: Apache-2.0
// pad: elements added around x, or cropped from it; see op/rearranging.h. Any element type; both sides plain or both
// nhwc. Tested by tests/agree/kernels_mapped_test.cpp.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/cpu/axis_maps.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"
#include "op/rearranging.h"
#include "tensor/half.h"

namespace rheo {
namespace {

template <typename T>
std::array<std::byte, 8> bytes_of(T value) {
  std::array<std::byte, 8> bytes{};
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

// Integers are cut toward zero and saturated; `value` is finite.
template <typename T>
std::array<std::byte, 8> whole(double value) {
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) return bytes_of(std::numeric_limits<T>::max());
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) return bytes_of(std::numeric_limits<T>::min());
  return bytes_of(static_cast<T>(value));
}

// To nearest, ties to even, whatever rounding mode the host has set.
double rounded(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  return rest > 0.5 || (rest == 0.5 && std::fmod(below, 2.0) != 0) ? below + 1 : below;
}

// The padding as an element of `type` is stored.
std::array<std::byte, 8> stored(const TensorType& type, double value) {
  const double steps = rounded(value / static_cast<double>(scale_of(type))) + zero_point_of(type);
  switch (type.dtype) {
    case DType::f32: return bytes_of(static_cast<float>(value));
    case DType::bf16: return bytes_of(f32_to_bf16(static_cast<float>(value)));
    case DType::f16: return bytes_of(f32_to_f16(static_cast<float>(value)));
    case DType::i8: return whole<std::int8_t>(steps);
    case DType::u8: return whole<std::uint8_t>(steps);
    case DType::i32: return whole<std::int32_t>(value);
    case DType::i64: return whole<std::int64_t>(value);
    case DType::boolean: return bytes_of(static_cast<std::uint8_t>(value != 0 ? 1 : 0));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_pad(const KernelRequest& request) {
  const Shape x = request.inputs[0].type->shape;
  const PadSettings settings = PadSettings::from(*request.attributes, x.rank());
  return make_mapped_kernel(
      request, x,
      [x, settings](std::size_t dim, std::int64_t index) { return padded_index(settings, dim, x[dim], index); },
      stored(*request.outputs[0].type, settings.value));
}

}  // namespace rheo
