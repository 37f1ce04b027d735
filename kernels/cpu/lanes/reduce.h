// SPDX-License-Identifier: Apache-2.0
// Loops that make many elements one: sums and their kin over the rows or the columns of a matrix, and the places of
// extremes. Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <limits>

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/join_lanes.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Rows that are joined with each other before they meet the total: it is loaded and stored once for all of them, and
// sums of many rows round less often.
inline constexpr int kRowsAtOnce = 8;

// What leaves every total alone; for sum_exp before the exponential.
template <Reduction how>
RHEO_INLINE float neutral() {
  if (how == Reduction::product) return 1;
  if (how == Reduction::max || how == Reduction::sum_exp) return -__builtin_inff();
  return how == Reduction::min ? __builtin_inff() : 0;
}

template <Reduction how>
RHEO_INLINE F32x16 join(const F32x16& total, const F32x16& x, const F32x16& shift) {
  if constexpr (how == Reduction::product) return total * x;
  if constexpr (how == Reduction::max) return select((x > total) | (x != x), x, total);
  if constexpr (how == Reduction::min) return select((x < total) | (x != x), x, total);
  if constexpr (how == Reduction::sum_abs) return total + bits_as<F32x16>(bits_as<U32x16>(x) & 0x7FFFFFFFU);
  if constexpr (how == Reduction::sum_squares) return total + x * x;
  if constexpr (how == Reduction::sum_exp) return total + exp(x - shift);
  return total + x;
}

// Of two totals, which sums add. V: a float or sixteen.
template <Reduction how, typename V>
RHEO_INLINE V join_totals(const V& a, const V& b) {
  if constexpr (how == Reduction::product) return a * b;
  if constexpr (how == Reduction::max) return select((b > a) | (b != b), b, a);
  if constexpr (how == Reduction::min) return select((b < a) | (b != b), b, a);
  return a + b;
}

// Every lane of a total that has seen nothing yet.
template <Reduction how>
RHEO_INLINE F32x16 fresh() {
  return splat(how == Reduction::sum_exp ? 0 : neutral<how>());
}

// The elements that a row has left, fewer than sixteen; the other lanes change no total.
template <Reduction how, DType dtype>
RHEO_INLINE F32x16 load_rest(const std::byte* from, int lanes) {
  return first_lanes(load_part(from, dtype, lanes), lanes, neutral<how>());
}

template <Reduction how, DType dtype>
float reduce_row(const std::byte* in, float shift, std::int64_t count) {
  constexpr auto kBytes = static_cast<std::int64_t>(element_bytes(dtype));
  const F32x16 shifts = splat(shift);
  F32x16 totals[4] = {fresh<how>(), fresh<how>(), fresh<how>(), fresh<how>()};
  std::int64_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (int part = 0; part < 4; ++part) {
      totals[part] = join<how>(totals[part], load_as_f32(in + (i + part * kLanes) * kBytes, dtype), shifts);
    }
  }
  for (; i + kLanes <= count; i += kLanes)
    totals[0] = join<how>(totals[0], load_as_f32(in + i * kBytes, dtype), shifts);
  if (i < count) {
    totals[1] = join<how>(totals[1], load_rest<how, dtype>(in + i * kBytes, static_cast<int>(count - i)), shifts);
  }
  const F32x16 total = join_totals<how>(join_totals<how>(totals[0], totals[1]), join_totals<how>(totals[2], totals[3]));
  return joined_lanes(
      total, [](const auto& a, const auto& b) __attribute__((always_inline)) { return join_totals<how>(a, b); });
}

// Sixteen rows side by side when they are short: lane r of step c is element c of row r.
template <Reduction how, DType dtype>
RHEO_INLINE F32x16 reduce_short_rows(const ReduceCall& call, const std::byte* in, const F32x16& shifts, int rows) {
  constexpr auto kBytes = static_cast<std::int64_t>(element_bytes(dtype));
  F32x16 totals = fresh<how>();
  for (std::int64_t column = 0; column < call.columns; ++column) {
    alignas(64) std::byte part[64] = {};
    for (int row = 0; row < rows; ++row) {
      std::memcpy(part + row * kBytes, in + (row * call.row_stride + column) * kBytes, kBytes);
    }
    totals = join<how>(totals, load_as_f32(part, dtype), shifts);
  }
  return totals;
}

template <Reduction how, DType dtype>
void reduce_rows_of(const ReduceCall& call) {
  constexpr auto kBytes = static_cast<std::int64_t>(element_bytes(dtype));
  const std::byte* in = static_cast<const std::byte*>(call.in);
  float* totals = static_cast<float*>(call.totals);
  const bool is_short = call.columns < kLanes;
  for (std::int64_t row = 0; row < call.rows; row += is_short ? kLanes : 1) {
    const std::byte* from = in + row * call.row_stride * kBytes;
    if (!is_short) {
      const float shift = how == Reduction::sum_exp ? call.shifts[row] : 0;
      totals[row] = join_totals<how>(totals[row], reduce_row<how, dtype>(from, shift, call.columns));
      continue;
    }
    const int rows = static_cast<int>(call.rows - row < kLanes ? call.rows - row : kLanes);
    const F32x16 shifts = how == Reduction::sum_exp ? load_part(call.shifts + row, DType::f32, rows) : F32x16{};
    const F32x16 joined = reduce_short_rows<how, dtype>(call, from, shifts, rows);
    for (int lane = 0; lane < rows; ++lane) totals[row + lane] = join_totals<how>(totals[row + lane], joined[lane]);
  }
}

template <Reduction how, DType dtype>
void reduce_columns_of(const ReduceCall& call) {
  constexpr auto kBytes = static_cast<std::int64_t>(element_bytes(dtype));
  float* totals = static_cast<float*>(call.totals);
  const std::int64_t row_bytes = call.row_stride * kBytes;
  for (std::int64_t row = 0; row < call.rows; row += kRowsAtOnce) {
    const int rows = static_cast<int>(call.rows - row < kRowsAtOnce ? call.rows - row : kRowsAtOnce);
    const std::byte* in = static_cast<const std::byte*>(call.in) + row * row_bytes;
    for (std::int64_t i = 0; i < call.columns; i += kLanes) {
      const int lanes = static_cast<int>(call.columns - i < kLanes ? call.columns - i : kLanes);
      const F32x16 shift = how == Reduction::sum_exp ? load_part(call.shifts + i, DType::f32, lanes) : F32x16{};
      F32x16 joined = fresh<how>();
      for (int r = 0; r < rows; ++r) {
        joined = join<how>(joined, load_part(in + r * row_bytes + i * kBytes, dtype, lanes), shift);
      }
      const F32x16 total = load_part(totals + i, DType::f32, lanes);
      store_part(totals + i, join_totals<how>(total, joined), DType::f32, lanes);
    }
  }
}

// Whole numbers. Sums and products are those of the unsigned type, which wraps around.
template <Reduction how, typename T, typename Unsigned>
RHEO_INLINE T join_whole(const T& total, const T& x) {
  if constexpr (how == Reduction::max) return select(x > total, x, total);
  if constexpr (how == Reduction::min) return select(x < total, x, total);
  if constexpr (how == Reduction::product) return bits_as<T>(bits_as<Unsigned>(total) * bits_as<Unsigned>(x));
  return bits_as<T>(bits_as<Unsigned>(total) + bits_as<Unsigned>(x));
}

template <typename T>
struct WholeLanes;
template <>
struct WholeLanes<std::int32_t> {
  using Signed = I32x16;
  using Unsigned = U32x16;
  using OneUnsigned = std::uint32_t;
};
template <>
struct WholeLanes<std::int64_t> {
  using Signed = Lanes<std::int64_t, 8>;
  using Unsigned = Lanes<std::uint64_t, 8>;
  using OneUnsigned = std::uint64_t;
};

template <Reduction how, typename T>
void reduce_whole_columns(const ReduceCall& call) {
  using Lanes = WholeLanes<T>;
  using Vector = typename Lanes::Signed;
  constexpr std::int64_t kCount = sizeof(Vector) / sizeof(T);
  T* totals = static_cast<T*>(call.totals);
  for (std::int64_t row = 0; row < call.rows; ++row) {
    const T* in = static_cast<const T*>(call.in) + row * call.row_stride;
    std::int64_t i = 0;
    for (; i + kCount <= call.columns; i += kCount) {
      const Vector total = load<Vector>(totals + i);
      store(totals + i, join_whole<how, Vector, typename Lanes::Unsigned>(total, load<Vector>(in + i)));
    }
    for (; i < call.columns; ++i) totals[i] = join_whole<how, T, typename Lanes::OneUnsigned>(totals[i], in[i]);
  }
}

template <Reduction how, typename T>
void reduce_whole_rows(const ReduceCall& call) {
  using Lanes = WholeLanes<T>;
  using Vector = typename Lanes::Signed;
  using One = typename Lanes::OneUnsigned;
  constexpr std::int64_t kCount = sizeof(Vector) / sizeof(T);
  T* totals = static_cast<T*>(call.totals);
  for (std::int64_t row = 0; row < call.rows; ++row) {
    const T* in = static_cast<const T*>(call.in) + row * call.row_stride;
    T total = totals[row];
    std::int64_t i = 0;
    if (call.columns >= kCount) {
      Vector lanes = load<Vector>(in);
      for (i = kCount; i + kCount <= call.columns; i += kCount) {
        lanes = join_whole<how, Vector, typename Lanes::Unsigned>(lanes, load<Vector>(in + i));
      }
      for (int lane = 0; lane < kLanesOf<Vector>; ++lane) total = join_whole<how, T, One>(total, lanes[lane]);
    }
    for (; i < call.columns; ++i) total = join_whole<how, T, One>(total, in[i]);
    totals[row] = total;
  }
}

struct Columns {
  template <Reduction how, DType dtype>
  static void floats(const ReduceCall& call) {
    reduce_columns_of<how, dtype>(call);
  }
  template <Reduction how, typename T>
  static void whole(const ReduceCall& call) {
    reduce_whole_columns<how, T>(call);
  }
};
struct Rows {
  template <Reduction how, DType dtype>
  static void floats(const ReduceCall& call) {
    reduce_rows_of<how, dtype>(call);
  }
  template <Reduction how, typename T>
  static void whole(const ReduceCall& call) {
    reduce_whole_rows<how, T>(call);
  }
};

template <typename Direction, Reduction how>
RHEO_INLINE void reduce_typed(const ReduceCall& call) {
  constexpr bool kOrders = how == Reduction::max || how == Reduction::min;
  constexpr bool kTakesWhole = kOrders || how == Reduction::sum || how == Reduction::product;
  if (call.dtype == DType::bf16) return Direction::template floats<how, DType::bf16>(call);
  if constexpr (kOrders) {
    if (call.dtype == DType::u8) return Direction::template floats<how, DType::u8>(call);
    if (call.dtype == DType::i8) return Direction::template floats<how, DType::i8>(call);
  }
  if constexpr (kTakesWhole) {
    if (call.dtype == DType::i32) return Direction::template whole<how, std::int32_t>(call);
    if (call.dtype == DType::i64) return Direction::template whole<how, std::int64_t>(call);
  }
  Direction::template floats<how, DType::f32>(call);
}

template <typename Direction>
RHEO_INLINE void reduce_all(const ReduceCall& call) {
  switch (call.how) {
    case Reduction::sum: return reduce_typed<Direction, Reduction::sum>(call);
    case Reduction::product: return reduce_typed<Direction, Reduction::product>(call);
    case Reduction::max: return reduce_typed<Direction, Reduction::max>(call);
    case Reduction::min: return reduce_typed<Direction, Reduction::min>(call);
    case Reduction::sum_abs: return reduce_typed<Direction, Reduction::sum_abs>(call);
    case Reduction::sum_squares: return reduce_typed<Direction, Reduction::sum_squares>(call);
    case Reduction::sum_exp: return reduce_typed<Direction, Reduction::sum_exp>(call);
  }
}

void reduce_columns(const ReduceCall& call) { reduce_all<Columns>(call); }
void reduce_rows(const ReduceCall& call) { reduce_all<Rows>(call); }

void arg_columns(const ArgColumnsCall& call) {
  const std::byte* in = static_cast<const std::byte*>(call.in);
  const auto bytes = static_cast<std::int64_t>(element_bytes(call.dtype));
  for (std::int64_t i = 0; i < call.columns; i += kLanes) {
    const int lanes = static_cast<int>(call.columns - i < kLanes ? call.columns - i : kLanes);
    F32x16 best = load_part(in + i * bytes, call.dtype, lanes);
    I32x16 found{};
    for (std::int64_t row = 1; row < call.rows; ++row) {
      const F32x16 x = load_part(in + (row * call.row_stride + i) * bytes, call.dtype, lanes);
      I32x16 wins = call.is_largest ? I32x16(x > best) : I32x16(x < best);
      wins |= (x != x) & (best == best);
      if (call.select_last) wins |= (x == best) | ((x != x) & (best != best));
      best = select(wins, x, best);
      found = select(wins, I32x16{} + static_cast<std::int32_t>(row), found);
    }
    for (int lane = 0; lane < lanes; ++lane) call.indices[i + lane] = found[lane];
  }
}

}  // namespace
}  // namespace rheo
