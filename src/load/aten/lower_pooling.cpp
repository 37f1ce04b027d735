// SPDX-License-Identifier: Apache-2.0
// Pools over one and two dimensions.
#include <algorithm>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/import_window.h"

namespace rheo::aten {
namespace {

Status check_rank(Call& call, const Shape& x) {
  const std::size_t expected = call.op().find("1d") != std::string_view::npos ? 3 : 4;
  return x.rank() == expected ? Status() : call.refuse("pools a tensor without a batch");
}

Result<Window> window_of(Call& call, const Shape& x, bool has_dilations) {
  const std::size_t spatial = x.rank() - 2;
  Window window;
  RHEO_ASSIGN_OR_RETURN(window.kernel, call.window("kernel_size", spatial));
  window.strides = window.kernel;
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> strides, call.integers("stride"));
  if (!strides.empty()) {
    RHEO_ASSIGN_OR_RETURN(window.strides, call.window("stride", spatial));
  }
  window.dilations.assign(spatial, 1);
  if (has_dilations) {
    RHEO_ASSIGN_OR_RETURN(window.dilations, call.window("dilation", spatial));
  }
  RHEO_ASSIGN_OR_RETURN(window.pads_begin, call.window("padding", spatial));
  window.pads_end = window.pads_begin;
  const auto cannot_be = [](std::int64_t entry) { return entry < 1 || entry >= kLargestSetting; };
  for (const auto* list : {&window.kernel, &window.strides, &window.dilations}) {
    if (std::any_of(list->begin(), list->end(), cannot_be)) return call.refuse("has a window that cannot be");
  }
  if (std::any_of(window.pads_end.begin(), window.pads_end.end(),
                  [](std::int64_t pad) { return pad < 0 || pad >= kLargestSetting; })) {
    return call.refuse("has pads that cannot be");
  }
  if (spatial == 1) window.add_height();
  return window;
}

Status pool(Call& call, ImportValue& input, OpKind kind, const Attributes& attributes) {
  const std::size_t rank = call.shape_of(input).rank();
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_picture(call, input));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(kind, {&x}, attributes));
  return call.answer_result(from_picture(call, y, rank));
}

}  // namespace

Status lower_max_pool(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_RETURN_IF_ERROR(check_rank(call, call.shape_of(*x)));
  if (call.is_wanted(1)) return call.refuse("answers with indices, which Rheo does not");
  RHEO_ASSIGN_OR_RETURN(const Window window, window_of(call, call.shape_of(*x), true));
  RHEO_ASSIGN_OR_RETURN(const bool ceils, call.truth("ceil_mode"));
  return pool(call, *x, OpKind::max_pool2d,
              {{"kernel", window.kernel},
               {"strides", window.strides},
               {"pads", window.pads()},
               {"dilations", window.dilations},
               {"ceil_mode", ceils ? 1 : 0}});
}

Status lower_avg_pool(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_RETURN_IF_ERROR(check_rank(call, call.shape_of(*x)));
  if (call.has("divisor_override")) return call.refuse("divides by another number than it adds up");
  RHEO_ASSIGN_OR_RETURN(const Window window, window_of(call, call.shape_of(*x), false));
  RHEO_ASSIGN_OR_RETURN(const bool ceils, call.truth("ceil_mode"));
  RHEO_ASSIGN_OR_RETURN(const bool counts_pads, call.truth("count_include_pad"));
  return pool(call, *x, OpKind::avg_pool2d,
              {{"kernel", window.kernel},
               {"strides", window.strides},
               {"pads", window.pads()},
               {"ceil_mode", ceils ? 1 : 0},
               {"count_include_pad", counts_pads ? 1 : 0}});
}

// To a given size.
Status lower_adaptive_pool(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_RETURN_IF_ERROR(check_rank(call, shape));
  if (call.is_wanted(1)) return call.refuse("answers with indices, which Rheo does not");
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> size, call.window("output_size", shape.rank() - 2));
  const bool is_whole = std::all_of(size.begin(), size.end(), [](std::int64_t length) { return length == 1; });
  const bool is_average = call.op().find("avg") != std::string_view::npos;
  if (is_whole && shape.rank() == 4 && is_average) return call.answer_with(OpKind::global_avg_pool, {x});
  if (is_whole) {
    std::vector<std::int64_t> axes;
    for (std::size_t axis = 2; axis < shape.rank(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
    return call.answer_with(is_average ? OpKind::mean : OpKind::reduce_max, {x}, {{"axes", axes}, {"keep_dims", 1}});
  }
  if (shape.rank() == 3) size.insert(size.begin(), 1);
  if (is_average) return pool(call, *x, OpKind::adaptive_avg_pool2d, {{"output_size", size}});
  return call.refuse("keeps several maxima of parts of unlike size");
}

}  // namespace rheo::aten
