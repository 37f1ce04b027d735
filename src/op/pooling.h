// SPDX-License-Identifier: Apache-2.0
// Settings of the pools.
#pragma once

#include <array>

#include "op/window.h"

namespace rheo {

// True for those that average a window or the whole picture.
bool is_average(OpKind kind);

// Value types; read from attributes that passed infer_types. The strides default to the kernel.
struct MaxPool2dSettings {
  Window2d window;
  static MaxPool2dSettings from(const Attributes& attributes);
};

struct AvgPool2dSettings {
  Window2d window;
  // true: divide by the elements of the window that lie in the padded input; false: by those in the input itself.
  bool count_include_pad = true;
  static AvgPool2dSettings from(const Attributes& attributes);
};

// Output element i averages the input elements [floor(i * in / out), ceil((i + 1) * in / out)).
struct AdaptiveAvgPool2dSettings {
  std::array<std::int64_t, 2> output_size{1, 1};  // height, width
  static AdaptiveAvgPool2dSettings from(const Attributes& attributes);
};

}  // namespace rheo
