// SPDX-License-Identifier: Apache-2.0
// Settings of softmax and log_softmax.
#pragma once

#include <cstddef>

#include "op/attributes.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct SoftmaxSettings {
  std::size_t axis = 0;  // from 0
  static SoftmaxSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo
