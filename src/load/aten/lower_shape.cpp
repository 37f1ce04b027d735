// SPDX-License-Identifier: Apache-2.0
// Shapes: asked for, and changed without changing an element.
#include <algorithm>
#include <numeric>
#include <optional>

#include "base/try.h"
#include "load/aten/lowerings.h"

namespace rheo::aten {
namespace {

Sizes sizes_from(const PerTrial<Shape>& shapes) {
  Sizes sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    sizes[trial].assign(shapes[trial].dims().begin(), shapes[trial].dims().end());
  }
  return sizes;
}

std::vector<std::int64_t> in_order(std::size_t rank) {
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Status answer_reshaped(Call& call, ImportValue& x, const Shape& shape) {
  return call.answer_result(call.reshape(x, shape));
}

}  // namespace

// view, reshape: to "size" or "shape".
Status lower_reshape(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(Sizes target, call.sizes(call.op() == "reshape" ? "shape" : "size"));
  return call.answer_result(reshaped(call, *x, std::move(target)));
}

Status lower_reshape_as(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const ImportValue* other, call.value("other"));
  return call.answer_result(reshaped(call, *x, sizes_from(call.emitter().shapes_of(*other))));
}

Status lower_flatten(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(*x);
  const std::size_t rank = shapes[0].rank();
  if (rank == 0) return answer_reshaped(call, *x, {1});
  RHEO_ASSIGN_OR_RETURN(const std::size_t start, call.axis_of("start_dim", rank));
  RHEO_ASSIGN_OR_RETURN(const std::size_t end, call.axis_of("end_dim", rank));
  if (start > end) return call.refuse("flattens from behind");
  if (start == end) return call.answer_result(*x);
  Sizes target;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const auto dims = shapes[trial].dims();
    target[trial].assign(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(start));
    target[trial].push_back(Shape(dims.subspan(start, end - start + 1)).elements());
    target[trial].insert(target[trial].end(), dims.begin() + static_cast<std::ptrdiff_t>(end) + 1, dims.end());
  }
  return call.answer_result(reshaped(call, *x, std::move(target)));
}

// One dimension split into several, of which one may be -1.
Status lower_unflatten(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shapes[0].rank()));
  RHEO_ASSIGN_OR_RETURN(const Sizes parts, call.sizes("sizes"));
  Sizes target = sizes_from(shapes);
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const auto at = target[trial].erase(target[trial].begin() + static_cast<std::ptrdiff_t>(axis));
    target[trial].insert(at, parts[trial].begin(), parts[trial].end());
  }
  return call.answer_result(reshaped(call, *x, std::move(target)));
}

// Those dimensions of "dim", or of all, that are 1.
Status lower_squeeze(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes, call.axes("dim", shape.rank()));
  Shape kept;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const bool is_named = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) != axes.end();
    if (!is_named || shape[axis] != 1) kept.push_back(shape[axis]);
  }
  if (kept == shape) return call.answer_result(*x);
  return answer_reshaped(call, *x, kept);
}

Status lower_unsqueeze(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  return call.answer_result(with_dimension(call, *x, "dim"));
}

Result<ImportValue> with_dimension(Call& call, ImportValue& x, std::string_view name) {
  const Shape shape = call.shape_of(x);
  if (shape.rank() == Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  RHEO_ASSIGN_OR_RETURN(const std::size_t at, call.axis_of(name, shape.rank() + 1));
  Shape longer(shape.dims().first(at));
  longer.push_back(1);
  for (std::size_t axis = at; axis < shape.rank(); ++axis) longer.push_back(shape[axis]);
  return call.reshape(x, longer);
}

Status lower_transpose(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const std::size_t rank = call.shape_of(*x).rank();
  const bool is_axes = call.op() == "swapaxes";
  if (rank == 0) return call.answer_result(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t first, call.axis_of(is_axes ? "axis0" : "dim0", rank));
  RHEO_ASSIGN_OR_RETURN(const std::size_t second, call.axis_of(is_axes ? "axis1" : "dim1", rank));
  std::vector<std::int64_t> permutation = in_order(rank);
  std::swap(permutation[first], permutation[second]);
  return call.answer_result(call.transpose(*x, std::move(permutation)));
}

// t of a matrix, T of anything: all dimensions from behind. mT: the last two.
Status lower_reverse_axes(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  std::vector<std::int64_t> permutation = in_order(call.shape_of(*x).rank());
  if (call.op() == "mT" && permutation.size() < 2) return call.refuse("transposes what is no matrix");
  std::reverse(call.op() == "mT" ? permutation.end() - 2 : permutation.begin(), permutation.end());
  return call.answer_result(call.transpose(*x, std::move(permutation)));
}

Status lower_permute(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const std::size_t rank = call.shape_of(*x).rank();
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> permutation, call.axes("dims", rank));
  if (permutation.size() != rank) return call.refuse("names another number of dimensions than it has");
  return call.answer_result(call.transpose(*x, std::move(permutation)));
}

// Dimensions "source" to the places "destination"; the others keep their order.
Status lower_movedim(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const std::size_t rank = call.shape_of(*x).rank();
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> from, call.axes("source", rank));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> to, call.axes("destination", rank));
  if (from.size() != to.size()) return call.refuse("moves dimensions to another number of places");
  std::vector<std::int64_t> permutation(rank, -1);
  for (std::size_t i = 0; i < from.size(); ++i) permutation[static_cast<std::size_t>(to[i])] = from[i];
  std::int64_t next = 0;
  for (std::int64_t& axis : permutation) {
    if (axis >= 0) continue;
    while (std::find(from.begin(), from.end(), next) != from.end()) ++next;
    axis = next++;
  }
  return call.answer_result(call.transpose(*x, std::move(permutation)));
}

// To "size", in which -1 keeps what is there.
Status lower_expand(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const PerTrial<Shape> from = call.emitter().shapes_of(*x);
  RHEO_ASSIGN_OR_RETURN(Sizes target, call.sizes("size"));
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (target[trial].size() < from[trial].rank()) return call.refuse("expands to fewer dimensions than it has");
    const std::size_t missing = target[trial].size() - from[trial].rank();
    for (std::size_t axis = 0; axis < target[trial].size(); ++axis) {
      if (target[trial][axis] != -1) continue;
      if (axis < missing) return call.refuse("keeps a dimension that is not there");
      target[trial][axis] = from[trial][axis - missing];
    }
  }
  return call.answer_result(expanded(call, *x, target));
}

Status lower_expand_as(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const ImportValue* other = nullptr;
  RHEO_ASSIGN_OR_RETURN(other, call.value("other"));
  return call.answer_result(expanded(call, *x, sizes_from(call.emitter().shapes_of(*other))));
}

// The size of one dimension, or of all as a list.
Status lower_size(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const std::size_t rank = call.shape_of(*x).rank();
  if (!call.has("dim")) {
    return call.answer_result(sizes_of(call, *x, 0, rank, {static_cast<std::int64_t>(rank)}));
  }
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", rank));
  return call.answer_result(sizes_of(call, *x, axis, 1, Shape{}));
}

Status lower_numel(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const PerTrial<Shape> shapes = call.emitter().shapes_of(*x);
  PerTrial<Tensor> counts;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::int64_t count =
        call.op() == "dim" ? static_cast<std::int64_t>(shapes[trial].rank()) : shapes[trial].elements();
    RHEO_ASSIGN_OR_RETURN(counts[trial], Tensor::of<std::int64_t>({count}, Shape{}));
  }
  call.answer(ImportValue::known(std::move(counts)));
  return {};
}

}  // namespace rheo::aten
