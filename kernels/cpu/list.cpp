// SPDX-License-Identifier: Apache-2.0
// The kernels of this backend, best first. The order is what measurement on small and middle-sized networks showed;
// `adapt` may choose otherwise per node.
#include <array>

#include "kernels/cpu/entries.h"
#include "kernels/kernel.h"

namespace rheo {

std::span<const KernelEntry> cpu_kernels() {
  static constexpr std::array kEntries = {
      KernelEntry{OpKind::conv2d, "own.conv2d", &make_own_conv2d},
      KernelEntry{OpKind::linear, "own.linear", &make_own_linear},
  };
  return kEntries;
}

}  // namespace rheo
