// SPDX-License-Identifier: Apache-2.0
#include "adapt/rough_int8.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "adapt/calibrate_ranges.h"
#include "base/cpu.h"
#include "base/try.h"
#include "load/plain_ladder.h"
#include "plan/plan.h"

namespace rheo {

namespace {

constexpr std::size_t kMostItems = 16;  // a range hardly grows with more, and every one is a run

bool has_int8(const Ladder& ladder) {
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    if (ladder.path(PathId{static_cast<std::uint8_t>(i)}).precision == Precision::int8) return true;
  }
  return false;
}

}  // namespace

Result<Package> with_rough_int8(Package package, std::span<const std::vector<TensorView>> items,
                                const std::stop_token& stop) {
  if (has_int8(package.ladder)) return package;
  PlanOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(""));
  options.joins = false;  // every value is looked at
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, make_plan(package.graph, options));
  std::vector<int> numbers(std::min(items.size(), kMostItems));
  std::iota(numbers.begin(), numbers.end(), 0);
  const ReadInputs read = [&](int item) -> Result<std::span<const TensorView>> {
    return std::span<const TensorView>(items[static_cast<std::size_t>(item)]);
  };
  RHEO_ASSIGN_OR_RETURN(package.ranges, calibrate_ranges(plan, read, numbers, 1, stop));
  constexpr std::array kAll = {Precision::bf16, Precision::int8};
  RHEO_ASSIGN_OR_RETURN(package.ladder, plain_ladder(*package.graph, kAll));
  package.model_hash = model_hash(package);
  return package;
}

}  // namespace rheo
