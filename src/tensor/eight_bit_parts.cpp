// SPDX-License-Identifier: Apache-2.0
#include "tensor/eight_bit_parts.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/try.h"

namespace rheo {
namespace {

constexpr int kLow = -128;  // of an i8
constexpr int kHigh = 127;

// `part` of each number, which must fit.
template <typename Part>
Result<Tensor> as_i8(std::span<const int> numbers, const Shape& shape, const Part& part) {
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::i8, shape));
  std::ranges::transform(numbers, result.as_mutable<std::int8_t>().begin(),
                         [&](int number) { return static_cast<std::int8_t>(part(number)); });
  return result;
}

// Rounded down, so that what is left is 0 or 1.
int half_of(int number) { return (number - (number & 1)) / 2; }

}  // namespace

Result<std::vector<EightBitPart>> eight_bit_parts(std::span<const int> numbers, const Shape& shape) {
  const auto all_within = [&](int low, int high) {
    return std::ranges::all_of(numbers, [&](int number) { return number >= low && number <= high; });
  };
  std::vector<EightBitPart> parts;
  if (all_within(kLow, kHigh)) {
    RHEO_ASSIGN_OR_RETURN(Tensor whole, as_i8(numbers, shape, [](int number) { return number; }));
    parts.push_back({std::move(whole), 1});
  } else if (all_within(2 * kLow, 2 * kHigh + 1)) {
    RHEO_ASSIGN_OR_RETURN(Tensor halves, as_i8(numbers, shape, half_of));
    RHEO_ASSIGN_OR_RETURN(Tensor rest, as_i8(numbers, shape, [](int number) { return number & 1; }));
    parts.push_back({std::move(halves), 2});
    parts.push_back({std::move(rest), 1});
  }
  return parts;
}

}  // namespace rheo
