// SPDX-License-Identifier: Apache-2.0
// SplitMix64: small, seeded, the same on every machine. For splits and shuffles, not for secrets.
// Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
#pragma once

#include <cstdint>

namespace rheo {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // Uniform in [0, 1), 53 random bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace rheo
