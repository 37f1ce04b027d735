// SPDX-License-Identifier: Apache-2.0
// Settings of conv_transpose2d.
#pragma once

#include <array>

#include "op/epilogue.h"
#include "op/window.h"

namespace rheo {

// A value type; read from attributes that passed infer_types. The window slides over the result: input element i
// is added into result elements i * stride - pad + k * dilation, k in [0, kernel).
struct ConvTranspose2dSettings {
  Window2d window;
  std::array<std::int64_t, 2> output_padding{0, 0};  // height, width
  std::int64_t groups = 1;
  Epilogue epilogue;

  // `weights`: [in, out / groups, kernel_h, kernel_w].
  static ConvTranspose2dSettings from(const Attributes& attributes, const Shape& weights);
};

}  // namespace rheo
