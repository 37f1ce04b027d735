// SPDX-License-Identifier: Apache-2.0
// Settings of conv2d.
#pragma once

#include "op/epilogue.h"
#include "op/window.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct Conv2dSettings {
  Window2d window;
  std::int64_t groups = 1;
  Epilogue epilogue;

  // `weights`: [out, in / groups, kernel_h, kernel_w].
  static Conv2dSettings from(const Attributes& attributes, const Shape& weights);
};

}  // namespace rheo
