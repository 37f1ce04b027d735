// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/conv2d_test.cpp and linear_test.cpp.
#include "kernels/ref/epilogue.h"

#include "kernels/ref/activation_function.h"

namespace rheo::ref {
namespace {

TensorType type_or_none(std::span<const Operand> operands, std::size_t index) {
  return index < operands.size() && operands[index].type != nullptr ? *operands[index].type : TensorType{};
}

const void* address_or_none(std::span<const void* const> addresses, std::size_t index) {
  return index < addresses.size() ? addresses[index] : nullptr;
}

}  // namespace

ProductEpilogue::ProductEpilogue(const KernelRequest& request, Epilogue settings)
    : settings_(std::move(settings)),
      x_scales_(request.inputs[0].type->quantization.scales),
      weights_scales_(request.inputs[1].type->quantization.scales),
      bias_(type_or_none(request.inputs, kBiasInput)),
      residual_(type_or_none(request.inputs, kResidualInput)),
      output_(*request.outputs[0].type) {}

double ProductEpilogue::product_scale(std::int64_t channel) const {
  if (weights_scales_.empty()) return 1;
  const std::size_t index = weights_scales_.size() == 1 ? 0 : static_cast<std::size_t>(channel);
  const double x_scale = x_scales_.empty() ? 1 : static_cast<double>(x_scales_[0]);
  return x_scale * static_cast<double>(weights_scales_[index]);
}

ProductEpilogue::Bound::Bound(const ProductEpilogue& epilogue, std::span<const void* const> inputs,
                              std::span<void* const> outputs)
    : epilogue_(epilogue),
      has_bias_(address_or_none(inputs, kBiasInput) != nullptr),
      has_residual_(address_or_none(inputs, kResidualInput) != nullptr),
      bias_(epilogue.bias_, address_or_none(inputs, kBiasInput)),
      residual_(epilogue.residual_, address_or_none(inputs, kResidualInput)),
      output_(epilogue.output_, outputs[0]) {}

void ProductEpilogue::Bound::finish(double sum, std::int64_t channel, std::int64_t index) const {
  double value = sum * epilogue_.product_scale(channel);
  if (has_bias_) value += bias_.real(channel);
  if (has_residual_) value += residual_.real(index);
  if (epilogue_.settings_.activation) value = activate(*epilogue_.settings_.activation, value);
  output_.set_real(index, value);
}

}  // namespace rheo::ref
