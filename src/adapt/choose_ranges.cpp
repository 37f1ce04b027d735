// SPDX-License-Identifier: Apache-2.0
#include "adapt/choose_ranges.h"

#include <algorithm>
#include <utility>

#include "adapt/calibrate_ranges.h"
#include "adapt/damage.h"
#include "base/try.h"
#include "transform/lower.h"

namespace rheo {

namespace {

constexpr std::size_t kRangeItems = 1000;   // inputs of half A that give the extremes
constexpr std::size_t kCountedItems = 256;  // whose elements are counted
constexpr std::size_t kRangeTrials = 128;   // on which the rules are compared
constexpr double kRangeCoverage = 1.0;      // of the per-item extremes

std::span<const int> first_of(const Workbench& bench, std::size_t count) {
  return std::span(bench.tuning).first(std::min(bench.tuning.size(), count));
}

// What lies before the model's own input is no value of its.
Ranges of_own_values(const Graph& graph, const Ranges& ranges) {
  Ranges own;
  for (const Value& value : graph.values()) {
    if (const auto found = ranges.find(value.name); found != ranges.end()) own.insert(*found);
  }
  return own;
}

bool has_8_bit_path(const Workbench& bench, const Variant& variant) {
  return !eight_bit_nodes(*variant.graph).empty() && std::ranges::any_of(bench.candidates, [&](const Path& path) {
    return path.variant == variant.name && (path.precision == Precision::int8 || path.precision == Precision::mixed);
  });
}

Status choose(Workbench& bench, Variant& variant, const AdaptOptions& options) {
  RHEO_ASSIGN_OR_RETURN(const PlanPointer plan, trial_plan(bench, variant, Precision::f32));
  RHEO_ASSIGN_OR_RETURN(const Ranges largest,
                        calibrate_ranges(plan, bench.data, first_of(bench, kRangeItems), kRangeCoverage, options.stop));
  variant.ranges = of_own_values(*variant.graph, largest);
  if (!has_8_bit_path(bench, variant)) return {};
  RHEO_ASSIGN_OR_RETURN(
      const std::vector<Ranges> by_rule,
      calibrate_ranges_by(plan, bench.data, first_of(bench, kCountedItems), largest, kRangeRules, options.stop));
  const auto trials = first_of(bench, kRangeTrials);
  RHEO_ASSIGN_OR_RETURN(const DamageMeter meter,
                        DamageMeter::create(plan, bench.data, {trials.begin(), trials.end()}, options.stop));
  std::vector<Variant> tried;
  std::vector<PlanPointer> plans;
  for (const Ranges& ranges : by_rule) {
    tried.push_back(variant);
    tried.back().ranges = of_own_values(*variant.graph, ranges);
    RHEO_ASSIGN_OR_RETURN(PlanPointer trial, trial_plan(bench, tried.back(), Precision::int8));
    plans.push_back(std::move(trial));
  }
  RHEO_ASSIGN_OR_RETURN(const std::vector<Damage> damages, meter.measure(plans, trials.size()));
  const auto least = std::ranges::min_element(damages, {}, &Damage::divergence);
  variant.ranges = tried[static_cast<std::size_t>(least - damages.begin())].ranges;
  return {};
}

}  // namespace

Status choose_ranges(Workbench& bench, const AdaptOptions& options) {
  for (Variant& variant : bench.variants) RHEO_RETURN_IF_ERROR(choose(bench, variant, options));
  return {};
}

}  // namespace rheo
