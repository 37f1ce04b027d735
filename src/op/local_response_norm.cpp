// SPDX-License-Identifier: Apache-2.0
#include "op/local_response_norm.h"

#include <fmt/format.h>

#include "op/schema_functions.h"
#include "op/window.h"

namespace rheo {

LocalResponseNormSettings LocalResponseNormSettings::from(const Attributes& attributes) {
  const LocalResponseNormSettings fallback;
  return {.size = attributes.integer("size", fallback.size),
          .alpha = attributes.real("alpha", fallback.alpha),
          .beta = attributes.real("beta", fallback.beta),
          .bias = attributes.real("bias", fallback.bias)};
}

Types infer_local_response_norm(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  if (x.shape.rank() < 2)
    return misfit(fmt::format("{}, but rank 2 or more is needed.", describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", 1));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "size"));
  const LocalResponseNormSettings settings = LocalResponseNormSettings::from(context.attributes);
  if (settings.size < 1 || settings.size > kLargestWindowSetting)
    return misfit(fmt::format("\"size\" is {}, outside [1, {}].", settings.size, kLargestWindowSetting));
  // With these the divisor is a power of a positive number, whatever x holds.
  if (settings.bias <= 0 || settings.alpha < 0 || settings.beta < 0)
    return misfit(
        fmt::format("\"bias\" is {}, \"alpha\" {} and \"beta\" {}, but the bias must be positive and the "
                    "others not negative.",
                    settings.bias, settings.alpha, settings.beta));
  return std::vector{x};
}

}  // namespace rheo
