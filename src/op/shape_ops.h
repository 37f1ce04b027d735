// SPDX-License-Identifier: Apache-2.0
// Settings of the ops that only move elements. reshape and flatten need none: the output shape says it all.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// Value types; read from attributes that passed infer_types.
struct ConcatSettings {
  std::size_t axis = 0;
  static ConcatSettings from(const Attributes& attributes, std::size_t rank);
};

// Output index i along `axis` is input index start + i * step.
struct SliceSettings {
  std::size_t axis = 0;
  std::int64_t start = 0;  // in [0, size]; inside the axis when there is anything to take
  std::int64_t step = 1;   // not 0; 1 when there is at most one index to take
  std::int64_t count = 0;  // output size along the axis
  // `x` has a known size along the axis.
  static SliceSettings from(const Attributes& attributes, const Shape& x);
};

// Output dimension i is input dimension permutation[i]; as many entries as the rank.
struct TransposeSettings {
  std::array<std::size_t, Shape::kMaxRank> permutation{};
  static TransposeSettings from(const Attributes& attributes);
};

}  // namespace rheo
