// SPDX-License-Identifier: Apache-2.0
// Elements taken from and put to places that another tensor names.
#include <algorithm>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"

namespace rheo::aten {
namespace {

Result<Attributes> along(Call& call, const ImportValue& x) {
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(x).rank()));
  return Attributes{{"axis", static_cast<std::int64_t>(axis)}};
}

// Indices of several dimensions side by side in a last dimension, all of the shape of the largest.
Result<ImportValue> joined_indices(Call& call, const std::vector<ImportValue*>& indices) {
  PerTrial<Shape> shapes = call.emitter().shapes_of(*indices[0]);
  for (const ImportValue* index : indices) {
    const PerTrial<Shape> other = call.emitter().shapes_of(*index);
    if (other[0].elements() > shapes[0].elements() || other[0].rank() > shapes[0].rank()) shapes = other;
  }
  Sizes common;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    common[trial].assign(shapes[trial].dims().begin(), shapes[trial].dims().end());
  }
  std::vector<ImportValue> columns;
  for (ImportValue* index : indices) {
    RHEO_ASSIGN_OR_RETURN(ImportValue column, call.cast(*index, DType::i64));
    RHEO_ASSIGN_OR_RETURN(column, expanded(call, column, common));
    Shape shape = call.shape_of(column);
    if (shape.rank() == Shape::kMaxRank) return call.refuse("takes indices of too many dimensions");
    shape.push_back(1);
    RHEO_ASSIGN_OR_RETURN(column, call.reshape(column, shape));
    columns.push_back(std::move(column));
  }
  std::vector<ImportValue*> pointers;
  for (ImportValue& column : columns) pointers.push_back(&column);
  return call.emit(OpKind::concat, std::span<ImportValue* const>(pointers), Attributes{{"axis", -1}});
}

}  // namespace

Status lower_embedding(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * weight, call.value("weight"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * indices, call.value("indices"));
  return call.answer_with(OpKind::gather, {weight, indices}, {{"axis", 0}});
}

Status lower_index_select(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * index, call.value("index"));
  RHEO_ASSIGN_OR_RETURN(const Attributes attributes, along(call, *x));
  return call.answer_with(OpKind::gather, {x, index}, attributes);
}

Status lower_gather(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * index, call.value(call.op() == "gather" ? "index" : "indices"));
  if (!call.has("dim")) return call.refuse("takes elements along no dimension");
  RHEO_ASSIGN_OR_RETURN(const Attributes attributes, along(call, *x));
  return call.answer_with(OpKind::gather_elements, {x, index}, attributes);
}

// x[i], x[:, i], x[i, j]: tensors of indices for some dimensions beside each other; None leaves one whole.
Status lower_index(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue*> all, call.values("indices"));
  std::vector<ImportValue*> indices;
  std::size_t first = 0;
  for (std::size_t axis = 0; axis < all.size(); ++axis) {
    if (all[axis] == nullptr) continue;
    if (call.dtype_of(*all[axis]) == DType::boolean) return call.refuse("picks elements by truths");
    if (indices.empty()) first = axis;
    if (axis != first + indices.size()) return call.refuse("takes indices of dimensions that lie apart");
    indices.push_back(all[axis]);
  }
  if (indices.empty() || all.size() > call.shape_of(*x).rank()) return call.refuse("takes indices of no dimension");
  if (indices.size() == 1) {
    return call.answer_with(OpKind::gather, {x, indices[0]}, {{"axis", static_cast<std::int64_t>(first)}});
  }
  if (first != 0) return call.refuse("takes several indices behind the first dimension");
  RHEO_ASSIGN_OR_RETURN(ImportValue places, joined_indices(call, indices));
  return call.answer_with(OpKind::gather_nd, {x, &places});
}

// scatter and scatter_add: elements of "src", or one number.
Status lower_scatter(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * index, call.value("index"));
  RHEO_ASSIGN_OR_RETURN(Attributes attributes, along(call, *x));
  attributes.set("reduction", std::string(call.op() == "scatter_add" ? "add" : "none"));
  const bool is_number = call.node().target.ends_with(".value");
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value(is_number ? "value" : "src"));
  RHEO_ASSIGN_OR_RETURN(ImportValue source, call.cast(*given, call.dtype_of(*x)));
  const PerTrial<Shape> places = call.emitter().shapes_of(*index);
  if (is_number) {
    Sizes sizes;
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      sizes[trial].assign(places[trial].dims().begin(), places[trial].dims().end());
    }
    RHEO_ASSIGN_OR_RETURN(source, expanded(call, source, sizes));
  } else if (call.shape_of(source) != call.shape_of(*index)) {
    return call.refuse("takes only a part of its source");
  }
  return call.answer_with(OpKind::scatter_elements, {x, index, &source}, attributes);
}

Status lower_triangle(Call& call, bool is_upper) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t diagonal, call.integer("diagonal"));
  return call.answer_with(OpKind::trilu, {x}, {{"upper", is_upper ? 1 : 0}, {"diagonal", diagonal}});
}

Status lower_one_hot(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t classes, call.integer("num_classes"));
  if (classes < 1) return call.refuse("counts its classes at run time");
  RHEO_ASSIGN_OR_RETURN(ImportValue x, call.cast(*given, DType::i64));
  RHEO_ASSIGN_OR_RETURN(Tensor values, Tensor::of<std::int64_t>({0, 1}, {2}));
  ImportValue off_and_on = ImportValue::known(std::move(values));
  return call.answer_with(OpKind::one_hot, {&x, &off_and_on}, {{"depth", classes}, {"axis", -1}});
}

}  // namespace rheo::aten
