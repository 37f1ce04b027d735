// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernel.h"

#include "base/checked.h"

namespace rheo {
namespace {

constexpr std::size_t kChannelBlock = 16;

}  // namespace

std::string_view name_of(Layout layout) {
  constexpr std::string_view kNames[] = {"plain", "nhwc", "nchw16c"};
  return kNames[static_cast<std::size_t>(layout)];
}

std::size_t storage_bytes(const TensorType& type, Layout layout) {
  std::size_t bytes = size_bytes(type.dtype);
  for (std::size_t dim = 0; dim < type.shape.rank(); ++dim) {
    const auto size = static_cast<std::size_t>(type.shape[dim]);
    bytes = saturating_mul(bytes, layout == Layout::nchw16c && dim == 1 ? align_up(size, kChannelBlock) : size);
  }
  return bytes;
}

}  // namespace rheo
