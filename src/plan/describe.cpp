// SPDX-License-Identifier: Apache-2.0
#include "plan/describe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rheo {
namespace {

using nlohmann::json;

json operand(const Plan& plan, int index) {
  const Slot& slot = plan.slots()[static_cast<std::size_t>(index)];
  if (slot.kind == Slot::Kind::absent) return {{"where", "absent"}};
  const auto dims = slot.type.shape.dims();
  return {{"value", plan.graph().value(slot.value).name},
          {"where", slot.kind == Slot::Kind::constant ? "constant" : "arena"},
          {"dtype", name_of(slot.type.dtype)},
          {"shape", std::vector<std::int64_t>(dims.begin(), dims.end())},
          {"layout", name_of(slot.layout)},
          {"bytes", storage_bytes(slot.type, slot.layout)}};
}

json operands(const Plan& plan, const std::vector<int>& slots) {
  json list = json::array();
  for (int slot : slots) list.push_back(operand(plan, slot));
  return list;
}

json operation(const Plan& plan, const PlanOp& op) {
  json refusals = json::array();
  for (const Refusal& refusal : op.refusals) {
    refusals.push_back({{"kernel", refusal.kernel}, {"reason", refusal.reason}});
  }
  return {{"name", op.name},
          {"op", name_of(op.kind)},
          {"kernel", op.kernel_name},
          {"implementation", op.kernel->implementation()},
          {"scratch_bytes", op.kernel->scratch_bytes()},
          {"inputs", operands(plan, op.inputs)},
          {"outputs", operands(plan, op.outputs)},
          {"refusals", std::move(refusals)}};
}

json stage_of(const Plan& plan, int stage) {
  json ops = json::array();
  for (int op = plan.stage_begin(stage); op < plan.stage_begin(stage + 1); ++op) {
    ops.push_back(operation(plan, plan.ops()[static_cast<std::size_t>(op)]));
  }
  std::size_t carried_bytes = 0;
  for (int index : plan.carried(stage)) {
    const Slot& slot = plan.slots()[static_cast<std::size_t>(index)];
    carried_bytes += storage_bytes(slot.type, slot.layout);
  }
  return {{"exit", plan.graph().exits()[static_cast<std::size_t>(stage)].name},
          {"carried_bytes", carried_bytes},
          {"ops", std::move(ops)}};
}

}  // namespace

std::string describe(const Plan& plan) {
  json stages = json::array();
  for (int stage = 0; stage < plan.stage_count(); ++stage) stages.push_back(stage_of(plan, stage));
  const auto reorders =
      std::count_if(plan.ops().begin(), plan.ops().end(), [](const PlanOp& op) { return op.kind == OpKind::reorder; });
  const json whole = {{"batch", plan.batch()},
                      {"threads", plan.threads()},
                      {"isa", name_of(plan.isa())},
                      {"arena_bytes", plan.arena_bytes()},
                      {"weights_bytes", plan.weights()->size_bytes()},
                      {"layouts_changed", reorders},
                      {"stages", std::move(stages)}};
  // Names come from model files and may be any bytes; what is no UTF-8 is replaced, not thrown at the caller.
  return whole.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace rheo
