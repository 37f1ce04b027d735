// SPDX-License-Identifier: Apache-2.0
// Pools over one, two and three dimensions.
#include <algorithm>

#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/volume.h"
#include "load/onnx/window.h"

namespace rheo::onnx {
namespace {

Status require_spatial(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  if (call.rank(0) >= 3 && call.rank(0) <= 5) return {};
  return call.refuse("pools over more or less than one, two or three dimensions");
}

// `others`: the settings of `kind` besides the window.
Result<ImportValue> pooled(Call& call, OpKind kind, ImportValue x, const Window& window, Attributes others) {
  if (call.rank(0) == 5) return pooled_volume(call, kind, std::move(x), window, others);
  RHEO_ASSIGN_OR_RETURN(x, as_picture(call, x));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(kind, {&x}, pool_settings(kind, window, std::move(others))));
  return from_picture(call, y, call.rank(0));
}

}  // namespace

Status lower_max_pool(Call& call) {
  RHEO_RETURN_IF_ERROR(require_spatial(call));
  const std::vector<std::string>& outputs = call.node().outputs;
  if (outputs.size() > 1 && !outputs[1].empty()) return call.refuse("answers with indices, which Rheo does not");
  RHEO_ASSIGN_OR_RETURN(const Window window, window_of(call, call.shape(0)));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, pooled(call, OpKind::max_pool2d, call.input(0), window,
                                              {{"ceil_mode", call.integer("ceil_mode", 0)}}));
  call.answer(std::move(y));
  return {};
}

Result<ImportValue> average_pooled(Call& call, ImportValue x) {
  RHEO_RETURN_IF_ERROR(require_spatial(call));
  RHEO_ASSIGN_OR_RETURN(const Window window, window_of(call, call.shape(0)));
  if (std::ranges::any_of(window.dilations, [](std::int64_t dilation) { return dilation != 1; })) {
    return call.refuse("averages with dilations");
  }
  return pooled(
      call, OpKind::avg_pool2d, std::move(x), window,
      {{"ceil_mode", call.integer("ceil_mode", 0)}, {"count_include_pad", call.integer("count_include_pad", 0)}});
}

Status lower_average_pool(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, average_pooled(call, call.input(0)));
  call.answer(std::move(y));
  return {};
}

// Over all spatial dimensions, which stay as ones.
Status lower_global_pool(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const std::size_t rank = call.rank(0);
  if (call.node().op == "GlobalAveragePool" && rank == 4)
    return call.answer_with(OpKind::global_avg_pool, {&call.input(0)});
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 2; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  const OpKind kind = call.node().op == "GlobalAveragePool" ? OpKind::mean : OpKind::reduce_max;
  return call.answer_with(kind, {&call.input(0)}, {{"axes", axes}, {"keep_dims", 1}});
}

}  // namespace rheo::onnx
