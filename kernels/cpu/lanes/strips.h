// SPDX-License-Identifier: Apache-2.0
// How the element-wise loops go through memory: whole vectors where they lie, and the rest as one more vector in a
// small buffer, so that every function is compiled once. bf16 passes through f32 in pieces that stay in the first
// cache. Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <algorithm>

#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

using I64x8 = Lanes<std::int64_t, 8>;
using U64x8 = Lanes<std::uint64_t, 8>;
using U8x8 = Lanes<std::uint8_t, 8>;

template <typename V>
inline constexpr std::int64_t kElementBytes = static_cast<std::int64_t>(sizeof(V{}[0]));
template <typename V>
inline constexpr std::int64_t kCountOf = static_cast<std::int64_t>(sizeof(V)) / kElementBytes<V>;

// One operand of a loop of vectors: where it lies, and a buffer for what is repeated or left over.
template <typename V>
class Source {
 public:
  Source(const void* data, std::int64_t step, std::int64_t count)
      : data_(static_cast<const std::byte*>(data)), advance_(step * static_cast<std::int64_t>(sizeof(V))) {
    const std::int64_t whole = count / kCountOf<V> * static_cast<std::int64_t>(sizeof(V));
    const std::int64_t rest = count % kCountOf<V> * kElementBytes<V>;
    if (step == 0) {
      for (std::int64_t i = 0; i < kCountOf<V>; ++i)
        std::memcpy(buffer_ + i * kElementBytes<V>, data, kElementBytes<V>);
      data_ = buffer_;
    } else if (rest != 0) {
      std::memcpy(buffer_, data_ + whole, static_cast<std::size_t>(rest));
    }
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  const std::byte* data() const { return data_; }
  const std::byte* rest() const { return buffer_; }
  std::int64_t advance() const { return advance_; }  // bytes from one vector to the next

 private:
  alignas(64) std::byte buffer_[sizeof(V)] = {};
  const std::byte* data_;
  std::int64_t advance_;
};

// out = f(a, b) for vectors In -> Out of equally many elements.
template <typename In, typename Out, typename F>
RHEO_INLINE void each_pair(const PairCall& call, const F& f) {
  static_assert(kCountOf<In> == kCountOf<Out>);
  const Source<In> a(call.a, call.a_step, call.count);
  const Source<In> b(call.b, call.b_step, call.count);
  alignas(64) std::byte last[sizeof(Out)];
  const std::int64_t whole = call.count / kCountOf<In>;
  const std::int64_t rest = call.count % kCountOf<In>;
  std::byte* out = static_cast<std::byte*>(call.out);
  const struct {
    const std::byte* a;
    const std::byte* b;
    std::byte* out;
    std::int64_t vectors;
  } strips[] = {{a.data(), b.data(), out, whole}, {a.rest(), b.rest(), last, rest == 0 ? 0 : 1}};
  for (const auto& strip : strips) {
    for (std::int64_t i = 0; i < strip.vectors; ++i) {
      store(strip.out + i * static_cast<std::int64_t>(sizeof(Out)),
            f(load<In>(strip.a + i * a.advance()), load<In>(strip.b + i * b.advance())));
    }
  }
  if (rest != 0) {
    std::memcpy(out + whole * static_cast<std::int64_t>(sizeof(Out)), last,
                static_cast<std::size_t>(rest * kElementBytes<Out>));
  }
}

// out = f(in), both f32.
template <typename F>
RHEO_INLINE void each_float(const void* in, void* out, std::int64_t count, const F& f) {
  const PairCall call{.a = in, .b = in, .b_step = 0, .out = out, .count = count};
  if (count > 0)
    each_pair<F32x16, F32x16>(
        call, [&](const F32x16& x, const F32x16&) __attribute__((always_inline)) { return f(x); });
}

void widen_bf16(const void* in, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(std::min<std::int64_t>(count - i, kLanes));
    store(out + i, load_part(static_cast<const std::byte*>(in) + 2 * i, DType::bf16, lanes));
  }
}

void narrow_to_bf16(const float* in, void* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(std::min<std::int64_t>(count - i, kLanes));
    store_part(static_cast<std::byte*>(out) + 2 * i, load<F32x16>(in + i), DType::bf16, lanes);
  }
}

inline constexpr std::int64_t kPieceElements = 512;

// Calls f(piece) for pieces of a call on bf16, with operands and, where `result_is_bf16`, the result in f32.
template <bool result_is_bf16, typename F>
RHEO_INLINE void in_f32_pieces(const PairCall& call, const F& f) {
  alignas(64) float a[kPieceElements];
  alignas(64) float b[kPieceElements];
  alignas(64) float y[kPieceElements];
  const std::byte* left = static_cast<const std::byte*>(call.a);
  const std::byte* right = static_cast<const std::byte*>(call.b);
  std::byte* out = static_cast<std::byte*>(call.out);
  for (std::int64_t first = 0; first < call.count; first += kPieceElements) {
    PairCall piece = call;
    piece.dtype = DType::f32;
    piece.count = std::min(kPieceElements, call.count - first);
    piece.a = a;
    piece.b = b;
    widen_bf16(left + 2 * first * call.a_step, a, call.a_step == 0 ? 1 : piece.count);
    widen_bf16(right + 2 * first * call.b_step, b, call.b_step == 0 ? 1 : piece.count);
    piece.out = result_is_bf16 ? static_cast<void*>(y) : out + first;
    f(static_cast<const PairCall&>(piece));
    if (result_is_bf16) narrow_to_bf16(y, out + 2 * first, piece.count);
  }
}

}  // namespace
}  // namespace rheo
