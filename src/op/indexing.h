// SPDX-License-Identifier: Apache-2.0
// Settings of ops that take the places of elements from a tensor of indices: gather, scatter and one_hot.
#pragma once

#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// gather, gather_elements. A value type, as all here; read from attributes that passed infer_types.
struct GatherSettings {
  std::size_t axis = 0;
  static GatherSettings from(const Attributes& attributes, std::size_t rank);
};

// x: [batch dimensions..., indexed dimensions..., dimensions of a slice...]; indices: [batch dimensions..., rows...,
// one number per indexed dimension].
struct GatherNdSettings {
  std::size_t batch_dims = 0;
  static GatherNdSettings from(const Attributes& attributes);
};

// What happens to an element that an update meets.
enum class ScatterReduction : std::uint8_t { none, add, mul, min, max };

struct ScatterSettings {
  std::size_t axis = 0;  // of scatter_elements
  ScatterReduction reduction = ScatterReduction::none;
  static ScatterSettings from(const Attributes& attributes, std::size_t rank);
};

struct OneHotSettings {
  std::size_t axis = 0;  // of the result
  std::int64_t depth = 1;
  // `rank`: of the indices.
  static OneHotSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo
