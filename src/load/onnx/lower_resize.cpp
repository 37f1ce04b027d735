// SPDX-License-Identifier: Apache-2.0
// Resize and its forerunner Upsample.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

// Factors or sizes of all dimensions, when they leave the first two alone; of the others the rest.
template <typename T>
Result<std::vector<T>> spatial(Call& call, const std::vector<T>& all, T unchanged_batch, T unchanged_channels) {
  if (all.size() != call.rank(0) || all.size() < 3)
    return call.refuse("resizes another number of dimensions than it has");
  if (all[0] != unchanged_batch || all[1] != unchanged_channels) return call.refuse("resizes batch or channels");
  return std::vector<T>(all.begin() + 2, all.end());
}

Result<std::vector<double>> reals(Call& call, std::size_t index) {
  const ImportValue& value = call.input(index);
  if (!value.is_known() || !value.ignores_batch() || value.only().dtype() != DType::f32) {
    return call.refuse("takes factors that are not known ahead");
  }
  const auto list = value.only().as<float>();
  return std::vector<double>(list.begin(), list.end());
}

Status add_sizes(Call& call, std::size_t index, Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(const auto sizes, call.integers_per_trial(index));
  const PerTrial<Shape> x = call.emitter().shapes_of(call.input(0));
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> rest, spatial(call, sizes[0], x[0][0], x[0][1]));
  attributes.set("sizes", std::move(rest));
  return {};
}

Status add_scales(Call& call, const std::vector<double>& scales, Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(std::vector<double> rest, spatial(call, scales, 1.0, 1.0));
  attributes.set("scales", std::move(rest));
  return {};
}

// The coordinates of TensorFlow's nearest neighbours lie half an element behind those of half_pixel; what rounds them
// rounds these otherwise.
Status as_half_pixel(Call& call, Attributes& attributes) {
  if (attributes.text("coordinates") != "tf_half_pixel_for_nn") return {};
  const std::string nearest(attributes.text("nearest"));
  if (attributes.text("mode") != "nearest" || (nearest != "floor" && nearest != "round_prefer_floor")) {
    return call.refuse(fmt::format("has mode = '{}' and nearest_mode = '{}' with tf_half_pixel_for_nn",
                                   attributes.text("mode"), nearest));
  }
  attributes.set("coordinates", std::string("half_pixel"));
  attributes.set("nearest", std::string(nearest == "floor" ? "round_prefer_ceil" : "ceil"));
  return {};
}

}  // namespace

Status lower_resize(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const bool is_old = call.node().op == "Upsample" || call.opset() < 11;  // x, scales; else x, roi, scales, sizes
  const std::size_t scales = is_old ? 1 : 2;
  Attributes attributes = {
      {"mode", call.text("mode", "nearest")},
      {"coordinates", call.text("coordinate_transformation_mode", is_old ? "asymmetric" : "half_pixel")},
      {"nearest", call.text("nearest_mode", is_old ? "floor" : "round_prefer_floor")},
      {"cubic_coefficient", call.real("cubic_coeff_a", -0.75)},
      {"exclude_outside", call.integer("exclude_outside", 0)}};
  RHEO_RETURN_IF_ERROR(as_half_pixel(call, attributes));
  if (call.integer("antialias", 0) != 0 || call.has_attribute("axes") ||
      call.text("keep_aspect_ratio_policy", "stretch") != "stretch") {
    return call.refuse("resizes with antialiasing, axes or a kept aspect ratio");
  }
  if (call.has_attribute("scales")) {
    const Attribute& list = *call.find("scales");
    RHEO_RETURN_IF_ERROR(add_scales(call, {list.reals.begin(), list.reals.end()}, attributes));
  } else if (call.has(scales) && call.shape(scales).elements() > 0) {
    RHEO_ASSIGN_OR_RETURN(std::vector<double> list, reals(call, scales));
    RHEO_RETURN_IF_ERROR(add_scales(call, list, attributes));
  } else if (!is_old && call.has(3)) {
    RHEO_RETURN_IF_ERROR(add_sizes(call, 3, attributes));
  } else {
    return call.refuse("says neither factors nor sizes");
  }
  return call.answer_with(OpKind::resize, {&call.input(0)}, attributes);
}

}  // namespace rheo::onnx
