// SPDX-License-Identifier: Apache-2.0
// Tensors made from numbers, values handed through, and changes of the element type.
#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_constant.h"

namespace rheo::aten {
namespace {

Sizes sizes_like(Call& call, const ImportValue& value) {
  const PerTrial<Shape> shapes = call.emitter().shapes_of(value);
  Sizes sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    sizes[trial].assign(shapes[trial].dims().begin(), shapes[trial].dims().end());
  }
  return sizes;
}

// A number of rank 0 in a type of its own.
Result<Tensor> number_in(Call& call, ImportValue& number, DType dtype) {
  RHEO_ASSIGN_OR_RETURN(const ImportValue cast, call.cast(number, dtype));
  if (!cast.is_known() || !cast.ignores_batch()) return call.refuse("fills a shape with what the model computes");
  return cast.only();
}

Result<ImportValue> counted(Call& call, DType dtype) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * end, call.value("end"));
  RHEO_ASSIGN_OR_RETURN(ImportValue first, Call::scalar(DType::i64, 0));
  RHEO_ASSIGN_OR_RETURN(ImportValue step, Call::scalar(DType::i64, 1));
  if (call.has("start")) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* given, call.value("start"));
    first = *given;
  }
  if (call.has("step")) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* given, call.value("step"));
    step = *given;
  }
  RHEO_ASSIGN_OR_RETURN(first, call.cast(first, dtype));
  RHEO_ASSIGN_OR_RETURN(ImportValue limit, call.cast(*end, dtype));
  RHEO_ASSIGN_OR_RETURN(step, call.cast(step, dtype));
  return range(call, first, limit, step);
}

}  // namespace

// The type is that of the numbers unless it is named.
Status lower_arange(Call& call) {
  DType dtype = DType::i64;
  for (const std::string_view name : {"start", "end", "step"}) {
    if (!call.has(name)) continue;
    RHEO_ASSIGN_OR_RETURN(const ImportValue* value, call.value(name));
    if (call.dtype_of(*value) == DType::f32) dtype = DType::f32;
  }
  RHEO_ASSIGN_OR_RETURN(const DType wanted, call.dtype_named("dtype", dtype));
  RHEO_ASSIGN_OR_RETURN(ImportValue values, counted(call, dtype));
  return call.answer_result(call.cast(values, wanted));
}

// zeros, ones, full, empty and what is like another tensor: the number, the size and the type by their names.
Status lower_filled(Call& call) {
  const std::string_view op = call.op();
  const bool is_like = op.ends_with("_like");
  const bool is_new = op.starts_with("new_");
  const bool is_full = op.find("full") != std::string_view::npos || op == "fill";
  const bool keeps_shape = is_like || op == "fill" || op == "zero";
  RHEO_ASSIGN_OR_RETURN(ImportValue number,
                        Call::scalar(DType::f32, op.find("ones") != std::string_view::npos ? 1 : 0));
  if (is_full) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* given, call.value(op == "fill" ? "value" : "fill_value"));
    number = *given;
  }
  DType dtype = is_full ? call.dtype_of(number) : DType::f32;
  Sizes sizes;
  if (keeps_shape || is_new) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* like, call.value("self"));
    dtype = call.dtype_of(*like);
    sizes = sizes_like(call, *like);
  }
  if (!keeps_shape) {
    RHEO_ASSIGN_OR_RETURN(sizes, call.sizes("size"));
  }
  RHEO_ASSIGN_OR_RETURN(dtype, call.dtype_named("dtype", dtype));
  for (const auto& trial : sizes) {
    for (const std::int64_t size : trial) {
      if (size < 0) return call.refuse("makes a tensor of negative size");
    }
  }
  RHEO_ASSIGN_OR_RETURN(const Tensor filling, number_in(call, number, dtype));
  return call.answer_result(filled(call, filling, sizes));
}

Status lower_scalar_tensor(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * number, call.value("s"));
  RHEO_ASSIGN_OR_RETURN(const DType dtype, call.dtype_named("dtype", DType::f32));
  return call.answer_result(call.cast(*number, dtype));
}

// "self" or "input" as it is.
Status lower_identity(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const ImportValue* x, call.value(call.has("self") ? "self" : "input"));
  return call.answer_result(*x);
}

Status lower_dropout(Call& call) {
  if (call.has("train")) {
    RHEO_ASSIGN_OR_RETURN(const bool trains, call.truth("train"));
    if (trains) return call.refuse("drops elements as in training; export the model after eval()");
  }
  if (call.is_wanted(1)) return call.refuse("answers with the mask of training");
  return lower_identity(call);
}

// To the type "dtype", or that of "other".
Status lower_cast(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  DType dtype = call.dtype_of(*x);
  if (call.has("other")) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* other, call.value("other"));
    dtype = call.dtype_of(*other);
  }
  RHEO_ASSIGN_OR_RETURN(dtype, call.dtype_named("dtype", dtype));
  return call.answer_result(call.cast(*x, dtype));
}

// The elements of "src" in the type and shape of "self".
Status lower_copy(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const ImportValue* x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * from, call.value("src"));
  RHEO_ASSIGN_OR_RETURN(ImportValue copy, call.cast(*from, call.dtype_of(*x)));
  if (call.shape_of(copy) == call.shape_of(*x)) return call.answer_result(std::move(copy));
  return call.answer_result(expanded(call, copy, sizes_like(call, *x)));
}

// What only guards: Rheo checks shapes and types by itself.
Status lower_nothing(Call& /*call*/) { return {}; }

}  // namespace rheo::aten
