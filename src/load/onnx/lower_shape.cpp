// SPDX-License-Identifier: Apache-2.0
// Shapes: asked for, and changed without moving an element.
#include <algorithm>
#include <numeric>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

Result<Tensor> integers_tensor(std::span<const std::int64_t> numbers, const Shape& shape) {
  return Tensor::copy_of(TensorView(numbers, shape));
}

// What two trials agree on, or the batch; nothing for another number that depends on it.
std::optional<std::int64_t> dimension_of(const PerTrial<std::int64_t>& sizes) {
  if (sizes[0] == sizes[1]) return sizes[0];
  if (sizes == kTrialBatches) return kDynamic;
  return std::nullopt;
}

// One shape with the batch open, from what it is in each trial.
Result<Shape> merged(Call& call, const PerTrial<std::vector<std::int64_t>>& trials) {
  if (trials[0].size() != trials[1].size()) return call.mixes_batch("has a rank that depends on the batch");
  if (trials[0].size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  Shape shape;
  for (std::size_t axis = 0; axis < trials[0].size(); ++axis) {
    const auto dimension = dimension_of({trials[0][axis], trials[1][axis]});
    if (!dimension) return call.mixes_batch("joins the batch with other dimensions");
    shape.push_back(*dimension);
  }
  return shape;
}

// 0 copies the input's dimension unless allow_zero; -1 is what is left.
Result<std::vector<std::int64_t>> resolved(Call& call, const Shape& x, std::vector<std::int64_t> target) {
  std::int64_t known = 1;
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    if (target[axis] == 0 && call.integer("allowzero", 0) == 0) {
      if (axis >= x.rank()) return call.refuse("copies a dimension that its input does not have");
      target[axis] = x[axis];
    }
    if (target[axis] < -1) return call.refuse("reshapes to a negative size");
    if (target[axis] != -1) known *= std::clamp<std::int64_t>(target[axis], 0, std::int64_t{1} << 20);
    if (known > std::int64_t{1} << 40) return call.refuse("reshapes to a size beyond all memory");
  }
  const auto open = std::find(target.begin(), target.end(), -1);
  if (open == target.end()) return target;
  if (known == 0 || x.elements() % known != 0) return call.refuse("reshapes to a shape of another size");
  *open = x.elements() / known;
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
  PerTrial<Tensor> sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const auto dims = shapes[trial].dims().subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
    RHEO_ASSIGN_OR_RETURN(sizes[trial], integers_tensor(dims, {count}));
  }
  call.answer(ImportValue::known(std::move(sizes)));
  return {};
}

Status lower_size(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  PerTrial<Tensor> sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::int64_t elements = shapes[trial].elements();
    RHEO_ASSIGN_OR_RETURN(sizes[trial], integers_tensor({&elements, 1}, Shape{}));
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
    RHEO_ASSIGN_OR_RETURN(target[trial], resolved(call, shapes[trial], std::move(target[trial])));
  }
  if (target[0].size() != target[1].size()) return call.mixes_batch("has a rank that depends on the batch");
  if (target[0].size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  RHEO_ASSIGN_OR_RETURN(ImportValue y,
                        call.emitter().reshape(call.input(0), {Shape(target[0]), Shape(target[1])}, call.place()));
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
  RHEO_ASSIGN_OR_RETURN(PerTrial<std::vector<std::int64_t>> target, call.integers_per_trial(1));
  ImportValue& x = call.input(0);
  if (x.is_known()) {
    RHEO_ASSIGN_OR_RETURN(
        ImportValue y,
        call.emit(OpKind::expand, {&x}, {Attributes{{"shape", target[0]}}, Attributes{{"shape", target[1]}}}));
    call.answer(std::move(y));
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(const Shape shape, merged(call, target));
  const Shape from = call.shape(0);
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const std::size_t missing = shape.rank() - std::min(shape.rank(), from.rank());
    const bool is_batch = axis >= missing && from[axis - missing] == kDynamic;
    if (shape[axis] == kDynamic && !is_batch) return call.mixes_batch("repeats a value for each item of the batch");
    sizes.push_back(is_batch ? -1 : shape[axis]);
  }
  return call.answer_with(OpKind::expand, {&x}, {{"shape", sizes}});
}

}  // namespace rheo::onnx
