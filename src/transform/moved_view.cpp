// SPDX-License-Identifier: Apache-2.0
#include "transform/moved_view.h"

#include "base/checked.h"
#include "op/indexing.h"
#include "op/inference.h"
#include "op/shape_ops.h"

namespace rheo {
namespace {

// The dimensions of a view that a reshape has not dealt with yet, and those of its result.
class Reshaping {
 public:
  Reshaping(const MovedView& from, const Shape& to) : from_(from) {
    to_.shape = to;
    to_.first = from.first;
  }

  std::optional<MovedView> run() {
    while (old_ < from_.shape.rank() || new_ < to_.shape.rank()) {
      if (keeps_one() || skips_ones()) continue;
      const bool has_both = old_ < from_.shape.rank() && new_ < to_.shape.rank();
      // Nothing is split from a batch or joined with it.
      if (!has_both || from_.shape[old_] == kDynamic || to_.shape[new_] == kDynamic) return std::nullopt;
      if (!(from_.shape[old_] > to_.shape[new_] ? splits() : joins())) return std::nullopt;
    }
    return to_;
  }

 private:
  bool keeps_one() {
    if (old_ == from_.shape.rank() || new_ == to_.shape.rank() || from_.shape[old_] != to_.shape[new_]) return false;
    to_.strides[new_++] = from_.strides[old_++];
    return true;
  }

  bool skips_ones() {
    if (old_ < from_.shape.rank() && from_.shape[old_] == 1) return ++old_, true;
    if (new_ < to_.shape.rank() && to_.shape[new_] == 1) return to_.strides[new_++] = 0, true;
    return false;
  }

  // One old dimension is several new ones.
  bool splits() {
    std::size_t end = new_;
    std::int64_t size = 1;
    while (end < to_.shape.rank() && size < from_.shape[old_]) size = saturating_product(size, to_.shape[end++]);
    if (size != from_.shape[old_]) return false;
    std::int64_t stride = from_.strides[old_++];
    for (std::size_t axis = end; axis-- > new_;) {
      to_.strides[axis] = stride;
      stride = saturating_product(stride, to_.shape[axis]);
    }
    new_ = end;
    return true;
  }

  // Several old dimensions are one new one, if they follow each other in memory.
  bool joins() {
    std::size_t end = old_ + 1;
    std::int64_t size = from_.shape[old_];
    while (end < from_.shape.rank() && size < to_.shape[new_]) {
      if (from_.strides[end - 1] != saturating_product(from_.strides[end], from_.shape[end])) return false;
      size = saturating_product(size, from_.shape[end++]);
    }
    if (size != to_.shape[new_]) return false;
    to_.strides[new_++] = from_.strides[end - 1];
    old_ = end;
    return true;
  }

  const MovedView& from_;
  MovedView to_;
  std::size_t old_ = 0, new_ = 0;
};

// The one index of a gather, counted from the front.
std::optional<std::int64_t> index_of(const Graph& graph, const Node& gather) {
  const Value& indices = graph.value(gather.inputs[1]);
  const std::size_t axis =
      GatherSettings::from(gather.attributes, graph.value(gather.inputs[0]).type.shape.rank()).axis;
  const std::int64_t size = graph.value(gather.inputs[0]).type.shape[axis];
  if (!indices.is_constant() || indices.type.shape.rank() != 0 || size == kDynamic) return std::nullopt;
  const std::int64_t stored = indices.type.dtype == DType::i64 ? indices.constant.as<std::int64_t>()[0]
                                                               : indices.constant.as<std::int32_t>()[0];
  const std::int64_t index = stored < 0 ? stored + size : stored;
  return index >= 0 && index < size ? std::optional(index) : std::nullopt;
}

MovedView transposed(const Node& node, const MovedView& view) {
  const TransposeSettings settings = TransposeSettings::from(node.attributes);
  MovedView result = view;
  for (std::size_t axis = 0; axis < view.shape.rank(); ++axis) {
    result.shape[axis] = view.shape[settings.permutation[axis]];
    result.strides[axis] = view.strides[settings.permutation[axis]];
  }
  return result;
}

// `view` from element `index` along `axis` on. Nothing where a size that no memory has passes 64 bits.
std::optional<MovedView> begun_at(const MovedView& view, std::size_t axis, std::int64_t index) {
  const std::optional<std::int64_t> offset = checked_mul(index, view.strides[axis]);
  const std::optional<std::int64_t> first = offset ? checked_add(view.first, *offset) : std::nullopt;
  if (!first) return std::nullopt;
  MovedView result = view;
  result.first = *first;
  return result;
}

std::optional<MovedView> sliced(const Node& node, const MovedView& view, const Shape& shape) {
  const SliceSettings settings = SliceSettings::from(node.attributes, view.shape);
  std::optional<MovedView> result = begun_at(view, settings.axis, settings.start);
  if (!result) return result;
  result->shape = shape;
  result->strides[settings.axis] = saturating_product(view.strides[settings.axis], settings.step);
  return result;
}

std::optional<MovedView> gathered(const Node& node, const MovedView& view, const Shape& shape, std::int64_t index) {
  const std::size_t axis = GatherSettings::from(node.attributes, view.shape.rank()).axis;
  std::optional<MovedView> result = begun_at(view, axis, index);
  if (!result) return result;
  result->shape = shape;
  for (std::size_t to = axis; to < shape.rank(); ++to) result->strides[to] = view.strides[to + 1];
  return result;
}

}  // namespace

MovedView MovedView::whole(const Shape& shape) {
  MovedView view;
  view.shape = shape;
  std::int64_t stride = 1;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    view.strides[axis] = stride;
    stride = saturating_product(stride, shape[axis]);
  }
  return view;
}

bool is_view(const Graph& graph, const Node& node) {
  return node.kind == OpKind::reshape || node.kind == OpKind::transpose || node.kind == OpKind::slice ||
         (node.kind == OpKind::gather && index_of(graph, node).has_value());
}

std::optional<MovedView> moved(const Graph& graph, const Node& node, const MovedView& view) {
  const Shape& shape = graph.value(node.outputs[0]).type.shape;
  switch (node.kind) {
    case OpKind::reshape: return Reshaping(view, shape).run();
    case OpKind::transpose: return transposed(node, view);
    case OpKind::slice: return sliced(node, view, shape);
    case OpKind::gather: return gathered(node, view, shape, *index_of(graph, node));
    default: return std::nullopt;
  }
}

}  // namespace rheo
