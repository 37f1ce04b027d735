// SPDX-License-Identifier: Apache-2.0
// Reductions along dimensions, and what orders elements.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_product.h"

namespace rheo::aten {
namespace {

struct Over {
  std::vector<std::int64_t> axes;
  Attributes attributes;  // axes and keep_dims
};

// "dim" and "keepdim", where the operator has them; else all dimensions.
Result<Over> over(Call& call, const Shape& shape) {
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> axes, call.axes("dim", shape.rank()));
  bool keeps = false;
  if (call.has("keepdim")) {
    RHEO_ASSIGN_OR_RETURN(keeps, call.truth("keepdim"));
  }
  std::sort(axes.begin(), axes.end());
  return Over{axes, {{"axes", axes}, {"keep_dims", keeps ? 1 : 0}}};
}

// Elements that each result is made of; refused when the batch is among them.
Result<std::int64_t> count_of(Call& call, const Shape& shape, const std::vector<std::int64_t>& axes) {
  Shape part;
  for (const std::int64_t axis : axes) part.push_back(shape[static_cast<std::size_t>(axis)]);
  if (!part.is_static()) return call.mixes_batch("reduces over the batch");
  return part.elements();
}

// Sums of bools and whole numbers are 64 bits wide.
Result<ImportValue> summand(Call& call, ImportValue& x) {
  const DType dtype = call.dtype_of(x);
  RHEO_ASSIGN_OR_RETURN(const DType wanted, call.dtype_named("dtype", dtype == DType::f32 ? dtype : DType::i64));
  return call.cast(x, wanted);
}

struct Moments {
  ImportValue mean;
  ImportValue variance;
};

// The correction is 1 unless said otherwise; "unbiased" is an older word for it.
Result<Moments> moments_of(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_real(call, *given));
  const Shape shape = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, shape));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t count, count_of(call, shape, reduced.axes));
  double correction = 1;
  if (call.has("correction")) {
    RHEO_ASSIGN_OR_RETURN(correction, call.real("correction"));
  } else if (call.has("unbiased")) {
    RHEO_ASSIGN_OR_RETURN(const bool is_unbiased, call.truth("unbiased"));
    correction = is_unbiased ? 1 : 0;
  }
  Attributes kept = reduced.attributes;
  kept.set("keep_dims", std::int64_t{1});
  RHEO_ASSIGN_OR_RETURN(ImportValue centre, call.emit(OpKind::mean, {&x}, kept));
  RHEO_ASSIGN_OR_RETURN(ImportValue centred, call.emit(OpKind::sub, {&x, &centre}));
  RHEO_ASSIGN_OR_RETURN(centred, call.emit(OpKind::mul, {&centred, &centred}));
  Moments moments;
  RHEO_ASSIGN_OR_RETURN(moments.variance, call.emit(OpKind::mean, {&centred}, reduced.attributes));
  const double all = static_cast<double>(count);
  RHEO_ASSIGN_OR_RETURN(moments.variance,
                        scaled(call, std::move(moments.variance), all / std::max(all - correction, 0.0)));
  RHEO_ASSIGN_OR_RETURN(moments.mean, call.emit(OpKind::mean, {&x}, reduced.attributes));
  return moments;
}

Status answer_both(Call& call, std::vector<ImportValue> values) {
  for (std::size_t output = 0; output < values.size(); ++output) call.answer(std::move(values[output]), output);
  return {};
}

// Largest or smallest elements of one dimension, with their places.
Result<std::vector<ImportValue>> ordered(Call& call, ImportValue& x, std::size_t axis, std::int64_t k, bool largest) {
  ImportValue* const input = &x;
  return call.emit_all(OpKind::top_k, {&input, 1},
                       Attributes{{"k", k}, {"axis", static_cast<std::int64_t>(axis)}, {"largest", largest ? 1 : 0}});
}

}  // namespace

Status lower_sum(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, summand(call, *given));
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, call.shape_of(x)));
  return call.answer_with(kind, {&x}, reduced.attributes);
}

Status lower_mean(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_real(call, *given));
  const Shape shape = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, shape));
  return call.answer_with(kind, {&x}, reduced.attributes);
}

// amax and amin, and max and min of everything.
Status lower_extreme(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, call.shape_of(*x)));
  return call.answer_with(kind, {x}, reduced.attributes);
}

// The extreme of one dimension, and where it stands.
Status lower_extreme_with_place(Call& call, OpKind kind) {
  const bool is_max = kind == OpKind::reduce_max;
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, shape));
  RHEO_ASSIGN_OR_RETURN(ImportValue value, call.emit(kind, {x}, reduced.attributes));
  if (call.is_wanted(1)) {
    RHEO_ASSIGN_OR_RETURN(
        ImportValue place,
        call.emit(is_max ? OpKind::argmax : OpKind::argmin, {x},
                  Attributes{{"axis", reduced.axes[0]}, {"keep_dims", reduced.attributes.integer("keep_dims")}}));
    call.answer(std::move(place), 1);
  }
  call.answer(std::move(value));
  return {};
}

// any and all: the largest or the smallest of truths.
Status lower_truths(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, call.cast(*given, DType::boolean));
  RHEO_ASSIGN_OR_RETURN(x, call.cast(x, DType::i32));
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, call.shape_of(x)));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(kind, {&x}, reduced.attributes));
  return call.answer_result(call.cast(x, DType::boolean));
}

Status lower_variance(Call& call) {
  RHEO_ASSIGN_OR_RETURN(Moments moments, moments_of(call));
  if (call.op().starts_with("std")) {
    RHEO_ASSIGN_OR_RETURN(moments.variance, call.emit(OpKind::sqrt, {&moments.variance}));
  }
  if (call.op().ends_with("_mean")) return answer_both(call, {std::move(moments.variance), std::move(moments.mean)});
  return call.answer_result(std::move(moments.variance));
}

// The p-norm; p is called "ord" or "p".
Status lower_norm(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_real(call, *given));
  RHEO_ASSIGN_OR_RETURN(const Over reduced, over(call, call.shape_of(x)));
  const std::string_view name = call.op() == "norm" ? "p" : "ord";
  double p = 2;
  if (call.has(name)) {
    RHEO_ASSIGN_OR_RETURN(p, call.real(name));
  }
  if (p == 1) return call.answer_with(OpKind::reduce_l1, {&x}, reduced.attributes);
  if (p == 2) return call.answer_with(OpKind::reduce_l2, {&x}, reduced.attributes);
  if (!std::isinf(p)) return call.refuse("takes another norm than of 1, 2 or infinity");
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::abs, {&x}));
  return call.answer_with(p > 0 ? OpKind::reduce_max : OpKind::reduce_min, {&x}, reduced.attributes);
}

// Along one dimension, or over all elements in a row.
Status lower_arg(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  ImportValue x = *given;
  RHEO_ASSIGN_OR_RETURN(const bool keeps, call.truth("keepdim"));
  if (!call.has("dim")) {
    const Shape shape = call.shape_of(x);
    if (!shape.is_static()) return call.mixes_batch("looks for a place in the whole batch");
    if (keeps) return call.refuse("keeps dimensions that it has joined");
    RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, {shape.elements()}));
    return call.answer_with(kind, {&x}, {{"axis", 0}, {"keep_dims", 0}});
  }
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(x).rank()));
  return call.answer_with(kind, {&x}, {{"axis", static_cast<std::int64_t>(axis)}, {"keep_dims", keeps ? 1 : 0}});
}

Status lower_top_k(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(*x).rank()));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t k, call.integer("k"));
  RHEO_ASSIGN_OR_RETURN(const bool largest, call.truth("largest"));
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> both, ordered(call, *x, axis, k, largest));
  return answer_both(call, std::move(both));
}

// All elements of a dimension in order; argsort answers with their places alone.
Status lower_sort(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(const bool descends, call.truth("descending"));
  if (shape[axis] == kDynamic) return call.mixes_batch("sorts the batch");
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> both, ordered(call, *x, axis, shape[axis], descends));
  if (call.op() == "argsort") return call.answer_result(std::move(both[1]));
  return answer_both(call, std::move(both));
}

Status lower_cumsum(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, summand(call, *given));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(x).rank()));
  return call.answer_with(OpKind::cumsum, {&x}, {{"axis", static_cast<std::int64_t>(axis)}});
}

}  // namespace rheo::aten
