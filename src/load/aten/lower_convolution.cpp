// SPDX-License-Identifier: Apache-2.0
// Convolutions of one and two dimensions; one dimension is a picture of height 1.
#include <algorithm>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/import_window.h"

namespace rheo::aten {
namespace {

// All lists in range; pads may be given as "same" or "valid".
Result<Window> window_of(Call& call, const Shape& weights) {
  const std::size_t spatial = weights.rank() - 2;
  Window window;
  window.kernel.assign(weights.dims().begin() + 2, weights.dims().end());
  RHEO_ASSIGN_OR_RETURN(window.strides, call.window("stride", spatial));
  RHEO_ASSIGN_OR_RETURN(window.dilations, call.window("dilation", spatial));
  if (call.is_text("padding")) {
    RHEO_ASSIGN_OR_RETURN(const std::string_view padding, call.text("padding"));
    if (padding != "same" && padding != "valid") return call.refuse("pads in an unknown way");
    for (std::size_t axis = 0; axis < spatial; ++axis) {
      const std::int64_t total = padding == "same" ? window.dilations[axis] * (window.kernel[axis] - 1) : 0;
      window.pads_begin.push_back(total / 2);
      window.pads_end.push_back(total - total / 2);
    }
  } else {
    RHEO_ASSIGN_OR_RETURN(window.pads_begin, call.window("padding", spatial));
    window.pads_end = window.pads_begin;
  }
  for (std::size_t axis = 0; axis < spatial; ++axis) {
    const bool fits = window.strides[axis] >= 1 && window.dilations[axis] >= 1 && window.pads_begin[axis] >= 0 &&
                      std::max({window.strides[axis], window.dilations[axis], window.pads_end[axis]}) < kLargestSetting;
    if (!fits) return call.refuse("has strides, dilations or pads that cannot be");
  }
  if (spatial == 1) window.add_height();
  return window;
}

// What is dilated or padded beyond all measure is refused by the op; here only products must fit.
Status check_weights(Call& call, const Shape& x, const Shape& weights) {
  const bool fits = x.rank() >= 3 && x.rank() <= 4 && weights.rank() == x.rank() &&
                    std::all_of(weights.dims().begin(), weights.dims().end(),
                                [](std::int64_t dimension) { return dimension >= 1 && dimension < kLargestSetting; });
  return fits ? Status() : call.refuse("convolves over more or less than one or two dimensions, or without a batch");
}

Status convolve(Call& call, bool is_transposed) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * input, call.value("input"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * weight, call.value("weight"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * bias, call.value_or_null("bias"));
  const Shape x_shape = call.shape_of(*input);
  const Shape weights = call.shape_of(*weight);
  RHEO_RETURN_IF_ERROR(check_weights(call, x_shape, weights));
  RHEO_ASSIGN_OR_RETURN(const Window window, window_of(call, weights));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t groups, call.integer("groups"));
  Attributes attributes = {
      {"strides", window.strides}, {"pads", window.pads()}, {"dilations", window.dilations}, {"groups", groups}};
  if (is_transposed) {
    RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> extra, call.window("output_padding", x_shape.rank() - 2));
    if (x_shape.rank() == 3) extra.insert(extra.begin(), 0);
    attributes.set("output_padding", std::move(extra));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_picture(call, *input));
  RHEO_ASSIGN_OR_RETURN(ImportValue w, as_picture(call, *weight));
  RHEO_ASSIGN_OR_RETURN(
      ImportValue y, call.emit(is_transposed ? OpKind::conv_transpose2d : OpKind::conv2d, {&x, &w, bias}, attributes));
  return call.answer_result(from_picture(call, y, x_shape.rank()));
}

}  // namespace

Status lower_conv(Call& call) { return convolve(call, false); }
Status lower_conv_transpose(Call& call) { return convolve(call, true); }

Status lower_convolution(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const bool is_transposed, call.truth("transposed"));
  return convolve(call, is_transposed);
}

}  // namespace rheo::aten
