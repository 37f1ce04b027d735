// SPDX-License-Identifier: Apache-2.0
#include "infer/plan_set.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/try.h"
#include "infer/common_weights.h"
#include "transform/lower.h"
#include "transform/resize_input.h"

namespace rheo {

namespace {

Result<const Variant*> variant_of(std::span<const Variant> variants, const Path& path) {
  for (const Variant& variant : variants) {
    if (variant.name == path.variant) return &variant;
  }
  return Status(StatusCode::not_found, "No model is called '" + path.variant + "', which the path " + path.plan_name() +
                                           " runs. Make the package again.");
}

// Makes the graphs of paths. Each model is lowered once per precision, whatever the sizes of the pictures, so that they
// share its weights.
class Lowerings {
 public:
  explicit Lowerings(std::span<const Variant> variants) : variants_(variants) {}

  Result<GraphPointer> graph_of(const Path& path) {
    RHEO_ASSIGN_OR_RETURN(const Variant* variant, variant_of(variants_, path));
    GraphPointer& lowered = lowered_[{variant, path.precision}];
    if (lowered == nullptr) {
      RHEO_ASSIGN_OR_RETURN(lowered, lower(variant->graph, path.precision, variant->ranges, variant->mixed));
    }
    const bool is_reference = variant == &variants_.back();
    if (is_reference && path.resolution.is_own()) return lowered;
    RHEO_ASSIGN_OR_RETURN(const Resolution given, picture_size(*variants_.back().graph));
    return resize_input(lowered, given, path.resolution);
  }

 private:
  std::span<const Variant> variants_;
  std::map<std::pair<const Variant*, Precision>, GraphPointer> lowered_;
};

}  // namespace

std::vector<Path> plans_of(const Ladder& ladder) {
  std::vector<Path> plans;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Path& path = ladder.path(PathId{static_cast<std::uint8_t>(i)});
    if (std::ranges::none_of(plans, [&](const Path& plan) { return plan.shares_plan(path); })) plans.push_back(path);
  }
  return plans;
}

Result<std::shared_ptr<PlanSet>> PlanSet::create(std::span<const Variant> variants, std::span<const Path> paths,
                                                 PlanSetOptions options) {
  if (variants.empty()) return Status(StatusCode::invalid_argument, "Plans need a model; there is none.");
  std::shared_ptr<PlanSet> set(new PlanSet());
  set->options_ = std::move(options);
  set->weights_ = set->options_.common == nullptr ? std::make_shared<WeightStore>() : set->options_.common->store();
  Lowerings lowerings(variants);
  for (const Path& path : paths) {
    if (set->find(path) != nullptr) continue;
    Result<GraphPointer> graph = lowerings.graph_of(path);
    if (graph && set->options_.common != nullptr) graph = set->options_.common->share(*graph);
    if (!graph) return graph.status().with_context("making " + path.plan_name());
    set->entries_.push_back({path, *std::move(graph)});
  }
  if (set->options_.read_again) set->constants_.emplace(set->graphs());
  return set;
}

Result<std::shared_ptr<PlanSet>> PlanSet::create(const std::shared_ptr<const Graph>& graph, const Ranges& ranges,
                                                 std::span<const Precision> precisions, PlanSetOptions options) {
  const Variant only{.graph = graph, .ranges = ranges};
  std::vector<Path> paths;
  for (const Precision precision : precisions) paths.push_back(Path{precision});
  return create(std::span(&only, 1), paths, std::move(options));
}

const PlanSet::Entry* PlanSet::find(const Path& path) const {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.path.shares_plan(path); });
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::shared_ptr<const Graph>> PlanSet::graphs() const {
  std::vector<std::shared_ptr<const Graph>> graphs;
  for (const Entry& entry : entries_) graphs.push_back(entry.graph);
  return graphs;
}

const std::shared_ptr<const Graph>& PlanSet::graph(const Path& path) const {
  static const std::shared_ptr<const Graph> none;
  const Entry* entry = find(path);
  return entry == nullptr ? none : entry->graph;
}

Result<std::shared_ptr<const Plan>> PlanSet::plan(const Path& path, int batch) {
  const Entry* found = find(path);
  if (found == nullptr) {
    return Status(StatusCode::not_found,
                  "No plan for " + path.plan_name() + ": the ladder of this model has no path that runs on it.");
  }
  const auto number = static_cast<std::size_t>(found - entries_.data());
  Entry& entry = entries_[number];
  const std::lock_guard lock(mutex_);
  if (const auto made = entry.plans.find(batch); made != entry.plans.end()) return made->second;
  if (constants_) {
    if (constants_->is_missing(number)) RHEO_RETURN_IF_ERROR(read_again(entry));
    constants_->begin(number);
  }
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, make_plan(entry.graph, plan_options(path, batch)));
  if (constants_) constants_->finish();
  entry.plans.emplace(batch, plan);
  return plan;
}

PlanOptions PlanSet::plan_options(const Path& path, int batch) {
  const auto choices = options_.choices.find(path.plan_name());
  PlanOptions options;
  options.batch = batch;
  options.threads = options_.threads;
  options.isa = options_.isa;
  options.allow_reference = options_.allow_reference;
  options.joins = options_.joins;
  options.choices = choices == options_.choices.end() || choices->second.empty() ? nullptr : &choices->second;
  options.arena_limit_bytes = options_.arena_limit_bytes;
  options.weights = weights_;
  if (constants_) options.on_copied = [this](const Tensor& constant) { constants_->note_copied(constant); };
  return options;
}

// Of the variants only the one that the path runs is lowered again.
Status PlanSet::read_again(const Entry& entry) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<Variant> variants, options_.read_again());
  RHEO_ASSIGN_OR_RETURN(const GraphPointer graph, Lowerings(variants).graph_of(entry.path));
  return constants_->fill(static_cast<std::size_t>(&entry - entries_.data()), *graph);
}

void PlanSet::hold_weights() {
  const std::lock_guard lock(mutex_);
  if (constants_) constants_->hold();
}

void PlanSet::let_weights_go() {
  const std::lock_guard lock(mutex_);
  if (constants_) constants_->let_go();
}

std::size_t PlanSet::plans_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const Entry& entry : entries_) {
    for (const auto& [batch, plan] : entry.plans) {
      bytes += sizeof(Plan) + plan->ops().size() * sizeof(PlanOp) + plan->slots().size() * sizeof(Slot);
    }
  }
  return bytes;
}

}  // namespace rheo
