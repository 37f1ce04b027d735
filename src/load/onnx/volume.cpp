// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/try.h"

namespace rheo::onnx {
namespace {

using List = std::vector<std::int64_t>;

// The part through the slices, over a picture of depth and of what lies in a slice.
Window depth_of(const Window& window) {
  return {.kernel = {window.kernel[0], 1},
          .strides = {window.strides[0], 1},
          .dilations = {window.dilations[0], 1},
          .pads_begin = {window.pads_begin[0], 0},
          .pads_end = {window.pads_end[0], 0}};
}

// Every slice that the kernel looks at, for every place in depth: [batch, channels, kernel depth, places, height,
// width].
Result<ImportValue> slices_of(Call& call, ImportValue x, const Window& window) {
  if (window.pads_begin[0] > 0 || window.pads_end[0] > 0) {
    const List pads = {0, 0, window.pads_begin[0], 0, 0, 0, 0, window.pads_end[0], 0, 0};
    RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::pad, {&x}, {{"pads", pads}}));
  }
  const Shape shape = call.shape_of(x);
  const std::int64_t reach = (window.kernel[0] - 1) * window.dilations[0] + 1;
  if (reach > shape[2]) return call.refuse("has a kernel that is deeper than its input");
  RHEO_RETURN_IF_ERROR(require_shallow(call, window));
  const std::int64_t places = (shape[2] - reach) / window.strides[0] + 1;
  std::vector<ImportValue> slices;
  for (std::int64_t at = 0; at < window.kernel[0]; ++at) {
    const std::int64_t start = at * window.dilations[0];
    RHEO_ASSIGN_OR_RETURN(ImportValue slice, call.emit(OpKind::slice, {&x},
                                                       {{"axis", 2},
                                                        {"start", start},
                                                        {"end", start + (places - 1) * window.strides[0] + 1},
                                                        {"step", window.strides[0]}}));
    RHEO_ASSIGN_OR_RETURN(slice, call.reshape(slice, {shape[0], shape[1], 1, places, shape[3], shape[4]}));
    slices.push_back(std::move(slice));
  }
  if (slices.size() == 1) return std::move(slices[0]);
  std::vector<ImportValue*> parts;
  for (ImportValue& slice : slices) parts.push_back(&slice);
  return call.emit(OpKind::concat, std::span<ImportValue* const>(parts), {{"axis", 2}});
}

}  // namespace

std::int64_t joined(std::int64_t a, std::int64_t b) { return Shape{a, b}.elements(); }

Window plane_of(Window window) {
  for (List* list : {&window.kernel, &window.strides, &window.dilations, &window.pads_begin, &window.pads_end}) {
    list->erase(list->begin());
  }
  return window;
}

Status require_volume(Call& call, const Shape& x) {
  const auto rest = x.dims().subspan(1);
  if (std::ranges::find(rest, kDynamic) != rest.end()) return call.mixes_batch("has the batch elsewhere than in front");
  return std::ranges::find(rest, 0) == rest.end() ? Status() : call.refuse("takes a volume without elements");
}

Status require_shallow(Call& call, const Window& window) {
  constexpr std::int64_t kDeepestKernel = 256;
  if (window.kernel[0] <= kDeepestKernel) return {};
  return call.refuse(fmt::format("has a kernel {} deep; Rheo takes at most {}", window.kernel[0], kDeepestKernel));
}

Result<ImportValue> pooled_volume(Call& call, OpKind kind, ImportValue x, const Window& window,
                                  const Attributes& others) {
  const Shape from = call.shape_of(x);
  RHEO_RETURN_IF_ERROR(require_volume(call, from));
  RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, {from[0], joined(from[1], from[2]), from[3], from[4]}));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(kind, {&x}, pool_settings(kind, plane_of(window), others)));
  const Shape slices = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, {from[0], from[1], from[2], joined(slices[2], slices[3])}));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(kind, {&x}, pool_settings(kind, depth_of(window), others)));
  return call.reshape(x, {from[0], from[1], call.shape_of(x)[2], slices[2], slices[3]});
}

Result<ImportValue> convolved_volume(Call& call, ImportValue x, ImportValue w, ImportValue* bias, const Window& window,
                                     std::int64_t groups) {
  RHEO_RETURN_IF_ERROR(require_volume(call, call.shape_of(x)));
  RHEO_ASSIGN_OR_RETURN(x, slices_of(call, std::move(x), window));
  const Shape slices = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(x, call.transpose(x, {0, 3, 1, 2, 4, 5}));
  PerTrial<Shape> pictures = call.emitter().shapes_of(x);
  for (Shape& shape : pictures) {
    shape = {joined(shape[0], shape[1]), joined(shape[2], shape[3]), shape[4], shape[5]};
  }
  RHEO_ASSIGN_OR_RETURN(x, call.emitter().reshape(x, pictures, call.place()));
  const Shape kernels = call.shape_of(w);
  RHEO_ASSIGN_OR_RETURN(w, call.reshape(w, {kernels[0], joined(kernels[1], kernels[2]), kernels[3], kernels[4]}));
  const Window plane = plane_of(window);
  RHEO_ASSIGN_OR_RETURN(
      ImportValue y,
      call.emit(
          OpKind::conv2d, {&x, &w, bias},
          {{"strides", plane.strides}, {"pads", plane.pads()}, {"dilations", plane.dilations}, {"groups", groups}}));
  PerTrial<Shape> volumes = call.emitter().shapes_of(y);
  for (Shape& shape : volumes) shape = {shape[0] / slices[3], slices[3], shape[1], shape[2], shape[3]};
  RHEO_ASSIGN_OR_RETURN(y, call.emitter().reshape(y, volumes, call.place()));
  return call.transpose(y, {0, 2, 1, 3, 4});
}

}  // namespace rheo::onnx
