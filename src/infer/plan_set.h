// SPDX-License-Identifier: Apache-2.0
// `PlanSet`: the plans behind a ladder: one graph for all paths that differ in nothing but their exit, one plan of it
// per batch size, all sharing one store of packed weights. Plans are made ahead; a missing one is made once, under a
// lock, and kept. Weights of which every plan has a packed copy are given back to the system where they can be read
// again. May be used from many threads.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "graph/ranges.h"
#include "graph/variant.h"
#include "infer/constant_memory.h"
#include "plan/plan.h"

namespace rheo {

class CommonWeights;

// By Path::plan_name; a missing entry or an empty map: the planner's defaults.
using ChoicesByPlan = std::map<std::string, KernelChoices, std::less<>>;

struct PlanSetOptions {
  Isa isa = Isa::portable;
  int threads = 1;
  bool allow_reference = false;
  bool joins = true;                                 // as PlanOptions::joins
  std::size_t arena_limit_bytes = kArenaLimitBytes;  // of every plan, and of the answers that a request keeps
  ChoicesByPlan choices = {};
  std::shared_ptr<const CommonWeights> common = {};  // of the same model in another size; null: none
  // Makes the variants once more, exactly as they were, for weights that were given back and are needed for another
  // plan. Its errors become those of `plan`. Empty: all weights stay, beside their packs.
  std::function<Result<std::vector<Variant>>()> read_again = {};
};

// One path for every plan that a path of the ladder runs on: the first of the ladder's paths that does.
std::vector<Path> plans_of(const Ladder& ladder);

class PlanSet {
 public:
  // What `paths` run on; their exits are not looked at. All take the input of the last variant, whose pictures are made
  // smaller where a path computes on smaller ones.
  static Result<std::shared_ptr<PlanSet>> create(std::span<const Variant> variants, std::span<const Path> paths,
                                                 PlanSetOptions options);
  // The same of one model in these precisions, on pictures of its own size.
  static Result<std::shared_ptr<PlanSet>> create(const std::shared_ptr<const Graph>& graph, const Ranges& ranges,
                                                 std::span<const Precision> precisions, PlanSetOptions options);

  const PlanSetOptions& options() const { return options_; }
  // The graph that the path runs; null when the set was made without it.
  const std::shared_ptr<const Graph>& graph(const Path& path) const;
  const std::shared_ptr<const Graph>& graph(Precision precision) const { return graph(Path{precision}); }
  // The plan for `batch`, made now if it is missing.
  Result<std::shared_ptr<const Plan>> plan(const Path& path, int batch);
  Result<std::shared_ptr<const Plan>> plan(Precision precision, int batch) { return plan(Path{precision}, batch); }
  // Between the two no weights are given back: for who makes several plans and would have them read again for each.
  void hold_weights();
  void let_weights_go();
  // Packed weights, those in PlanSetOptions::common excluded.
  std::size_t weights_bytes() const { return weights_->size_bytes(); }
  const std::shared_ptr<WeightStore>& weights() const { return weights_; }
  // All that its paths run.
  std::vector<std::shared_ptr<const Graph>> graphs() const;
  // Descriptions and constants of all plans; packed weights excluded.
  std::size_t plans_bytes() const;

 private:
  struct Entry {
    Path path;  // one of those that run on it
    std::shared_ptr<const Graph> graph;
    std::map<int, std::shared_ptr<const Plan>> plans = {};  // guarded by mutex_
  };

  PlanSet() = default;
  const Entry* find(const Path& path) const;
  PlanOptions plan_options(const Path& path, int batch);
  // Fills what was given back of the entry's weights.
  Status read_again(const Entry& entry);

  PlanSetOptions options_;
  std::shared_ptr<WeightStore> weights_;
  std::vector<Entry> entries_;
  mutable std::mutex mutex_;
  std::optional<ConstantMemory> constants_;  // guarded by mutex_; nothing: all weights stay
};

}  // namespace rheo
