// SPDX-License-Identifier: Apache-2.0
#include "plan/timing.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/clock.h"
#include "base/try.h"

namespace rheo {
namespace {

constexpr int kFewestRounds = 3;
constexpr int kMostRounds = 15;
constexpr int kFewestPlanRounds = 9;

int rounds_for(double round_us, double budget_us) {
  const double rounds = budget_us / std::max(round_us, 0.1);
  return static_cast<int>(std::clamp(rounds, static_cast<double>(kFewestRounds), static_cast<double>(kMostRounds)));
}

double microseconds_since(std::int64_t start_ns) { return static_cast<double>(now_ns() - start_ns) * 1e-3; }

// Numbers as activations have them: half of them zero, the rest below 2. Times of sparse or denormal data would lie.
void fill(std::byte* memory, std::size_t bytes, DType dtype) {
  std::uint32_t state = 12345;
  const auto next = [&] {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
  };
  if (dtype == DType::f32) {
    for (std::size_t i = 0; i + 4 <= bytes; i += 4) {
      const std::uint32_t random = next();
      const float value = random % 2 == 0 ? 0.0f : static_cast<float>(random) * 0x1p-23f;
      std::memcpy(memory + i, &value, 4);
    }
  } else if (dtype == DType::bf16) {
    for (std::size_t i = 0; i + 2 <= bytes; i += 2) {
      const auto value = static_cast<std::uint16_t>(next() % 2 == 0 ? 0 : 0x3f00 + next() % 0x100);
      std::memcpy(memory + i, &value, 2);
    }
  } else if (dtype == DType::u8 || dtype == DType::i8) {
    for (std::size_t i = 0; i < bytes; ++i) memory[i] = static_cast<std::byte>(next() % 128);
  } else {
    std::memset(memory, 0, bytes);  // an index that is always in range, whatever it points into
  }
}

void fill_inputs(const Plan& plan, std::byte* arena) {
  for (std::size_t input = 0; input < plan.graph().inputs().size(); ++input) {
    const int index = plan.input_slot(static_cast<int>(input));
    const Slot& slot = plan.slots()[static_cast<std::size_t>(index)];
    fill(slot_address(plan, index, arena), storage_bytes(slot.type, slot.layout), slot.type.dtype);
  }
}

std::size_t largest_storage(const TensorType& type) {
  std::size_t bytes = 0;
  for (Layout layout : candidate_layouts(type)) bytes = std::max(bytes, storage_bytes(type, layout));
  return bytes;
}

}  // namespace

double median(std::vector<double> samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

std::size_t CallTimer::add(std::shared_ptr<const Kernel> kernel, LayoutPair layouts) {
  candidates_.push_back({std::move(kernel), layouts, nullptr, {}});
  return candidates_.size() - 1;
}

Status CallTimer::prepare() {
  for (const Operand& input : call_.inputs) {
    inputs_.emplace_back();
    if (input.type == nullptr || input.constant != nullptr) continue;
    const std::size_t bytes = largest_storage(*input.type);
    RHEO_ASSIGN_OR_RETURN(inputs_.back(), allocate_arena(bytes));
    fill(inputs_.back().get(), bytes, input.type->dtype);
  }
  for (const Operand& output : call_.outputs) {
    outputs_.emplace_back();
    RHEO_ASSIGN_OR_RETURN(outputs_.back(), allocate_arena(largest_storage(*output.type)));
  }
  std::size_t scratch_bytes = 0;
  for (const Candidate& candidate : candidates_) {
    scratch_bytes = std::max(scratch_bytes, candidate.kernel->scratch_bytes());
  }
  RHEO_ASSIGN_OR_RETURN(scratch_, allocate_arena(scratch_bytes));
  return {};
}

void CallTimer::bind(Candidate& candidate) {
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Tensor* constant = call_.inputs[i].constant;
    inputs.push_back(constant != nullptr ? constant->data() : inputs_[i].get());
  }
  for (const Arena& output : outputs_) outputs.push_back(output.get());
  auto bound = candidate.kernel->bind({inputs, outputs, scratch_.get()});
  if (bound) candidate.bound = std::move(*bound);
}

void CallTimer::run(Candidate& candidate) {
  if (candidate.bound == nullptr) return;
  const std::int64_t start_ns = now_ns();
  const Status status = candidate.bound->run(pool_);
  candidate.samples_us.push_back(microseconds_since(start_ns));
  if (!status.ok()) candidate.bound = nullptr;
}

Result<std::vector<std::optional<double>>> CallTimer::measure(double budget_us) {
  RHEO_RETURN_IF_ERROR(prepare());
  double round_us = 0;
  for (Candidate& candidate : candidates_) {
    bind(candidate);
    run(candidate);  // warms caches and code; not counted
    candidate.samples_us.clear();
    run(candidate);
    if (candidate.bound != nullptr) round_us += candidate.samples_us.back();
  }
  for (int round = rounds_for(round_us, budget_us); round > 0; --round) {
    for (Candidate& candidate : candidates_) run(candidate);
  }
  std::vector<std::optional<double>> medians;
  for (Candidate& candidate : candidates_) {
    medians.emplace_back();
    if (candidate.bound != nullptr) medians.back() = median(candidate.samples_us);
  }
  return medians;
}

Result<std::vector<std::vector<double>>> measure_plans(std::span<const std::shared_ptr<const Plan>> plans,
                                                       ThreadPool* pool, double budget_us) {
  struct Run {
    Arena arena;
    std::vector<std::unique_ptr<BoundKernel>> ops;
    std::vector<std::vector<double>> samples_us;  // per stage
  };
  std::vector<Run> runs;
  for (const auto& plan : plans) {
    Run& run = runs.emplace_back();
    RHEO_ASSIGN_OR_RETURN(run.arena, allocate_arena(plan->arena_bytes()));
    RHEO_ASSIGN_OR_RETURN(run.ops, bind_ops(*plan, run.arena.get()));
    run.samples_us.resize(static_cast<std::size_t>(plan->stage_count()));
  }
  int rounds = 1;  // the first one warms up and says how many there is time for
  for (int round = 0; round < rounds; ++round) {
    const std::int64_t round_start_ns = now_ns();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      fill_inputs(*plans[i], runs[i].arena.get());
      for (int stage = 0; stage < plans[i]->stage_count(); ++stage) {
        const std::int64_t start_ns = now_ns();
        for (int op = plans[i]->stage_begin(stage); op < plans[i]->stage_begin(stage + 1); ++op) {
          RHEO_RETURN_IF_ERROR(runs[i].ops[static_cast<std::size_t>(op)]->run(pool));
        }
        if (round > 0) runs[i].samples_us[static_cast<std::size_t>(stage)].push_back(microseconds_since(start_ns));
      }
    }
    if (round == 0) rounds = 1 + std::max(kFewestPlanRounds, rounds_for(microseconds_since(round_start_ns), budget_us));
  }
  std::vector<std::vector<double>> medians;
  for (const Run& run : runs) {
    medians.emplace_back();
    for (const auto& samples : run.samples_us) medians.back().push_back(median(samples));
  }
  return medians;
}

}  // namespace rheo
