// SPDX-License-Identifier: Apache-2.0
// Settings of the ops that make one result of many elements: reduce_sum and its kin, argmax and argmin.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// Value types; read from attributes that passed infer_types.
struct ReduceSettings {
  std::array<bool, Shape::kMaxRank> is_reduced{};  // per dimension of x
  bool keep_dims = false;                          // true: reduced dimensions stay, with size 1
  static ReduceSettings from(const Attributes& attributes, std::size_t rank);
};

struct ArgExtremeSettings {
  std::size_t axis = 0;
  bool keep_dims = false;
  bool select_last = false;  // of equal elements the last one, else the first
  static ArgExtremeSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo
