// SPDX-License-Identifier: Apache-2.0
// Long messages are folded by carry-less multiplication (Gopal and others, "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ", Intel 2009): a block of 16 bytes, multiplied by a power of x modulo the polynomial, may
// stand so many bytes further back in the message. What is left, 16 bytes and a tail, goes through zlib's tables.
#include "load/pt2/checksum.h"

#include "load/pt2/inflate.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#endif

namespace rheo::pt2 {
namespace {

#if defined(__x86_64__)
constexpr std::size_t kBlock = 16;  // bytes
constexpr std::size_t kBlocks = 4;  // folded at once, so that multiplications overlap

[[gnu::target("pclmul")]] __m128i folded(__m128i block, __m128i powers) {
  return _mm_xor_si128(_mm_clmulepi64_si128(block, powers, 0x00), _mm_clmulepi64_si128(block, powers, 0x11));
}

// Of 64 bytes or more.
[[gnu::target("pclmul")]] std::uint32_t folded_checksum(std::span<const std::byte> bytes) {
  const auto block_at = [&](std::size_t at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
  };
  const __m128i four_back = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);  // x^(512-32), x^(512+32)
  const __m128i one_back = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);   // x^(128-32), x^(128+32)
  __m128i blocks[kBlocks];
  for (std::size_t i = 0; i < kBlocks; ++i) blocks[i] = block_at(i * kBlock);
  blocks[0] = _mm_xor_si128(blocks[0], _mm_cvtsi32_si128(-1));  // a CRC starts from all ones
  std::size_t at = kBlocks * kBlock;
  for (; bytes.size() - at >= kBlocks * kBlock; at += kBlocks * kBlock) {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      blocks[i] = _mm_xor_si128(folded(blocks[i], four_back), block_at(at + i * kBlock));
    }
  }
  __m128i last = blocks[0];
  for (std::size_t i = 1; i < kBlocks; ++i) last = _mm_xor_si128(folded(last, one_back), blocks[i]);
  for (; bytes.size() - at >= kBlock; at += kBlock) last = _mm_xor_si128(folded(last, one_back), block_at(at));
  std::array<std::byte, kBlock> rest{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rest.data()), last);
  constexpr std::uint32_t kFromZero = 0xffffffff;  // crc32 inverts what it starts from, and the ones are in already
  return crc32(bytes.subspan(at), crc32(rest, kFromZero));
}

bool can_fold() { return __builtin_cpu_supports("pclmul"); }
#endif

}  // namespace

std::uint32_t checksum(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  if (bytes.size() >= kBlocks * kBlock && can_fold()) return folded_checksum(bytes);
#endif
  return crc32(bytes);
}

}  // namespace rheo::pt2
