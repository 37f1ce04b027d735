// SPDX-License-Identifier: Apache-2.0
// lstm, gru and rnn with the formulas of op/recurrent.h. f32, plain. The products with the input are done for all steps
// at once, then step after step adds those with the last state. Threads take directions and a few items each.
// Limits: constant weights and biases. Tested by tests/agree/kernels_recurrent_test.cpp.
#include <algorithm>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/recurrent_plan.h"

namespace rheo {
namespace {

// One direction of the items [first, end), at most as many as a tile has pixels.
class RecurrentPart {
 public:
  RecurrentPart(const RecurrentPlan& plan, const Buffers& buffers, std::int64_t direction, std::int64_t first,
                std::int64_t end)
      : plan_(plan),
        buffers_(buffers),
        direction_(direction),
        first_(first),
        end_(end),
        sums_(static_cast<float*>(buffers.scratch) +
              (direction * plan.sizes.batch + first) * plan.sizes.steps * plan.row()) {}

  void run() {
    start_states();
    multiply_inputs();
    std::int64_t longest = 0;
    for (std::int64_t item = first_; item < end_; ++item) longest = std::max(longest, length(item));
    for (std::int64_t step = 0; step < longest; ++step) run_step(step);
    clear_rest();
  }

 private:
  const float* input(std::size_t index) const {
    return plan_.given[index] ? static_cast<const float*>(buffers_.inputs[index]) : nullptr;
  }
  std::int64_t length(std::int64_t item) const {
    if (!plan_.given[kLengths]) return plan_.sizes.steps;
    const std::int32_t given = static_cast<const std::int32_t*>(buffers_.inputs[kLengths])[item];
    return std::clamp<std::int64_t>(given, 0, plan_.sizes.steps);
  }
  // y_h (1) or y_c (2) of an item.
  float* state(std::size_t output, std::int64_t item) const {
    return static_cast<float*>(buffers_.outputs[output]) +
           (item * plan_.sizes.directions + direction_) * plan_.sizes.hidden;
  }
  float* y(std::int64_t item, std::int64_t step) const {
    return static_cast<float*>(buffers_.outputs[0]) +
           ((item * plan_.sizes.steps + step) * plan_.sizes.directions + direction_) * plan_.sizes.hidden;
  }
  // Where in `sums_`, in rows, a step of an item is.
  std::int64_t row_of(std::int64_t item, std::int64_t step) const { return (item - first_) * plan_.sizes.steps + step; }

  // The last states live in the outputs that will hold the final ones.
  void start_states() const {
    for (std::size_t output = 1; output < buffers_.outputs.size(); ++output) {
      const float* from = input(kFirstHidden + output - 1);
      for (std::int64_t item = first_; item < end_; ++item) {
        float* to = state(output, item);
        const auto count = static_cast<std::size_t>(plan_.sizes.hidden);
        if (from == nullptr) {
          std::fill_n(to, count, 0.0F);
        } else {
          std::copy_n(from + (item * plan_.sizes.directions + direction_) * plan_.sizes.hidden, count, to);
        }
      }
    }
  }

  void multiply_inputs() const {
    const std::int64_t rows = (end_ - first_) * plan_.sizes.steps;
    const float* x = input(0) + first_ * plan_.sizes.steps * plan_.sizes.input;
    const Finish finish = finish_with(plan_.bias[static_cast<std::size_t>(direction_)].data(), false);
    for (std::int64_t gate = 0; gate < plan_.sizes.gates; ++gate) {
      for (std::int64_t row = 0; row < rows; row += plan_.dot.tile_pixels) {
        TileCall call;
        call.pixel_count = static_cast<int>(std::min<std::int64_t>(plan_.dot.tile_pixels, rows - row));
        for (int p = 0; p < call.pixel_count; ++p) {
          call.pixels[p] = reinterpret_cast<const std::byte*>(x + (row + p) * plan_.sizes.input);
          call.outputs[p] = row + p;
        }
        multiply(*plan_.input_weights, plan_.sizes.input, gate, gate, finish, call);
      }
    }
  }

  // Number `step` in the order of each item's own steps; items that have no more are left out.
  void run_step(std::int64_t step) const {
    TileCall call;
    std::int64_t items[kMaxTilePixels];
    for (std::int64_t item = first_; item < end_; ++item) {
      const std::int64_t steps = length(item);
      if (step >= steps) continue;
      const std::int64_t at = plan_.settings.goes_back(static_cast<std::size_t>(direction_)) ? steps - 1 - step : step;
      call.pixels[call.pixel_count] = reinterpret_cast<const std::byte*>(state(1, item));
      call.outputs[call.pixel_count] = row_of(item, at);
      items[call.pixel_count++] = item;
    }
    const Finish adds = finish_with(plan_.zeros.data(), true);
    const std::int64_t together = plan_.op == OpKind::gru ? 2 : plan_.sizes.gates;
    for (std::int64_t gate = 0; gate < together; ++gate)
      multiply(*plan_.state_weights, plan_.sizes.hidden, gate, gate, adds, call);
    if (plan_.op == OpKind::gru) multiply_reset(items, call);
    for (int p = 0; p < call.pixel_count; ++p) {
      const GateCall gates = gate_call(items[p], call.outputs[p]);
      if (plan_.op == OpKind::lstm) plan_.loops->lstm_step(gates);
      if (plan_.op == OpKind::gru) plan_.loops->gru_step(gates);
      if (plan_.op == OpKind::rnn) plan_.loops->rnn_step(gates);
    }
  }

  // gru's product for the new state, of H or of r * H, which then lies in the gate of r.
  void multiply_reset(const std::int64_t* items, TileCall& call) const {
    for (int p = 0; p < call.pixel_count; ++p) {
      const GateCall gates = gate_call(items[p], call.outputs[p]);
      plan_.loops->gru_gates(gates);
      if (!plan_.settings.linear_before_reset)
        call.pixels[p] = reinterpret_cast<const std::byte*>(gates.sums + gates.gate_stride);
    }
    const Finish finish = finish_with(plan_.bias[static_cast<std::size_t>(direction_)].data(), false);
    multiply(*plan_.state_weights, plan_.sizes.hidden, 2, kStateProduct, finish, call);
  }

  Finish finish_with(const float* bias, bool adds) const {
    Finish finish;
    finish.scale = plan_.ones.data();
    finish.bias = bias;
    finish.residual = adds ? sums_ : nullptr;
    finish.output = sums_;
    return finish;
  }

  // The product of call.pixels with the weights of `gate`, into gate `to` of rows call.outputs.
  void multiply(const DotPack& weights, std::int64_t depth, std::int64_t gate, std::int64_t to, const Finish& finish,
                TileCall& call) const {
    static constexpr std::ptrdiff_t kNoOffset = 0;
    call.segment_offsets = &kNoOffset;
    call.segments = 1;
    call.steps = static_cast<int>(depth);
    call.channel_stride = plan_.row();
    const std::byte* packed =
        weights.weights.get() + static_cast<std::size_t>(direction_ * plan_.sizes.gates + gate) * weights.group_bytes;
    for (std::int64_t unit = 0; unit < plan_.sizes.hidden; unit += plan_.dot.block_channels) {
      call.weights = packed + static_cast<std::size_t>(unit / plan_.dot.block_channels) * weights.block_bytes;
      call.first_channel = to * plan_.gate_stride() + unit;
      call.channels = static_cast<int>(std::min<std::int64_t>(plan_.dot.block_channels, plan_.sizes.hidden - unit));
      plan_.dot.tile(call, finish);
    }
  }

  GateCall gate_call(std::int64_t item, std::int64_t row) const {
    const std::array<Activation, 3>& activations = plan_.activations[static_cast<std::size_t>(direction_)];
    const float clip = static_cast<float>(plan_.settings.clip);
    const float* peepholes = input(kPeepholes);
    return {.sums = sums_ + row * plan_.row(),
            .gate_stride = plan_.gate_stride(),
            .hidden = plan_.sizes.hidden,
            .peepholes = peepholes == nullptr ? nullptr : peepholes + direction_ * 3 * plan_.sizes.hidden,
            .cell = plan_.op == OpKind::lstm ? state(2, item) : nullptr,
            .state = state(1, item),
            .y = y(item, row % plan_.sizes.steps),
            .f = activations[0],
            .g = activations[1],
            .h = activations[2],
            .clip = clip > 0 ? clip : std::numeric_limits<float>::infinity(),
            .input_forget = plan_.settings.input_forget,
            .resets_after = plan_.settings.linear_before_reset};
  }

  // Results of steps that are not taken are 0.
  void clear_rest() const {
    for (std::int64_t item = first_; item < end_; ++item) {
      for (std::int64_t step = length(item); step < plan_.sizes.steps; ++step)
        std::fill_n(y(item, step), static_cast<std::size_t>(plan_.sizes.hidden), 0.0F);
    }
  }

  const RecurrentPlan& plan_;
  const Buffers& buffers_;
  const std::int64_t direction_, first_, end_;
  float* sums_;  // [items][steps][row]
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_recurrent(const KernelRequest& request) {
  if (request.inputs[0].type->shape[0] == 0) return make_empty_kernel();
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const RecurrentPlan> plan, RecurrentPlan::read(request));
  const RecurrentSizes& sizes = plan->sizes;
  const std::int64_t tile = plan->dot.tile_pixels;
  const std::int64_t tiles = (sizes.batch + tile - 1) / tile;
  LoopSettings settings = loop_settings(request);
  settings.parts = sizes.directions * tiles;
  settings.copied_inputs = {kInputWeights, kRecurrentWeights};
  settings.scratch_bytes =
      static_cast<std::size_t>(sizes.directions * sizes.batch * sizes.steps * plan->row()) * sizeof(float);
  return make_loop_kernel(
      std::move(settings), [plan, tile, tiles](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
        for (std::int64_t part = begin; part < end; ++part) {
          const std::int64_t first = part % tiles * tile;
          RecurrentPart(*plan, buffers, part / tiles, first, std::min(first + tile, plan->sizes.batch)).run();
        }
      });
}

}  // namespace rheo
