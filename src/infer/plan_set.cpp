// SPDX-License-Identifier: Apache-2.0
#include "infer/plan_set.h"

#include <string>

#include "base/try.h"
#include "transform/lower.h"

namespace rheo {

namespace {

std::size_t index_of(Precision precision) { return static_cast<std::size_t>(precision); }

}  // namespace

Result<std::shared_ptr<PlanSet>> PlanSet::create(const std::shared_ptr<const Graph>& graph, const Ranges& ranges,
                                                 std::span<const Precision> precisions, PlanSetOptions options) {
  std::shared_ptr<PlanSet> set(new PlanSet());
  set->options_ = std::move(options);
  set->weights_ = std::make_shared<WeightStore>();
  for (const Precision precision : precisions) {
    auto lowered = lower(graph, precision, ranges);
    if (!lowered) return lowered.status().with_context("lowering to " + std::string(name_of(precision)));
    set->graphs_[index_of(precision)] = *std::move(lowered);
  }
  return set;
}

const std::shared_ptr<const Graph>& PlanSet::graph(Precision precision) const { return graphs_[index_of(precision)]; }

Result<std::shared_ptr<const Plan>> PlanSet::plan(Precision precision, int batch) {
  const std::size_t index = index_of(precision);
  if (graphs_[index] == nullptr) {
    return Status(StatusCode::not_found, "No plan in " + std::string(name_of(precision)) +
                                             ": the ladder of this model has no path in that precision.");
  }
  const std::lock_guard lock(mutex_);
  auto found = plans_[index].find(batch);
  if (found != plans_[index].end()) return found->second;
  PlanOptions options;
  options.batch = batch;
  options.threads = options_.threads;
  options.isa = options_.isa;
  options.allow_reference = options_.allow_reference;
  options.choices = options_.choices[index].empty() ? nullptr : &options_.choices[index];
  options.arena_limit_bytes = options_.arena_limit_bytes;
  options.weights = weights_;
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, make_plan(graphs_[index], options));
  plans_[index].emplace(batch, plan);
  return plan;
}

std::size_t PlanSet::plans_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const auto& by_batch : plans_) {
    for (const auto& [batch, plan] : by_batch) {
      bytes += sizeof(Plan) + plan->ops().size() * sizeof(PlanOp) + plan->slots().size() * sizeof(Slot);
    }
  }
  return bytes;
}

}  // namespace rheo
