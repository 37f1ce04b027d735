// SPDX-License-Identifier: Apache-2.0
// The steps of an attention before and behind its products, for instruction sets that have those of 8-bit or bf16: how
// 8-bit keys and values are packed for the tiles of dot_vnni() and dot_bf16(), and what becomes of the sums. Plain
// data.
#pragma once

#include <cstdint>

#include <rheo/tensor.h>

namespace rheo {

// Up to 16 keys, as columns of a product with queries of u8.
struct KeyColumns {
  const void* keys = nullptr;  // [count][depth], `stride` elements apart
  DType dtype = DType::u8;     // u8 or i8
  std::int64_t stride = 0;
  int count = 0;  // 1..16
  std::int64_t depth = 0;
  std::int32_t query_zero_point = 0;
};

// to: [step of 4 elements][16 keys][4] as i8, steps `step_bytes` apart; what is missing is 0. A u8 key becomes key -
// 128, which adds the same to all scores of a query. start [16]: what takes the zero point of the queries out of each
// sum. Needs Isa::avx512_vnni.
void pack_keys_vnni(const KeyColumns& columns, void* to, std::int64_t step_bytes, std::int32_t* start);

// pairs: [count, whole vectors][2] of bf16, the elements of two rows of 8-bit values less their zero point, which is
// exact; of no second row 0. Needs Isa::avx512_vnni_bf16.
void pack_value_pairs_bf16(const void* first, const void* second, DType dtype, int zero_point, void* pairs,
                           std::int64_t count);

// What follows the last block of keys: out = convert(sums * factor / total) + zero_point, row by row; of a row without
// weights 0.
struct AttendEnd {
  const float* sums = nullptr;   // [rows][stride]
  const float* total = nullptr;  // [rows]
  std::int64_t rows = 0, columns = 0, stride = 0;
  float factor = 1;
  void* out = nullptr;  // [rows][columns] of f32, bf16, u8 or i8, rows `out_stride` elements apart
  std::int64_t out_stride = 0;
  DType dtype = DType::f32;
  int zero_point = 0;
};

// Needs Isa::avx512_vnni_bf16.
void end_attend_bf16(const AttendEnd& end);

}  // namespace rheo
