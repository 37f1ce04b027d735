// SPDX-License-Identifier: Apache-2.0
// Elements taken from and put to places that another tensor names.
#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {

Status lower_gather(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  return call.answer_with(OpKind::gather, {&call.input(0), &call.input(1)}, {{"axis", call.integer("axis", 0)}});
}

Status lower_gather_elements(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  return call.answer_with(OpKind::gather_elements, {&call.input(0), &call.input(1)},
                          {{"axis", call.integer("axis", 0)}});
}

Status lower_gather_nd(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  return call.answer_with(OpKind::gather_nd, {&call.input(0), &call.input(1)},
                          {{"batch_dims", call.integer("batch_dims", 0)}});
}

Status lower_scatter_elements(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  return call.answer_with(OpKind::scatter_elements, {&call.input(0), &call.input(1), &call.input(2)},
                          {{"axis", call.integer("axis", 0)}, {"reduction", call.text("reduction", "none")}});
}

Status lower_scatter_nd(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  return call.answer_with(OpKind::scatter_nd, {&call.input(0), &call.input(1), &call.input(2)},
                          {{"reduction", call.text("reduction", "none")}});
}

Status lower_one_hot(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  RHEO_ASSIGN_OR_RETURN(const double depth, call.real(1));
  RHEO_ASSIGN_OR_RETURN(ImportValue indices, call.cast(call.input(0), DType::i64));
  return call.answer_with(OpKind::one_hot, {&indices, &call.input(2)},
                          {{"depth", static_cast<std::int64_t>(depth)}, {"axis", call.integer("axis", -1)}});
}

Status lower_trilu(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  std::int64_t diagonal = 0;
  if (call.has(1)) {
    RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> k, call.integers(1));
    diagonal = k.empty() ? 0 : k[0];
  }
  return call.answer_with(OpKind::trilu, {&call.input(0)},
                          {{"upper", call.integer("upper", 1)}, {"diagonal", diagonal}});
}

}  // namespace rheo::onnx
