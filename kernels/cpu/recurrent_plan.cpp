// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_recurrent_test.cpp.
#include "kernels/cpu/recurrent_plan.h"

#include "base/try.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// Weights [directions, gates * hidden, depth] as one product per gate and direction.
Result<std::shared_ptr<const DotPack>> pack_gates(const Operand& weights, const RecurrentSizes& sizes,
                                                  std::int64_t depth, const DotLoops& dot, WeightStore& store) {
  Conv2dRequest product;
  product.shape.groups = sizes.directions * sizes.gates;
  product.shape.in_channels = product.shape.groups * depth;
  product.shape.out_channels = product.shape.groups * sizes.hidden;
  product.weights_tensor = weights.constant;
  return dot_pack(product, dot, store);
}

Status check_request(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  for (const std::span<const Operand> side : {request.inputs, request.outputs}) {
    for (const Operand& each : side) {
      if (each.type != nullptr && each.layout != Layout::plain) return refuse("Recurrent ops work on plain values.");
    }
  }
  for (const std::size_t input : {kInputWeights, kRecurrentWeights, kGateBias}) {
    const Operand* weights = operand(request.inputs, input);
    if (weights != nullptr && weights->constant == nullptr)
      return refuse("The weights and biases of a recurrent op are not constants.");
  }
  return {};
}

// The biases of both products are added to the first of them, but that of gru's state product, which is multiplied by
// the reset gate, stays with its own.
std::vector<std::vector<float>> gate_bias(const RecurrentPlan& plan, const Operand* bias) {
  const RecurrentSizes& sizes = plan.sizes;
  std::vector<std::vector<float>> rows(static_cast<std::size_t>(sizes.directions), plan.zeros);
  if (bias == nullptr) return rows;
  const std::span<const float> numbers = bias->constant->as<float>();
  for (std::int64_t direction = 0; direction < sizes.directions; ++direction) {
    std::vector<float>& row = rows[static_cast<std::size_t>(direction)];
    for (std::int64_t gate = 0; gate < 2 * sizes.gates; ++gate) {
      const bool of_state = gate >= sizes.gates;
      const std::int64_t own = of_state ? gate - sizes.gates : gate;
      const std::int64_t to = plan.op == OpKind::gru && of_state && own == 2 ? kStateProduct : own;
      for (std::int64_t unit = 0; unit < sizes.hidden; ++unit) {
        row[static_cast<std::size_t>(to * plan.gate_stride() + unit)] +=
            numbers[static_cast<std::size_t>((direction * 2 * sizes.gates + gate) * sizes.hidden + unit)];
      }
    }
  }
  return rows;
}

}  // namespace

Result<std::shared_ptr<const RecurrentPlan>> RecurrentPlan::read(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check_request(request));
  auto plan = std::make_shared<RecurrentPlan>();
  plan->op = request.op;
  plan->settings = RecurrentSettings::from(request.op, *request.attributes);
  plan->sizes =
      RecurrentSizes::of(request.op, request.inputs[0].type->shape, request.inputs[kRecurrentWeights].type->shape);
  plan->loops = &loops_for(request.isa);
  plan->dot = plan->loops->dot_f32;
  const RecurrentSizes& sizes = plan->sizes;
  RHEO_ASSIGN_OR_RETURN(plan->input_weights,
                        pack_gates(request.inputs[kInputWeights], sizes, sizes.input, plan->dot, *request.weights));
  RHEO_ASSIGN_OR_RETURN(plan->state_weights, pack_gates(request.inputs[kRecurrentWeights], sizes, sizes.hidden,
                                                        plan->dot, *request.weights));
  const std::size_t count = plan->settings.activations.size() / plan->settings.directions();
  for (std::size_t direction = 0; direction < plan->settings.directions(); ++direction) {
    std::array<Activation, 3>& of_direction = plan->activations.emplace_back();
    for (std::size_t i = 0; i < count; ++i) {
      RHEO_ASSIGN_OR_RETURN(of_direction[i], activation_of(plan->settings.activation(direction, i).kind, {}));
    }
  }
  plan->ones.assign(static_cast<std::size_t>(plan->row()) + 16, 1.0F);
  plan->zeros.assign(plan->ones.size(), 0.0F);
  plan->bias = gate_bias(*plan, operand(request.inputs, kGateBias));
  for (std::size_t input = 0; input <= kPeepholes; ++input)
    plan->given.push_back(operand(request.inputs, input) != nullptr);
  return std::shared_ptr<const RecurrentPlan>(std::move(plan));
}

}  // namespace rheo
