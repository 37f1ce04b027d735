// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/window.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"

namespace rheo::onnx {
namespace {

// With SAME the output has ceil(size / stride) elements; an odd pad goes behind (UPPER) or before (LOWER).
void pad_to_same(Window& window, std::size_t axis, std::int64_t size, bool upper) {
  const std::int64_t outputs = (size + window.strides[axis] - 1) / window.strides[axis];
  const std::int64_t reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * window.strides[axis] + reach - size);
  window.pads_begin[axis] = upper ? total / 2 : total - total / 2;
  window.pads_end[axis] = total - window.pads_begin[axis];
}

Result<std::vector<std::int64_t>> setting(Call& call, std::string_view name, const std::vector<std::int64_t>& fallback,
                                          std::int64_t low) {
  std::vector<std::int64_t> list = call.integers(name, fallback);
  const bool fits = list.size() == fallback.size() && std::all_of(list.begin(), list.end(), [&](std::int64_t entry) {
                      return entry >= low && entry < kLargestSetting;
                    });
  if (!fits) return call.refuse(fmt::format("has {} = [{}]", name, fmt::join(list, ", ")));
  return list;
}

}  // namespace

Result<Window> window_of(Call& call, const Shape& x, std::vector<std::int64_t> kernel) {
  const std::size_t spatial = x.rank() - 2;
  Window window;
  const bool has_weights = !kernel.empty();
  if (!has_weights) kernel.assign(spatial, 0);
  RHEO_ASSIGN_OR_RETURN(window.kernel, setting(call, "kernel_shape", kernel, 1));
  if (has_weights && window.kernel != kernel) {
    return call.refuse(fmt::format("has kernel_shape = [{}] and weights of [{}]", fmt::join(window.kernel, ", "),
                                   fmt::join(kernel, ", ")));
  }
  RHEO_ASSIGN_OR_RETURN(window.strides, setting(call, "strides", std::vector<std::int64_t>(spatial, 1), 1));
  RHEO_ASSIGN_OR_RETURN(window.dilations, setting(call, "dilations", std::vector<std::int64_t>(spatial, 1), 1));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> pads,
                        setting(call, "pads", std::vector<std::int64_t>(2 * spatial, 0), 0));
  window.pads_begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(spatial));
  window.pads_end.assign(pads.begin() + static_cast<std::ptrdiff_t>(spatial), pads.end());
  const std::string automatic = call.text("auto_pad", "NOTSET");
  for (std::size_t axis = 0; axis < spatial; ++axis) {
    if (automatic == "VALID") window.pads_begin[axis] = window.pads_end[axis] = 0;
    if (automatic == "NOTSET" || automatic == "VALID") continue;
    const bool upper = automatic == "SAME_UPPER";
    if ((!upper && automatic != "SAME_LOWER") || x[axis + 2] < 1) {
      return call.refuse(fmt::format("has auto_pad = '{}' over {}", automatic, x.to_string()));
    }
    pad_to_same(window, axis, x[axis + 2], upper);
  }
  if (spatial == 1) window.add_height();
  return window;
}

Attributes pool_settings(OpKind kind, const Window& window, Attributes others) {
  others.set("kernel", window.kernel);
  others.set("strides", window.strides);
  others.set("pads", window.pads());
  if (kind == OpKind::max_pool2d) others.set("dilations", window.dilations);
  return others;
}

}  // namespace rheo::onnx
