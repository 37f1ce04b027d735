// SPDX-License-Identifier: Apache-2.0
// One block of keys of an attention, for some rows of scores. Plain data.
#pragma once

#include <cstdint>

namespace rheo {

// Adds the mask to the scores, then goes on with a softmax whose largest score and total so far are known: scores
// become weights relative to the new largest score, and what was summed before is scaled down to it.
struct AttendCall {
  float* scores = nullptr;  // [rows][stride]; columns from `columns` on become 0
  std::int64_t rows = 0, columns = 0;
  std::int64_t stride = 0;       // a multiple of 16
  const void* mask = nullptr;    // of the first row and column; null: none
  bool mask_is_bool = false;     // else f32
  std::int64_t mask_row = 0;     // elements from row to row
  std::int64_t mask_column = 0;  // from column to column, 0 or 1
  bool is_causal = false;        // row i sees columns 0 .. diagonal + i
  std::int64_t diagonal = 0;
  float* largest = nullptr;      // [rows]
  float* total = nullptr;        // [rows]
  float* sums = nullptr;         // [rows][sums_stride], what was summed so far; null in the first block
  std::int64_t sums_stride = 0;  // a multiple of 16
};

// The same with weights of bf16 in a place of their own, [rows][stride]; the scores are left masked. Needs
// Isa::avx512_vnni_bf16.
void attend_bf16(const AttendCall& call, void* weights);

}  // namespace rheo
