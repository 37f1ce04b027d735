// SPDX-License-Identifier: Apache-2.0
// Normalisations and softmax.
#include <numeric>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

// Mean and 1 / deviation over the dimensions from `axis` on, which training asks for besides the result.
Status answer_with_moments(Call& call, std::size_t axis) {
  std::vector<std::int64_t> axes(call.rank(0) - axis);
  std::iota(axes.begin(), axes.end(), static_cast<std::int64_t>(axis));
  const Attributes over = {{"axes", axes}, {"keep_dims", 1}};
  RHEO_ASSIGN_OR_RETURN(ImportValue mean, call.emit(OpKind::mean, {&call.input(0)}, over));
  RHEO_ASSIGN_OR_RETURN(ImportValue centred, call.emit(OpKind::sub, {&call.input(0), &mean}));
  RHEO_ASSIGN_OR_RETURN(centred, call.emit(OpKind::mul, {&centred, &centred}));
  RHEO_ASSIGN_OR_RETURN(ImportValue variance, call.emit(OpKind::mean, {&centred}, over));
  RHEO_ASSIGN_OR_RETURN(ImportValue epsilon, Call::scalar(DType::f32, call.real("epsilon", 1e-5)));
  RHEO_ASSIGN_OR_RETURN(variance, call.emit(OpKind::add, {&variance, &epsilon}));
  RHEO_ASSIGN_OR_RETURN(variance, call.emit(OpKind::sqrt, {&variance}));
  RHEO_ASSIGN_OR_RETURN(variance, call.emit(OpKind::reciprocal, {&variance}));
  call.answer(std::move(mean), 1);
  call.answer(std::move(variance), 2);
  return {};
}

}  // namespace

Status lower_batch_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(5));
  if (call.integer("training_mode", 0) != 0 ||
      (call.opset() < 7 && call.integer("is_test", 0) == 0 && call.node().outputs.size() > 1)) {
    return call.refuse("normalises as in training; export the model for inference");
  }
  if (call.integer("spatial", 1) == 0) return call.refuse("normalises every place by numbers of its own (spatial = 0)");
  return call.answer_with(OpKind::batch_norm,
                          {&call.input(0), &call.input(1), &call.input(2), &call.input(3), &call.input(4)},
                          {{"epsilon", call.real("epsilon", 1e-5)}});
}

Status lower_layer_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  const std::size_t rank = call.rank(0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(call.integer("axis", -1), rank));
  // Scale and shift may broadcast; the op takes them in full.
  const Shape x = call.shape(0);
  const Shape normalised(x.dims().subspan(axis));
  for (const std::size_t index : {std::size_t{1}, std::size_t{2}}) {
    if (call.has(index) && call.shape(index) != normalised)
      return call.refuse("scales by another shape than it normalises");
  }
  if (call.node().outputs.size() > 1) RHEO_RETURN_IF_ERROR(answer_with_moments(call, axis));
  return call.answer_with(OpKind::layer_norm, {&call.input(0), &call.input(1), call.has(2) ? &call.input(2) : nullptr},
                          {{"epsilon", call.real("epsilon", 1e-5)}, {"axes", static_cast<std::int64_t>(rank - axis)}});
}

Status lower_instance_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  if (call.rank(0) < 3) return call.refuse("normalises a tensor without spatial dimensions");
  return call.answer_with(OpKind::group_norm, {&call.input(0), &call.input(1), &call.input(2)},
                          {{"groups", call.shape(0)[1]}, {"epsilon", call.real("epsilon", 1e-5)}});
}

Status lower_group_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  if (call.opset() < 21) return call.refuse("is a GroupNormalization before operator set 21, which scales per group");
  return call.answer_with(OpKind::group_norm, {&call.input(0), &call.input(1), &call.input(2)},
                          {{"groups", call.integer("num_groups", 1)}, {"epsilon", call.real("epsilon", 1e-5)}});
}

Status lower_local_response_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  return call.answer_with(OpKind::local_response_norm, {&call.input(0)},
                          {{"size", call.integer("size", 1)},
                           {"alpha", call.real("alpha", 1e-4)},
                           {"beta", call.real("beta", 0.75)},
                           {"bias", call.real("bias", 1)}});
}

Status lower_lp_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  return call.answer_with(OpKind::lp_normalize, {&call.input(0)},
                          {{"axis", call.integer("axis", -1)}, {"p", call.integer("p", 2)}});
}

// Before operator set 13 all dimensions from the axis on are one: flattened, normalised, and given back their shape.
Status lower_softmax(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const OpKind kind = call.node().op == "Softmax" ? OpKind::softmax : OpKind::log_softmax;
  const Shape x = call.shape(0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(call.integer("axis", call.opset() < 13 ? 1 : -1), x.rank()));
  if (call.opset() >= 13 || axis + 1 == x.rank()) {
    return call.answer_with(kind, {&call.input(0)}, {{"axis", static_cast<std::int64_t>(axis)}});
  }
  Shape joined(x.dims().first(axis));
  const Shape rest(x.dims().subspan(axis));
  if (!rest.is_static()) return call.mixes_batch("normalises over the batch");
  joined.push_back(rest.elements());
  RHEO_ASSIGN_OR_RETURN(ImportValue flat, call.reshape(call.input(0), joined));
  RHEO_ASSIGN_OR_RETURN(flat, call.emit(kind, {&flat}, {{"axis", -1}}));
  RHEO_ASSIGN_OR_RETURN(flat, call.reshape(flat, x));
  call.answer(std::move(flat));
  return {};
}

}  // namespace rheo::onnx
