// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose of one, two and three dimensions; one dimension is a picture of height 1.
#include <algorithm>

#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/volume.h"
#include "load/onnx/window.h"

namespace rheo::onnx {

Status lower_conv(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  const Shape weights = call.shape(1);
  if (call.rank(0) < 3 || call.rank(0) > 5 || weights.rank() != call.rank(0)) {
    return call.refuse("convolves over more or less than one, two or three dimensions");
  }
  RHEO_ASSIGN_OR_RETURN(const Window window,
                        window_of(call, call.shape(0), {weights.dims().begin() + 2, weights.dims().end()}));
  ImportValue* const bias = call.has(2) ? &call.input(2) : nullptr;
  const std::int64_t groups = call.integer("group", 1);
  if (call.rank(0) == 5) {
    RHEO_ASSIGN_OR_RETURN(ImportValue y, convolved_volume(call, call.input(0), call.input(1), bias, window, groups));
    call.answer(std::move(y));
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_picture(call, call.input(0)));
  RHEO_ASSIGN_OR_RETURN(ImportValue w, as_picture(call, call.input(1)));
  Attributes attributes = {
      {"strides", window.strides}, {"pads", window.pads()}, {"dilations", window.dilations}, {"groups", groups}};
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::conv2d, {&x, &w, bias}, attributes));
  RHEO_ASSIGN_OR_RETURN(y, from_picture(call, y, call.rank(0)));
  call.answer(std::move(y));
  return {};
}

namespace {

// `output_shape` says how large the result is, and so how much is cut off around it; else `pads` and `output_padding`.
// Settings of one dimension get a height before them.
Result<std::vector<std::int64_t>> output_padding_of(Call& call, const Shape& x, Window& window) {
  const std::size_t spatial = x.rank() - 2;
  std::vector<std::int64_t> extra = call.integers("output_padding", std::vector<std::int64_t>(spatial, 0));
  std::vector<std::int64_t> wanted = call.integers("output_shape");
  if (wanted.size() == x.rank()) wanted.erase(wanted.begin(), wanted.begin() + 2);
  const std::string automatic = call.text("auto_pad", "NOTSET");
  if (extra.size() != spatial || (!wanted.empty() && wanted.size() != spatial)) {
    return call.refuse("has settings for another number of dimensions");
  }
  if (spatial == 1) extra.insert(extra.begin(), 0);
  const bool is_same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  for (std::size_t axis = 0; axis < spatial && (is_same || !wanted.empty()); ++axis) {
    const std::size_t at = spatial == 1 ? 1 : axis;
    const std::int64_t reach = (window.kernel[at] - 1) * window.dilations[at] + 1;
    const std::int64_t size = wanted.empty() ? x[axis + 2] * window.strides[at] : wanted[axis];
    const std::int64_t cut = (x[axis + 2] - 1) * window.strides[at] + extra[at] + reach - size;
    if (cut < 0) {  // larger than all there is: the rest is added behind
      extra[at] -= cut;
      window.pads_begin[at] = window.pads_end[at] = 0;
      continue;
    }
    // The odd one is cut behind for SAME_UPPER and before else.
    window.pads_begin[at] = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
    window.pads_end[at] = cut - window.pads_begin[at];
  }
  return extra;
}

}  // namespace

Status lower_conv_transpose(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  const Shape x_shape = call.shape(0);
  const Shape weights = call.shape(1);
  if (x_shape.rank() < 3 || x_shape.rank() > 5 || weights.rank() != x_shape.rank()) {
    return call.refuse("convolves over more or less than one, two or three dimensions");
  }
  RHEO_ASSIGN_OR_RETURN(Window window, window_of(call, x_shape, {weights.dims().begin() + 2, weights.dims().end()}));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> extra, output_padding_of(call, x_shape, window));
  ImportValue* const bias = call.has(2) ? &call.input(2) : nullptr;
  const std::int64_t groups = call.integer("group", 1);
  if (x_shape.rank() == 5) {
    RHEO_ASSIGN_OR_RETURN(ImportValue y,
                          transposed_volume(call, call.input(0), call.input(1), bias, window, extra, groups));
    call.answer(std::move(y));
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_picture(call, call.input(0)));
  RHEO_ASSIGN_OR_RETURN(ImportValue w, as_picture(call, call.input(1)));
  Attributes attributes = {{"strides", window.strides},
                           {"pads", window.pads()},
                           {"dilations", window.dilations},
                           {"output_padding", extra},
                           {"groups", groups}};
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::conv_transpose2d, {&x, &w, bias}, attributes));
  RHEO_ASSIGN_OR_RETURN(y, from_picture(call, y, x_shape.rank()));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx
