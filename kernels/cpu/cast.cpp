// SPDX-License-Identifier: Apache-2.0
// cast between any two element types: floats round to nearest even; integers cut toward zero and saturate, NaN as 0;
// bool is x != 0. Scales do not count. Between f32, bf16, u8 and i8 towards a floating-point type in any layout to any
// layout, else in one layout on both sides. Limit: i64 to another type is exact up to 2^53, as in the reference.
// Tested by tests/agree/kernels_cast_test.cpp.
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "base/try.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "tensor/half.h"

namespace rheo {
namespace {

template <typename T>
T saturated(double value) {
  constexpr auto kLow = static_cast<double>(std::numeric_limits<T>::min());
  // One more than the highest value: a power of two, which double holds for every type.
  constexpr T kHalfOfIt = std::numeric_limits<T>::max() / 2 + 1;
  constexpr auto kPastHigh = 2.0 * static_cast<double>(kHalfOfIt);
  if (value != value) return 0;
  if (value >= kPastHigh) return std::numeric_limits<T>::max();
  return value <= kLow ? std::numeric_limits<T>::min() : static_cast<T>(value);
}

// How one element type is stored, and what it stands for as a double, which holds every stored value but large i64.
template <typename T>
struct Whole {
  using Stored = T;
  static double read(T stored) { return static_cast<double>(stored); }
  static T write(double value) { return saturated<T>(value); }
};
template <DType dtype>
struct Element;
template <>
struct Element<DType::i8> : Whole<std::int8_t> {};
template <>
struct Element<DType::u8> : Whole<std::uint8_t> {};
template <>
struct Element<DType::i32> : Whole<std::int32_t> {};
template <>
struct Element<DType::i64> : Whole<std::int64_t> {};
template <>
struct Element<DType::f32> {
  using Stored = float;
  static double read(float stored) { return static_cast<double>(stored); }
  static float write(double value) { return static_cast<float>(value); }
};
template <>
struct Element<DType::bf16> {
  using Stored = std::uint16_t;
  static double read(std::uint16_t stored) { return static_cast<double>(bf16_to_f32(stored)); }
  static std::uint16_t write(double value) { return f32_to_bf16(static_cast<float>(value)); }
};
template <>
struct Element<DType::f16> {
  using Stored = std::uint16_t;
  static double read(std::uint16_t stored) { return static_cast<double>(f16_to_f32(stored)); }
  static std::uint16_t write(double value) { return f32_to_f16(static_cast<float>(value)); }
};
template <>
struct Element<DType::boolean> {
  using Stored = std::uint8_t;
  static double read(std::uint8_t stored) { return stored != 0 ? 1 : 0; }
  static std::uint8_t write(double value) { return value != 0 ? 1 : 0; }
};

using CastLoop = void (*)(const void* in, void* out, std::int64_t first, std::int64_t count);

template <DType from, DType to>
void cast_elements(const void* in, void* out, std::int64_t first, std::int64_t count) {
  const auto* source = static_cast<const typename Element<from>::Stored*>(in) + first;
  auto* target = static_cast<typename Element<to>::Stored*>(out) + first;
  if constexpr (from == to) {
    if (count > 0) std::memcpy(target, source, static_cast<std::size_t>(count) * sizeof(*target));
  } else {
    for (std::int64_t i = 0; i < count; ++i) target[i] = Element<to>::write(Element<from>::read(source[i]));
  }
}

constexpr std::size_t kDTypes = 8;
static_assert(static_cast<std::size_t>(DType::boolean) + 1 == kDTypes);

template <std::size_t... pair>
CastLoop loop_of(DType from, DType to, std::index_sequence<pair...>) {
  static constexpr std::array<CastLoop, sizeof...(pair)> kLoops = {
      &cast_elements<static_cast<DType>(pair / kDTypes), static_cast<DType>(pair % kDTypes)>...};
  return kLoops[static_cast<std::size_t>(from) * kDTypes + static_cast<std::size_t>(to)];
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_cast(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const DType to = y.type->dtype;
  if (is_numeric(x.type->dtype) && (to == DType::f32 || to == DType::bf16)) return make_conversion(request, 1.0F);
  const Placement placement = placement_of(x.type->shape, x.layout);
  if (placement.layout != placement_of(y.type->shape, y.layout).layout) {
    return refuse("A cast from " + std::string(name_of(x.type->dtype)) + " to " + std::string(name_of(to)) +
                  " keeps the layout.");
  }
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const CastLoop loop = loop_of(x.type->dtype, to, std::make_index_sequence<kDTypes * kDTypes>());
  const std::int64_t elements = stored_elements(placement);
  LoopSettings settings = loop_settings(request);
  settings.implementation = "own:cast";
  settings.parts = parts_of(elements);
  return make_loop_kernel(std::move(settings),
                          [loop, elements](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            const auto [first, count] = elements_of(begin, end, elements);
                            loop(buffers.inputs[0], buffers.outputs[0], first, count);
                          });
}

}  // namespace rheo
