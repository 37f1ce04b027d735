// SPDX-License-Identifier: Apache-2.0
// Settings of mean.
#pragma once

#include <array>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct MeanSettings {
  std::array<bool, Shape::kMaxRank> is_averaged{};  // per dimension of x
  bool keep_dims = false;                           // true: averaged dimensions stay, with size 1
  static MeanSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo
