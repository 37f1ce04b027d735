// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "base/try.h"
#include "load/onnx/volume.h"

namespace rheo::onnx {
namespace {

using List = std::vector<std::int64_t>;

// Zeros between the slices of x [batch, channels, depth, plane], as many as a stride leaves.
Result<ImportValue> spread(Call& call, ImportValue x, std::int64_t stride) {
  if (stride == 1) return x;
  const Shape shape = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, {shape[0], shape[1], shape[2], 1, shape[3]}));
  const List pads = {0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0};
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::pad, {&x}, {{"pads", pads}}));
  RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, {shape[0], shape[1], joined(shape[2], stride), shape[3]}));
  return call.emit(OpKind::slice, {&x}, {{"axis", 2}, {"start", 0}, {"end", (shape[2] - 1) * stride + 1}});
}

// What slice `at` of the kernel adds to the answer: y [batch, outputs, kernel depth, depth, plane].
Result<ImportValue> share_of(Call& call, ImportValue& y, std::int64_t at, const Window& window, std::int64_t behind) {
  const Shape shape = call.shape_of(y);
  RHEO_ASSIGN_OR_RETURN(ImportValue share,
                        call.emit(OpKind::slice, {&y}, {{"axis", 2}, {"start", at}, {"end", at + 1}}));
  RHEO_ASSIGN_OR_RETURN(share, call.reshape(share, {shape[0], shape[1], shape[3], shape[4]}));
  RHEO_ASSIGN_OR_RETURN(share, spread(call, std::move(share), window.strides[0]));
  const std::int64_t before = at * window.dilations[0];
  const List pads = {0, 0, before, 0, 0, 0, (window.kernel[0] - 1) * window.dilations[0] - before + behind, 0};
  return call.emit(OpKind::pad, {&share}, {{"pads", pads}});
}

// The planes of every slice of x and of every slice of the kernel: [batch, outputs, kernel depth, depth, plane].
Result<ImportValue> planes_of(Call& call, ImportValue x, ImportValue w, const Window& window, const List& extra,
                              std::int64_t groups, Shape& picture) {
  const Shape from = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(x, call.transpose(x, {0, 2, 1, 3, 4}));
  PerTrial<Shape> pictures = call.emitter().shapes_of(x);
  for (Shape& shape : pictures) shape = {joined(shape[0], shape[1]), shape[2], shape[3], shape[4]};
  RHEO_ASSIGN_OR_RETURN(x, call.emitter().reshape(x, pictures, call.place()));
  const Shape kernels = call.shape_of(w);
  RHEO_ASSIGN_OR_RETURN(w, call.reshape(w, {kernels[0], joined(kernels[1], kernels[2]), kernels[3], kernels[4]}));
  const Window plane = plane_of(window);
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::conv_transpose2d, {&x, &w},
                                                 {{"strides", plane.strides},
                                                  {"pads", plane.pads()},
                                                  {"dilations", plane.dilations},
                                                  {"output_padding", List{extra[1], extra[2]}},
                                                  {"groups", groups}}));
  picture = call.shape_of(y);
  PerTrial<Shape> shapes = call.emitter().shapes_of(y);
  for (Shape& shape : shapes) {
    shape = {shape[0] / from[2], from[2], shape[1] / kernels[2], kernels[2], joined(shape[2], shape[3])};
  }
  RHEO_ASSIGN_OR_RETURN(y, call.emitter().reshape(y, shapes, call.place()));
  return call.transpose(y, {0, 2, 3, 1, 4});
}

}  // namespace

Result<ImportValue> transposed_volume(Call& call, ImportValue x, ImportValue w, ImportValue* bias, const Window& window,
                                      const std::vector<std::int64_t>& extra, std::int64_t groups) {
  RHEO_RETURN_IF_ERROR(require_volume(call, call.shape_of(x)));
  RHEO_RETURN_IF_ERROR(require_shallow(call, window));
  if (extra[0] < 0 || extra[0] >= kLargestSetting) return call.refuse("has an output_padding that cannot be");
  Shape picture;
  RHEO_ASSIGN_OR_RETURN(ImportValue planes,
                        planes_of(call, std::move(x), std::move(w), window, extra, groups, picture));
  ImportValue y;
  for (std::int64_t at = 0; at < window.kernel[0]; ++at) {
    RHEO_ASSIGN_OR_RETURN(ImportValue share, share_of(call, planes, at, window, extra[0]));
    if (at > 0) {
      RHEO_ASSIGN_OR_RETURN(share, call.emit(OpKind::add, {&y, &share}));
    }
    y = std::move(share);
  }
  const Shape whole = call.shape_of(y);
  const std::int64_t end = whole[2] - window.pads_end[0];
  if (end <= window.pads_begin[0]) return call.refuse("cuts off all that it answers with");
  RHEO_ASSIGN_OR_RETURN(y,
                        call.emit(OpKind::slice, {&y}, {{"axis", 2}, {"start", window.pads_begin[0]}, {"end", end}}));
  RHEO_ASSIGN_OR_RETURN(y, call.reshape(y, {whole[0], whole[1], end - window.pads_begin[0], picture[2], picture[3]}));
  if (bias == nullptr) return y;
  RHEO_ASSIGN_OR_RETURN(ImportValue column, call.reshape(*bias, {call.shape_of(*bias).elements(), 1, 1, 1}));
  return call.emit(OpKind::add, {&y, &column});
}

}  // namespace rheo::onnx
