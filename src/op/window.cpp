// SPDX-License-Identifier: Apache-2.0
#include "op/window.h"

#include <algorithm>

#include <fmt/format.h>

#include "op/inference.h"

namespace rheo {
namespace {

// Far above any real network. Kernels prepare lists as long as a side has windows times what a window holds, so larger
// settings would keep a load busy for minutes.
constexpr std::int64_t kLargestSide = std::int64_t{1} << 40;
constexpr std::int64_t kLargestPlaces = std::int64_t{1} << 26;

template <std::size_t count>
std::array<std::int64_t, count> list_of(const Attributes& attributes, std::string_view name,
                                        std::array<std::int64_t, count> fallback) {
  const std::vector<std::int64_t> list = attributes.integers(name);
  std::copy_n(list.begin(), std::min(list.size(), count), fallback.begin());
  return fallback;
}

}  // namespace

Window2d window_from(const Attributes& attributes, std::array<std::int64_t, 2> kernel,
                     std::array<std::int64_t, 2> default_strides) {
  Window2d window;
  window.kernel = kernel;
  window.strides = list_of<2>(attributes, "strides", default_strides);
  window.dilations = list_of<2>(attributes, "dilations", {1, 1});
  const auto pads = list_of<4>(attributes, "pads", {0, 0, 0, 0});
  window.pads_begin = {pads[0], pads[1]};
  window.pads_end = {pads[2], pads[3]};
  window.ceil_mode = attributes.integer("ceil_mode") != 0;
  return window;
}

Status check_window(const OpContext& context, std::array<std::int64_t, 2> kernel) {
  for (std::int64_t size : kernel) {
    if (size < 1 || size > kLargestWindowSetting)
      return misfit(
          fmt::format("the kernel is {} x {}, outside [1, {}].", kernel[0], kernel[1], kLargestWindowSetting));
  }
  RHEO_RETURN_IF_ERROR(require_list(context, "strides", 2, 1, kLargestWindowSetting));
  RHEO_RETURN_IF_ERROR(require_list(context, "dilations", 2, 1, kLargestWindowSetting));
  return require_list(context, "pads", 4, 0, kLargestWindowSetting);
}

Result<std::int64_t> window_count(const Window2d& window, std::size_t dim, std::int64_t input_size) {
  if (input_size == kDynamic) return kDynamic;
  const std::int64_t padded = std::min(input_size, kLargestSide) + window.pads_begin[dim] + window.pads_end[dim];
  if (input_size < 1 || input_size > kLargestSide || padded < window.extent(dim))
    return misfit(fmt::format("a kernel that spans {} does not fit a {} of {} padded by {} and {}.", window.extent(dim),
                              dim == 0 ? "height" : "width", input_size, window.pads_begin[dim], window.pads_end[dim]));
  const std::int64_t room = padded - window.extent(dim);
  std::int64_t count = room / window.strides[dim] + 1;
  const bool rest = room % window.strides[dim] != 0;
  if (window.ceil_mode && rest && count * window.strides[dim] < input_size + window.pads_begin[dim]) ++count;
  if (count > kLargestPlaces / window.kernel[dim])
    return misfit(
        fmt::format("{} windows of {} along a {} of {} are more work than any network needs; the limit is {} "
                    "elements in all windows of a side.",
                    count, window.kernel[dim], dim == 0 ? "height" : "width", input_size, kLargestPlaces));
  return count;
}

}  // namespace rheo
