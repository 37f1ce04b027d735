// SPDX-License-Identifier: Apache-2.0
#include "op/mean.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

MeanSettings MeanSettings::from(const Attributes& attributes, std::size_t rank) {
  MeanSettings settings;
  for (std::int64_t axis : attributes.integers("axes")) {
    if (const Result<std::size_t> index = axis_in_rank("axes", axis, rank); index.ok())
      settings.is_averaged[*index] = true;
  }
  settings.keep_dims = attributes.integer("keep_dims") != 0;
  return settings;
}

Types infer_mean(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  const std::vector<std::int64_t> axes = context.attributes.integers("axes");
  if (axes.empty()) return misfit("\"axes\" must name at least one dimension to average.");
  for (std::int64_t axis : axes) RHEO_RETURN_IF_ERROR(axis_in_rank("axes", axis, x.shape.rank()).status());

  const MeanSettings settings = MeanSettings::from(context.attributes, x.shape.rank());
  TensorType output{.dtype = x.dtype, .shape = {}, .quantization = {}};
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    if (settings.is_averaged[axis]) RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
    if (settings.is_averaged[axis] && x.shape[axis] == 0)
      return misfit(fmt::format("{}: nothing to average along {}.", describe_input(context, 0, "x"), axis));
    if (!settings.is_averaged[axis]) output.shape.push_back(x.shape[axis]);
    if (settings.is_averaged[axis] && settings.keep_dims) output.shape.push_back(1);
  }
  return std::vector{std::move(output)};
}

}  // namespace rheo
