// SPDX-License-Identifier: Apache-2.0
// y = (conv(x, w) + b - mean) * s + shift with s = scale / sqrt(variance + epsilon) is conv(x, w * s) + (b - mean) * s
// + shift, channel by channel. Computed in double, so that folding costs no precision beyond one rounding per weight.
#include <array>
#include <cmath>

#include "base/try.h"
#include "op/epilogue.h"
#include "op/normalisation.h"
#include "transform/pass.h"
#include "transform/product.h"

namespace rheo {
namespace {

struct Normalisation {
  std::vector<double> factor;  // s, per channel
  std::vector<double> shift;   // shift - mean * s
};

std::optional<Normalisation> normalisation_of(Rewriter& rewriter, const Node& node, std::size_t channels) {
  std::array<std::span<const float>, 4> parameters;  // scale, shift, mean, variance
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    const Result<ValueId> value = rewriter.mapped(node.inputs[index + 1]);
    if (!value.ok()) return std::nullopt;
    const std::optional<std::span<const float>> elements = f32_constant(rewriter, *value);
    if (!elements || elements->size() != channels) return std::nullopt;
    parameters[index] = *elements;
  }
  const double epsilon = BatchNormSettings::from(node.attributes).epsilon;
  Normalisation result;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double factor = parameters[0][channel] / std::sqrt(double{parameters[3][channel]} + epsilon);
    result.factor.push_back(factor);
    result.shift.push_back(parameters[1][channel] - parameters[2][channel] * factor);
  }
  return result;
}

Result<Tensor> scaled_weights(const Tensor& weights, const std::vector<double>& factor) {
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::f32, weights.shape()));
  const std::span<const float> from = weights.as<float>();
  const std::span<float> to = result.as_mutable<float>();
  const std::size_t per_channel = from.size() / factor.size();
  for (std::size_t channel = 0; channel < factor.size(); ++channel) {
    const std::size_t first = channel * per_channel;
    for (std::size_t i = 0; i < per_channel; ++i) {
      to[first + i] = static_cast<float>(from[first + i] * factor[channel]);
    }
  }
  return result;
}

Result<Tensor> folded_bias(std::optional<std::span<const float>> bias, const Normalisation& normalisation) {
  const std::size_t channels = normalisation.factor.size();
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::f32, {static_cast<std::int64_t>(channels)}));
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double old = bias ? (*bias)[channel] : 0.0;
    result.as_mutable<float>()[channel] =
        static_cast<float>(old * normalisation.factor[channel] + normalisation.shift[channel]);
  }
  return result;
}

Result<bool> fold(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::batch_norm) return false;
  const Rewriter::Emitted* product = open_product(rewriter, node.inputs[0]);
  if (product == nullptr) return false;
  std::vector<ValueId> inputs = product_inputs(*product);
  const std::size_t rank = rewriter.graph().value(node.inputs[0]).type.shape.rank();
  const bool channels_agree = product->kind == OpKind::conv2d || rank == 2;
  const std::optional<std::span<const float>> bias = f32_constant(rewriter, inputs[kBiasInput]);
  if (!channels_agree || inputs[kResidualInput] != kNoValue || !f32_constant(rewriter, inputs[kWeightsInput]) ||
      (inputs[kBiasInput] != kNoValue && !bias)) {
    return false;
  }
  const auto channels = static_cast<std::size_t>(rewriter.type(inputs[kWeightsInput]).shape[0]);
  const std::optional<Normalisation> normalisation = normalisation_of(rewriter, node, channels);
  if (!normalisation || !rewriter.has_room_for(rewriter.constant(inputs[kWeightsInput])->size_bytes())) return false;

  RHEO_ASSIGN_OR_RETURN(Tensor weights,
                        scaled_weights(*rewriter.constant(inputs[kWeightsInput]), normalisation->factor));
  RHEO_ASSIGN_OR_RETURN(Tensor shift, folded_bias(bias, *normalisation));
  const Rewriter::Emitted merged = *product;  // adding to the graph may move what `product` points to
  RHEO_ASSIGN_OR_RETURN(inputs[kWeightsInput], rewriter.add_constant(node.name + ".weights", std::move(weights)));
  RHEO_ASSIGN_OR_RETURN(inputs[kBiasInput], rewriter.add_constant(node.name + ".bias", std::move(shift)));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, merged.kind, std::move(inputs), merged.attributes));
  return true;
}

}  // namespace

Result<GraphPointer> fold_batch_norm(const Graph& graph) { return rewrite(graph, fold); }

}  // namespace rheo
