// SPDX-License-Identifier: Apache-2.0
// Settings of attention.
#pragma once

#include <cstddef>
#include <cstdint>

#include "op/attributes.h"

namespace rheo {

// Input positions of attention.
inline constexpr std::size_t kMaskInput = 3;

// A value type; read from attributes that passed infer_types.
struct AttentionSettings {
  double scale = 1;        // of the products of queries and keys
  bool is_causal = false;  // query i sees keys 0..i only
  // `depth`: the length of a query.
  static AttentionSettings from(const Attributes& attributes, std::int64_t depth);
};

}  // namespace rheo
