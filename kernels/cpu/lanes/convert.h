// SPDX-License-Identifier: Apache-2.0
// Conversions between element types: quantize, dequantize, cast and the changes of layout are all made of these.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/transpose.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Rows of `bytes` each; distances in bytes.
void copy_rows(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride,
               std::int64_t rows, std::size_t bytes) {
  // The blocks of nchw16c in f32 and in bf16: a size that is known is one or two moves instead of a call.
  const auto copy = [&](auto known) __attribute__((always_inline)) {
    for (std::int64_t row = 0; row < rows; ++row) {
      std::memcpy(to + row * to_stride, from + row * from_stride, known());
    }
  };
  if (bytes == 64) return copy([] { return std::size_t{64}; });
  if (bytes == 32) return copy([] { return std::size_t{32}; });
  copy([bytes] { return bytes; });
}

void convert_rows(const void* in, DType in_dtype, std::int64_t in_stride, void* out, DType out_dtype,
                  std::int64_t out_stride, Rescale scale, std::int64_t rows, std::int64_t columns) {
  const std::byte* from = static_cast<const std::byte*>(in);
  std::byte* to = static_cast<std::byte*>(out);
  const std::int64_t from_bytes = static_cast<std::int64_t>(element_bytes(in_dtype));
  const std::int64_t to_bytes = static_cast<std::int64_t>(element_bytes(out_dtype));
  if (in_dtype == out_dtype && scale.changes_nothing()) {
    copy_rows(from, in_stride * from_bytes, to, out_stride * to_bytes, rows,
              static_cast<std::size_t>(columns * from_bytes));
    return;
  }
  const F32x16 zero = splat(static_cast<float>(scale.from_zero));
  const auto rescaled = [&](const F32x16& v) __attribute__((always_inline)) { return (v - zero) * scale.factor; };
  const auto loop = [&](auto from_type, auto to_type) __attribute__((always_inline)) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::byte* source = from + row * in_stride * from_bytes;
      std::byte* target = to + row * out_stride * to_bytes;
      std::int64_t i = 0;
      for (; i + kLanes <= columns; i += kLanes) {
        store_from_f32(target + i * to_bytes, rescaled(load_as_f32(source + i * from_bytes, from_type())), to_type(),
                       scale.to_zero);
      }
      if (i < columns) {
        const int left = static_cast<int>(columns - i);
        store_part(target + i * to_bytes, rescaled(load_part(source + i * from_bytes, from_type(), left)), to_type(),
                   left, scale.to_zero);
      }
    }
  };
  const auto with_source = [&](auto from_type) __attribute__((always_inline)) {
    switch (out_dtype) {
      case DType::bf16: return loop(from_type, [] { return DType::bf16; });
      case DType::u8: return loop(from_type, [] { return DType::u8; });
      case DType::i8: return loop(from_type, [] { return DType::i8; });
      default: return loop(from_type, [] { return DType::f32; });
    }
  };
  switch (in_dtype) {
    case DType::bf16: return with_source([] { return DType::bf16; });
    case DType::u8: return with_source([] { return DType::u8; });
    case DType::i8: return with_source([] { return DType::i8; });
    default: return with_source([] { return DType::f32; });
  }
}

void convert(const void* in, DType in_dtype, void* out, DType out_dtype, Rescale scale, std::int64_t count) {
  convert_rows(in, in_dtype, 0, out, out_dtype, 0, scale, 1, count);
}

// The three planes of a picture move in triples, f32 that stays f32 bit by bit in whole squares; all else one element
// at a time, but through a square that stays in the first cache.
void convert_transposed(const void* in, DType in_dtype, std::int64_t in_stride, void* out, DType out_dtype,
                        std::int64_t out_stride, Rescale scale, std::int64_t rows, std::int64_t columns) {
  const std::byte* from = static_cast<const std::byte*>(in);
  std::byte* to = static_cast<std::byte*>(out);
  const std::int64_t from_bytes = static_cast<std::int64_t>(element_bytes(in_dtype));
  const std::int64_t to_bytes = static_cast<std::int64_t>(element_bytes(out_dtype));
  const F32x16 zero = splat(static_cast<float>(scale.from_zero));
  constexpr std::int64_t kTile = kLanes;
  alignas(64) std::byte converted[kTile * kTile * 4];
  const bool is_move = in_dtype == DType::f32 && out_dtype == DType::f32 && scale.changes_nothing();
  for (std::int64_t row = 0; row < rows; row += kTile) {
    const int row_count = static_cast<int>(rows - row < kTile ? rows - row : kTile);
    for (std::int64_t column = 0; column < columns; column += kTile) {
      const int column_count = static_cast<int>(columns - column < kTile ? columns - column : kTile);
      const auto* corner = static_cast<const float*>(in) + row * in_stride + column;
      float* place = static_cast<float*>(out) + column * out_stride + row;
      if (is_move && column_count == kTile && row_count == kTile) {
        transpose_square(corner, in_stride, place, out_stride);
        continue;
      }
      std::byte* target = to + (column * out_stride + row) * to_bytes;
      if (column_count == kTile && rows == 3 && out_stride == 3) {
        float three[3 * kTile];
        float mixed[3 * kTile];
        for (int r = 0; r < 3; ++r) {
          const F32x16 v = load_as_f32(from + (r * in_stride + column) * from_bytes, in_dtype);
          store(three + r * kTile, is_move ? v : (v - zero) * scale.factor);
        }
        interleave_three(three, kTile, mixed);
        for (int i = 0; i < 3; ++i) {
          store_from_f32(target + i * kTile * to_bytes, load<F32x16>(mixed + i * kTile), out_dtype, scale.to_zero);
        }
        continue;
      }
      for (int r = 0; r < row_count; ++r) {
        const std::byte* line = from + ((row + r) * in_stride + column) * from_bytes;
        const F32x16 v = load_part(line, in_dtype, column_count);
        store_from_f32(converted + r * kTile * to_bytes, is_move ? v : (v - zero) * scale.factor, out_dtype,
                       scale.to_zero);
      }
      // The longer side innermost.
      if (row_count < column_count) {
        for (int r = 0; r < row_count; ++r) {
          scatter(converted + r * kTile * to_bytes, 1, target + r * to_bytes, out_stride, to_bytes, column_count);
        }
      } else {
        for (int c = 0; c < column_count; ++c) {
          scatter(converted + c * to_bytes, kTile, target + c * out_stride * to_bytes, 1, to_bytes, row_count);
        }
      }
    }
  }
}

// Whatever lies before the end of `out` was read before it is written, also where `in` is its second half.
void widen(const void* in, DType dtype, int zero_point, std::int16_t* out, std::int64_t count) {
  const std::byte* bytes = static_cast<const std::byte*>(in);
  const auto loop = [&](auto vector, auto one) __attribute__((always_inline)) {
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      const I32x16 wide = widen(load<decltype(vector)>(bytes + i)) - zero_point;
      store(out + i, low_halves(bits_as<U32x16>(wide)));
    }
    for (; i < count; ++i) {
      std::memcpy(&one, bytes + i, 1);
      out[i] = static_cast<std::int16_t>(one - zero_point);
    }
  };
  if (dtype == DType::i8) return loop(I8x16{}, std::int8_t{});
  loop(U8x16{}, std::uint8_t{});
}

void add_128(void* values, std::int64_t count) {
  std::uint8_t* bytes = static_cast<std::uint8_t*>(values);
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(bytes + i, load<U8x16>(bytes + i) + std::uint8_t{128});
  for (; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(bytes[i] + 128);
}

}  // namespace
}  // namespace rheo
