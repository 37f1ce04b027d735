// SPDX-License-Identifier: Apache-2.0
// `PlanSet`: the plans behind a ladder, one graph per precision and one plan per batch size, all sharing one store of
// packed weights. Plans are made ahead; a missing one is made once, under a lock, and kept. May be used from many
// threads.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "graph/ranges.h"
#include "plan/plan.h"

namespace rheo {

inline constexpr std::size_t kPrecisionCount = 3;
using ChoicesByPrecision = std::array<KernelChoices, kPrecisionCount>;  // empty map: the planner's defaults

struct PlanSetOptions {
  Isa isa = Isa::portable;
  int threads = 1;
  bool allow_reference = false;
  std::size_t arena_limit_bytes = kArenaLimitBytes;  // of every plan, and of the answers that a request keeps
  ChoicesByPrecision choices;
};

class PlanSet {
 public:
  // `graph` is the optimised f32 graph; `ranges` are needed for int8 only.
  static Result<std::shared_ptr<PlanSet>> create(const std::shared_ptr<const Graph>& graph, const Ranges& ranges,
                                                 std::span<const Precision> precisions, PlanSetOptions options);

  const PlanSetOptions& options() const { return options_; }
  // The graph in this precision; null when the set was made without it.
  const std::shared_ptr<const Graph>& graph(Precision precision) const;
  // The plan for `batch`, made now if it is missing.
  Result<std::shared_ptr<const Plan>> plan(Precision precision, int batch);
  std::size_t weights_bytes() const { return weights_->size_bytes(); }
  // Descriptions and constants of all plans; packed weights excluded.
  std::size_t plans_bytes() const;

 private:
  PlanSet() = default;
  PlanSetOptions options_;
  std::shared_ptr<WeightStore> weights_;
  std::array<std::shared_ptr<const Graph>, kPrecisionCount> graphs_;
  mutable std::mutex mutex_;
  std::array<std::map<int, std::shared_ptr<const Plan>>, kPrecisionCount> plans_;  // guarded by mutex_
};

}  // namespace rheo
