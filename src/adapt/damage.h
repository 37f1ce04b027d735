// SPDX-License-Identifier: Apache-2.0
// What a lowering costs in answers: plans on trial, run beside the reference on inputs of half A.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/status.h>

#include "adapt/workbench.h"
#include "plan/plan.h"

namespace rheo {

using PlanPointer = std::shared_ptr<const Plan>;

// The plan of `variant` in `precision` for one item, on default kernels. `variant` stands for the one of the workbench
// that has its name.
Result<PlanPointer> trial_plan(const Workbench& bench, const Variant& variant, Precision precision);

struct Damage {
  std::size_t inputs = 0;
  std::size_t disagreements = 0;  // answers that are another class than the reference's
  // Mean Kullback-Leibler divergence of the answers' probabilities from the reference's, in nats: tells small damages
  // apart long before a class changes.
  double divergence = 0;
  double median_us = 0;  // of a run
};

// Const after `create`; one thread at a time.
class DamageMeter {
 public:
  // Runs the reference on the items, of which the first are looked at first. The data must outlive the meter.
  static Result<DamageMeter> create(const PlanPointer& reference, const Dataset& data, std::vector<int> items,
                                    std::stop_token stop);

  std::size_t inputs() const { return items_.size(); }
  // Every plan on the first `inputs` items, one plan after the other on each, so that a machine that drifts slows all
  // alike. Takes `inputs` runs of each.
  Result<std::vector<Damage>> measure(std::span<const PlanPointer> plans, std::size_t inputs) const;

 private:
  DamageMeter(const Dataset& data, std::vector<int> items, std::stop_token stop)
      : data_(&data), items_(std::move(items)), stop_(std::move(stop)) {}

  const Dataset* data_;
  std::vector<int> items_;
  std::stop_token stop_;
  std::size_t classes_ = 0;
  std::vector<float> logits_;  // [items, classes]
};

}  // namespace rheo
