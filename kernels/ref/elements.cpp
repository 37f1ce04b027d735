// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/elements_test.cpp.
#include "kernels/ref/elements.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/half.h"

namespace rheo::ref {
namespace {

template <typename T>
const T& at(const void* data, std::int64_t index) {
  return static_cast<const T*>(data)[index];
}

template <typename T>
T& at(void* data, std::int64_t index) {
  return static_cast<T*>(data)[index];
}

double scale_of(const TensorType& type) {
  return type.quantization.scales.size() == 1 ? static_cast<double>(type.quantization.scales[0]) : 1.0;
}

// `value` is whole or NaN.
template <typename T>
T saturate(double value) {
  constexpr auto kLow = std::numeric_limits<T>::min();
  constexpr auto kHigh = std::numeric_limits<T>::max();
  if (std::isnan(value)) return 0;
  // The highest i64 is no double; what reaches 2^63 would overflow in the conversion below.
  if (value >= static_cast<double>(kHigh)) return kHigh;
  return value <= static_cast<double>(kLow) ? kLow : static_cast<T>(value);
}

}  // namespace

double round_half_even(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  const bool is_odd = std::fmod(below, 2.0) != 0;
  return rest > 0.5 || (rest == 0.5 && is_odd) ? below + 1 : below;
}

ElementReader::ElementReader(const TensorType& type, const void* data)
    : data_(data), dtype_(type.dtype), scale_(scale_of(type)), zero_point_(type.quantization.zero_point) {}

double ElementReader::stored(std::int64_t index) const {
  switch (dtype_) {
    case DType::f32: return static_cast<double>(at<float>(data_, index));
    case DType::bf16: return static_cast<double>(bf16_to_f32(at<std::uint16_t>(data_, index)));
    case DType::f16: return static_cast<double>(f16_to_f32(at<std::uint16_t>(data_, index)));
    case DType::i8: return at<std::int8_t>(data_, index);
    case DType::u8: return at<std::uint8_t>(data_, index);
    case DType::i32: return at<std::int32_t>(data_, index);
    case DType::i64: return static_cast<double>(at<std::int64_t>(data_, index));
    case DType::boolean: return at<std::uint8_t>(data_, index) != 0 ? 1 : 0;
  }
  return 0;
}

std::int64_t integer_at(DType dtype, const void* data, std::int64_t index) {
  return dtype == DType::i32 ? at<std::int32_t>(data, index) : at<std::int64_t>(data, index);
}

void set_integer_at(DType dtype, void* data, std::int64_t index, std::int64_t value) {
  if (dtype == DType::i32) {
    at<std::int32_t>(data, index) = static_cast<std::int32_t>(value);
  } else {
    at<std::int64_t>(data, index) = value;
  }
}

ElementWriter::ElementWriter(const TensorType& type, void* data)
    : data_(data), dtype_(type.dtype), scale_(scale_of(type)), zero_point_(type.quantization.zero_point) {}

void ElementWriter::set_real(std::int64_t index, double value) const {
  const bool is_8bit = dtype_ == DType::i8 || dtype_ == DType::u8;
  set_cut(index, is_8bit && std::isfinite(value) ? round_half_even(value / scale_) + zero_point_ : value);
}

void ElementWriter::set_cut(std::int64_t index, double value) const {
  switch (dtype_) {
    case DType::f32: at<float>(data_, index) = static_cast<float>(value); return;
    case DType::bf16: at<std::uint16_t>(data_, index) = f32_to_bf16(static_cast<float>(value)); return;
    case DType::f16: at<std::uint16_t>(data_, index) = f32_to_f16(static_cast<float>(value)); return;
    case DType::i8: at<std::int8_t>(data_, index) = saturate<std::int8_t>(value); return;
    case DType::u8: at<std::uint8_t>(data_, index) = saturate<std::uint8_t>(value); return;
    case DType::i32: at<std::int32_t>(data_, index) = saturate<std::int32_t>(value); return;
    case DType::i64: at<std::int64_t>(data_, index) = saturate<std::int64_t>(value); return;
    case DType::boolean: at<std::uint8_t>(data_, index) = value != 0 ? 1 : 0; return;
  }
}

}  // namespace rheo::ref
