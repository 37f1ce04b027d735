// SPDX-License-Identifier: Apache-2.0
// Normalisations and softmax.
#include <limits>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_constant.h"

namespace rheo::aten {
namespace {

// The argument, or `number` for each of `count` channels where it is None.
Result<ImportValue> per_channel(Call& call, std::string_view name, std::int64_t count, double number) {
  if (call.has(name)) {
    RHEO_ASSIGN_OR_RETURN(const ImportValue* value, call.value(name));
    return *value;
  }
  RHEO_ASSIGN_OR_RETURN(const ImportValue one, Call::scalar(DType::f32, number));
  return filled(call, one.only(), {std::vector{count}, std::vector{count}});
}

// How many of the last dimensions are normalised together.
Result<std::int64_t> normalised_axes(Call& call, const Shape& x) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> shape, call.integers("normalized_shape"));
  const bool fits =
      !shape.empty() && shape.size() <= x.rank() && Shape(shape) == Shape(x.dims().subspan(x.rank() - shape.size()));
  if (!fits) return call.refuse("normalises another shape than it is given");
  return static_cast<std::int64_t>(shape.size());
}

Status refuse_moments(Call& call) {
  if (!call.is_wanted(1) && !call.is_wanted(2)) return {};
  return call.refuse("answers with mean and deviation, as in training");
}

Status normalise_groups(Call& call, std::int64_t groups) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("input"));
  const Shape shape = call.shape_of(*x);
  if (shape.rank() < 2) return call.refuse("normalises a tensor without channels");
  RHEO_ASSIGN_OR_RETURN(ImportValue weight, per_channel(call, "weight", shape[1], 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue bias, per_channel(call, "bias", shape[1], 0));
  RHEO_ASSIGN_OR_RETURN(const double epsilon, call.real("eps"));
  return call.answer_with(OpKind::group_norm, {x, &weight, &bias},
                          {{"groups", groups == 0 ? shape[1] : groups}, {"epsilon", epsilon}});
}

}  // namespace

Status lower_batch_norm(Call& call) {
  if (call.op() == "batch_norm") {
    RHEO_ASSIGN_OR_RETURN(const bool trains, call.truth("training"));
    if (trains) return call.refuse("normalises as in training; export the model after eval()");
  }
  RHEO_RETURN_IF_ERROR(refuse_moments(call));
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("input"));
  if (call.shape_of(*x).rank() < 2) return call.refuse("normalises a tensor without channels");
  const std::int64_t channels = call.shape_of(*x)[1];
  if (!call.has("running_mean") || !call.has("running_var")) return call.refuse("has no running mean and variance");
  RHEO_ASSIGN_OR_RETURN(ImportValue weight, per_channel(call, "weight", channels, 1));
  RHEO_ASSIGN_OR_RETURN(ImportValue bias, per_channel(call, "bias", channels, 0));
  RHEO_ASSIGN_OR_RETURN(ImportValue * mean, call.value("running_mean"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * variance, call.value("running_var"));
  RHEO_ASSIGN_OR_RETURN(const double epsilon, call.real("eps"));
  return call.answer_with(OpKind::batch_norm, {x, &weight, &bias, mean, variance}, {{"epsilon", epsilon}});
}

Status lower_layer_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(refuse_moments(call));
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("input"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t axes, normalised_axes(call, call.shape_of(*x)));
  RHEO_ASSIGN_OR_RETURN(ImportValue * weight, call.value_or_null("weight"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * bias, call.value_or_null("bias"));
  RHEO_ASSIGN_OR_RETURN(const double epsilon, call.real("eps"));
  return call.answer_with(OpKind::layer_norm, {x, weight, bias}, {{"epsilon", epsilon}, {"axes", axes}});
}

// Without an epsilon PyTorch takes the step of f32 at 1.
Status lower_rms_norm(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("input"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t axes, normalised_axes(call, call.shape_of(*x)));
  RHEO_ASSIGN_OR_RETURN(ImportValue * weight, call.value_or_null("weight"));
  double epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());
  if (call.has("eps")) {
    RHEO_ASSIGN_OR_RETURN(epsilon, call.real("eps"));
  }
  return call.answer_with(OpKind::rms_norm, {x, weight}, {{"epsilon", epsilon}, {"axes", axes}});
}

Status lower_group_norm(Call& call) {
  RHEO_RETURN_IF_ERROR(refuse_moments(call));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t groups, call.integer(call.op() == "group_norm" ? "num_groups" : "group"));
  return groups < 1 ? call.refuse("has no groups") : normalise_groups(call, groups);
}

Status lower_instance_norm(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const bool looks_at_input, call.truth("use_input_stats"));
  if (!looks_at_input) return lower_batch_norm(call);
  return normalise_groups(call, 0);
}

Status lower_softmax(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_real(call, *given));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(x).rank()));
  return call.answer_with(kind, {&x}, {{"axis", static_cast<std::int64_t>(axis)}});
}

}  // namespace rheo::aten
