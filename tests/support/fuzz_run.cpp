// SPDX-License-Identifier: Apache-2.0
#include "support/fuzz_run.h"

#include <cstddef>
#include <cstdint>

#include "plan/plan.h"
#include "run/frame.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo::testing {
namespace {

bool is_quick(const Graph& graph) {
  constexpr std::int64_t kMostMultiplyAdds = 1'000'000;
  const auto work = multiply_adds(graph, graph.stage_count() - 1);
  return work.ok() && *work <= kMostMultiplyAdds;
}

void run(const std::shared_ptr<const Plan>& plan) {
  const auto frame = Frame::create(plan);
  if (!frame.ok()) return require_reason(frame.status());
  for (std::size_t input = 0; input < plan->graph().inputs().size(); ++input) {
    const auto& slot = plan->slots()[static_cast<std::size_t>(plan->input_slot(static_cast<int>(input)))];
    const Tensor item = Tensor::zeros(slot.type.dtype, slot.type.shape).value();
    require((*frame)->set_input(static_cast<int>(input), 0, item).ok());
  }
  for (int exit = 0; exit < plan->stage_count(); ++exit) {
    if (const Status status = (*frame)->run_to(exit, {}); !status.ok()) return require_reason(status);
    for (std::size_t output = 0; output < plan->outputs().size(); ++output) {
      if (plan->outputs()[output].stage > exit) continue;
      const TensorView given = (*frame)->item_output(output, 0);
      volatile std::byte last = static_cast<const std::byte*>(given.data())[given.size_bytes() - 1];  // was promised
      (void)last;
    }
  }
}

}  // namespace

void plan_and_run(const std::shared_ptr<const Graph>& graph, const Ranges& ranges) {
  if (!is_quick(*graph)) return;
  for (const auto precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    const auto lowered = lower(graph, precision, ranges);
    if (!lowered.ok()) {
      require_reason(lowered.status());
      continue;
    }
    PlanOptions options;
    options.allow_reference = true;
    options.arena_limit_bytes = 1 << 20;
    const auto plan = make_plan(*lowered, options);
    plan.ok() ? run(*plan) : require_reason(plan.status());
  }
}

void optimize_and_run(const std::shared_ptr<const Graph>& graph) {
  if (!is_quick(*graph)) return;
  const auto optimized = optimize(graph);
  optimized.ok() ? plan_and_run(*optimized, {}) : require_reason(optimized.status());
}

}  // namespace rheo::testing
