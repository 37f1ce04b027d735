// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose of one and two dimensions; one dimension is a picture of height 1.
#include <algorithm>
#include <array>

#include "base/checked.h"
#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/window.h"

namespace rheo::onnx {

Status lower_conv(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  const Shape weights = call.shape(1);
  if (call.rank(0) < 3 || call.rank(0) > 4 || weights.rank() != call.rank(0)) {
    return call.refuse("convolves over more or less than one or two dimensions");
  }
  RHEO_ASSIGN_OR_RETURN(const Window window,
                        window_of(call, call.shape(0), {weights.dims().begin() + 2, weights.dims().end()}));
  RHEO_ASSIGN_OR_RETURN(Value x, as_picture(call, call.input(0)));
  RHEO_ASSIGN_OR_RETURN(Value w, as_picture(call, call.input(1)));
  Attributes attributes = {{"strides", window.strides},
                           {"pads", window.pads()},
                           {"dilations", window.dilations},
                           {"groups", call.integer("group", 1)}};
  RHEO_ASSIGN_OR_RETURN(Value y,
                        call.emit(OpKind::conv2d, {&x, &w, call.has(2) ? &call.input(2) : nullptr}, attributes));
  RHEO_ASSIGN_OR_RETURN(y, from_picture(call, y, call.rank(0)));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx
