// SPDX-License-Identifier: Apache-2.0
// Scripted models say conv2d, traced ones _convolution, which is also every other kind of convolution, or
// _convolution_mode when the padding has a name.
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

// Top, left, bottom, right. "same" puts the odd one at the end, as LibTorch does.
std::vector<std::int64_t> pads_of(const Call& call, std::size_t index, const RheoType& weight,
                                  const std::vector<std::int64_t>& dilations) {
  if (!call.is_text(index)) {
    const auto padding = call.pair(index);
    return {padding[0], padding[1], padding[0], padding[1]};
  }
  if (call.text(index) == "valid") return {0, 0, 0, 0};
  const std::int64_t height = dilations[0] * (weight.dims[2] - 1);
  const std::int64_t width = dilations[1] * (weight.dims[3] - 1);
  return {height / 2, width / 2, height - height / 2, width - width / 2};
}

void lower(Call& call, std::size_t groups) {
  if (!call.is_tensor(1) || call.is_value(1)) call.refuse("whose weights are computed from the input");
  const RheoType weight = call.type(1);
  if (weight.rank != 4) call.refuse("for other data than pictures");
  const auto dilations = call.pair(5);
  Settings settings;
  settings.integers("strides", call.pair(3))
      .integers("pads", pads_of(call, 4, weight, dilations))
      .integers("dilations", dilations)
      .integer("groups", call.integer(groups));
  std::vector<ValueId> inputs = {call.value(0), call.value(1)};
  if (!call.is_none(2)) inputs.push_back(call.value(2));
  call.answer(call.emit("conv2d", inputs, settings, call.layer_name(1)));
}

}  // namespace

// x, weight, bias?, stride, padding, dilation, groups
void lower_conv2d(Call& call) { lower(call, 6); }

// x, weight, bias?, stride, padding, dilation, transposed, output_padding, groups, ...
void lower_convolution(Call& call) {
  if (call.truth(6)) call.refuse("that is transposed");
  lower(call, 8);
}

}  // namespace rheo::torch_import
