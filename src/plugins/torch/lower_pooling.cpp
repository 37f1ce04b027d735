// SPDX-License-Identifier: Apache-2.0
// Windows over pictures, and means. An empty stride means the size of the window.
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

Settings window_settings(const Call& call) {
  const auto kernel = call.pair(1);
  const bool has_stride = !call.is_none(2) && !call.integers(2).empty();
  const auto padding = call.pair(3);
  Settings settings;
  settings.integers("kernel", kernel)
      .integers("strides", has_stride ? call.pair(2) : kernel)
      .integers("pads", {padding[0], padding[1], padding[0], padding[1]});
  return settings;
}

}  // namespace

// x, kernel, stride, padding, dilation, ceil_mode
void lower_max_pool2d(Call& call) {
  Settings settings = window_settings(call);
  settings.integers("dilations", call.pair(4)).integer("ceil_mode", call.truth(5) ? 1 : 0);
  call.answer(call.emit("max_pool2d", {call.value(0)}, settings));
}

// x, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override?
void lower_avg_pool2d(Call& call) {
  if (!call.is_none(6)) call.refuse("with a divisor of its own");
  Settings settings = window_settings(call);
  settings.integer("ceil_mode", call.truth(4) ? 1 : 0).integer("count_include_pad", call.truth(5) ? 1 : 0);
  call.answer(call.emit("avg_pool2d", {call.value(0)}, settings));
}

void lower_adaptive_avg_pool2d(Call& call) {
  const auto size = call.pair(1);
  if (size[0] == 1 && size[1] == 1) {
    call.answer(call.emit("global_avg_pool", {call.value(0)}));
  } else {
    call.answer(call.emit("adaptive_avg_pool2d", {call.value(0)}, Settings().integers("output_size", size)));
  }
}

// x, axes, keep_dims, dtype?
void lower_mean(Call& call) {
  if (call.arguments() < 4 || call.is_none(1)) call.refuse("over the whole batch");
  if (!call.is_none(3)) call.refuse("that changes the element type");
  const std::uint32_t rank = call.type(0).rank;
  std::vector<std::int64_t> axes = call.integers(1);
  for (std::int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  call.answer(call.emit("mean", {call.value(0)},
                        Settings().integers("axes", axes).integer("keep_dims", call.truth(2) ? 1 : 0)));
}

}  // namespace rheo::torch_import
