// SPDX-License-Identifier: Apache-2.0
// Settings of the ops that repeat, surround, mask or reorder elements. expand and tile need none: x and the result say
// it all.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// Value types; read from attributes that passed infer_types.
enum class PadMode : std::uint8_t { constant, reflect, edge, wrap };

struct PadSettings {
  std::array<std::int64_t, Shape::kMaxRank> begin{}, end{};  // per dimension; negative ones crop
  PadMode mode = PadMode::constant;
  double value = 0;  // of the padding, in real units
  static PadSettings from(const Attributes& attributes, std::size_t rank);
};

// The index of dimension `dim`, which has `size` elements, that `index` of the padded dimension shows; -1: the
// padding's value. Cropping comes before padding.
std::int64_t padded_index(const PadSettings& settings, std::size_t dim, std::int64_t size, std::int64_t index);

// A picture's channels are [rows of a block, columns of a block, rest] in mode dcr, [rest, rows, columns] in crd.
struct BlockSettings {
  std::int64_t block = 1;
  bool is_crd = false;
  static BlockSettings from(const Attributes& attributes);
};

// Row r of a matrix keeps its columns from r + diagonal on (upper), or up to there (lower); the others become zero.
struct TriluSettings {
  bool is_upper = true;
  std::int64_t diagonal = 0;
  static TriluSettings from(const Attributes& attributes);
};

}  // namespace rheo
