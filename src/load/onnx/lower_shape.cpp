// SPDX-License-Identifier: Apache-2.0
// Shapes: asked for, and changed without moving an element.
#include <algorithm>
#include <numeric>

#include "base/try.h"
#include "load/import_shape.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

// 0 copies the input's dimension unless allow_zero.
Result<std::vector<std::int64_t>> with_copies(Call& call, const Shape& x, std::vector<std::int64_t> target) {
  const bool allows_zero = call.integer("allowzero", 0) != 0;
  for (std::size_t axis = 0; axis < target.size() && !allows_zero; ++axis) {
    if (target[axis] != 0) continue;
    if (axis >= x.rank()) return call.refuse("copies a dimension that its input does not have");
    target[axis] = x[axis];
  }
  return target;
}

Result<std::vector<bool>> marked(Call& call, std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<bool> marks(rank, false);
  for (const std::int64_t given : axes) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(given, rank));
    marks[axis] = true;
  }
  return marks;
}

}  // namespace

Status lower_shape_of(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  const auto rank = static_cast<std::int64_t>(shapes[0].rank());
  const auto bound = [&](std::int64_t value) {
    return std::clamp<std::int64_t>(value < 0 ? value + rank : value, 0, rank);
  };
  const std::int64_t start = bound(call.integer("start", 0));
  const std::int64_t count = std::max<std::int64_t>(0, bound(call.integer("end", rank)) - start);
  RHEO_ASSIGN_OR_RETURN(ImportValue sizes, sizes_of(call, call.input(0), static_cast<std::size_t>(start),
                                                    static_cast<std::size_t>(count), {count}));
  call.answer(std::move(sizes));
  return {};
}

Status lower_size(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  PerTrial<Tensor> sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::int64_t elements = shapes[trial].elements();
    RHEO_ASSIGN_OR_RETURN(sizes[trial], Tensor::copy_of(TensorView(std::span(&elements, 1), Shape{})));
  }
  call.answer(ImportValue::known(std::move(sizes)));
  return {};
}

Status lower_reshape(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  PerTrial<std::vector<std::int64_t>> target = {call.integers("shape"), call.integers("shape")};
  if (call.has(1)) {
    RHEO_ASSIGN_OR_RETURN(target, call.integers_per_trial(1));
  }
  const PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    RHEO_ASSIGN_OR_RETURN(target[trial], with_copies(call, shapes[trial], std::move(target[trial])));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, reshaped(call, call.input(0), std::move(target)));
  call.answer(std::move(y));
  return {};
}

Status lower_flatten(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const Shape x = call.shape(0);
  const std::int64_t given = call.integer("axis", 1);  // up to the rank itself: then all is before it
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(given, given < 0 ? x.rank() : x.rank() + 1));
  PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  for (Shape& shape : shapes) {
    shape = {Shape(shape.dims().first(axis)).elements(), Shape(shape.dims().subspan(axis)).elements()};
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emitter().reshape(call.input(0), shapes, call.place()));
  call.answer(std::move(y));
  return {};
}

Status lower_squeeze(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const Shape x = call.shape(0);
  RHEO_ASSIGN_OR_RETURN(const std::optional<std::vector<std::int64_t>> axes, call.list("axes", 1));
  RHEO_ASSIGN_OR_RETURN(std::vector<bool> marks, marked(call, axes.value_or(std::vector<std::int64_t>()), x.rank()));
  Shape shape;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const bool drops = axes ? marks[axis] : x[axis] == 1;
    if (drops && x[axis] != 1) return call.refuse("squeezes a dimension that is not 1");
    if (!drops) shape.push_back(x[axis]);
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.reshape(call.input(0), shape));
  call.answer(std::move(y));
  return {};
}

Status lower_unsqueeze(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const Shape x = call.shape(0);
  RHEO_ASSIGN_OR_RETURN(const std::optional<std::vector<std::int64_t>> axes, call.list("axes", 1));
  if (!axes) return call.refuse("lacks its axes");
  const std::size_t rank = x.rank() + axes->size();
  if (rank > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  RHEO_ASSIGN_OR_RETURN(const std::vector<bool> marks, marked(call, *axes, rank));
  if (static_cast<std::size_t>(std::count(marks.begin(), marks.end(), true)) != axes->size()) {
    return call.refuse("names one axis twice");
  }
  Shape shape;
  std::size_t next = 0;
  for (std::size_t axis = 0; axis < rank; ++axis) shape.push_back(marks[axis] ? 1 : x[next++]);
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.reshape(call.input(0), shape));
  call.answer(std::move(y));
  return {};
}

Status lower_transpose(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  std::vector<std::int64_t> reversed(call.rank(0));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.transpose(call.input(0), call.integers("perm", std::move(reversed))));
  call.answer(std::move(y));
  return {};
}

Status lower_expand(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(const Sizes target, call.integers_per_trial(1));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, expanded(call, call.input(0), target));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx
