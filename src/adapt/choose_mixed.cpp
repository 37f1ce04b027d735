// SPDX-License-Identifier: Apache-2.0
#include "adapt/choose_mixed.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "adapt/damage.h"
#include "base/try.h"
#include "transform/lower.h"

namespace rheo {

namespace {

constexpr std::size_t kAtOnce = 8;  // plans on trial that are in memory together

using Group = std::vector<std::string>;  // nodes that are kept out together

// Every 8-bit node alone, or neighbours together where there are more than may be probed.
std::vector<Group> groups_of(const Graph& graph) {
  const std::vector<std::string> nodes = eight_bit_nodes(graph);
  const std::size_t count = std::min(nodes.size(), kMostProbes);
  std::vector<Group> groups(count);
  for (std::size_t i = 0; i < nodes.size(); ++i) groups[i * count / nodes.size()].push_back(nodes[i]);
  return groups;
}

// One search, on one model.
class Search {
 public:
  Search(const Workbench& bench, const Variant& variant, const DamageMeter& meter, const AdaptOptions& options)
      : bench_(bench), variant_(variant), meter_(meter), options_(options), groups_(groups_of(*variant.graph)) {}

  // The nodes to keep out; empty, and `why` says why, where that is of no use.
  Result<NodePrecisions> run(std::string& why) {
    RHEO_RETURN_IF_ERROR(measure_plain());
    if (int8_.disagreements == 0) {
      why = fmt::format("int8 agrees with f32 on all of {} inputs already", int8_.inputs);
      return NodePrecisions{};
    }
    RHEO_ASSIGN_OR_RETURN(const std::vector<Group> worst, worst_first());
    return best_set(worst, why);
  }

 private:
  // int8, and what the layers that stay out compute in: the faster one of bf16 and f32 on this host.
  Status measure_plain() {
    std::vector<PlanPointer> plans;
    for (const Precision precision : {Precision::int8, Precision::bf16, Precision::f32}) {
      RHEO_ASSIGN_OR_RETURN(PlanPointer plan, trial_plan(bench_, variant_, precision));
      plans.push_back(std::move(plan));
    }
    RHEO_ASSIGN_OR_RETURN(const std::vector<Damage> damages, meter_.measure(plans, kSetInputs));
    int8_ = damages[0];
    wider_ = damages[1].median_us < damages[2].median_us ? Precision::bf16 : Precision::f32;
    wide_ = wider_ == Precision::bf16 ? damages[1] : damages[2];
    return {};
  }

  NodePrecisions set_of(std::span<const Group> groups) const {
    NodePrecisions nodes;
    for (const Group& group : groups) {
      for (const std::string& node : group) nodes.emplace(node, wider_);
    }
    return nodes;
  }

  // Of plans that keep these sets out, a few in memory at a time.
  Result<std::vector<Damage>> measure(std::span<const NodePrecisions> sets, std::size_t inputs) const {
    std::vector<Damage> all;
    for (std::size_t begin = 0; begin < sets.size(); begin += kAtOnce) {
      RHEO_RETURN_IF_ERROR(check_stop(options_));
      std::vector<PlanPointer> plans;
      for (std::size_t i = begin; i < std::min(begin + kAtOnce, sets.size()); ++i) {
        Variant kept_out = variant_;
        kept_out.mixed = sets[i];
        RHEO_ASSIGN_OR_RETURN(PlanPointer plan, trial_plan(bench_, kept_out, Precision::mixed));
        plans.push_back(std::move(plan));
      }
      RHEO_ASSIGN_OR_RETURN(const std::vector<Damage> some, meter_.measure(plans, inputs));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  // The groups by what keeping each out alone gains, without those that gain nothing.
  Result<std::vector<Group>> worst_first() const {
    std::vector<NodePrecisions> probes = {{}};  // the first keeps nothing out
    for (const Group& group : groups_) probes.push_back(set_of(std::span(&group, 1)));
    RHEO_ASSIGN_OR_RETURN(const std::vector<Damage> damages, measure(probes, kProbeInputs));
    std::vector<std::size_t> order(groups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto left = [&](std::size_t group) { return damages[group + 1].divergence; };
    std::erase_if(order, [&](std::size_t group) { return !(left(group) < damages[0].divergence); });
    std::ranges::stable_sort(order, {}, left);
    std::vector<Group> worst;
    for (const std::size_t group : order) worst.push_back(groups_[group]);
    return worst;
  }

  // The cheapest set that keeps the promise; else the one that comes nearest.
  Result<NodePrecisions> best_set(std::span<const Group> worst, std::string& why) const {
    std::vector<NodePrecisions> sets;
    for (std::size_t count = 1; sets.size() < kMostSets && count <= worst.size(); count *= 2) {
      sets.push_back(set_of(worst.first(count)));
    }
    RHEO_ASSIGN_OR_RETURN(const std::vector<Damage> damages, measure(sets, kSetInputs));
    const double limit = options_.max_disagreement > 0 ? options_.max_disagreement : options_.max_accuracy_drop;
    const auto allowed = static_cast<std::size_t>(limit * static_cast<double>(int8_.inputs));
    std::size_t best = sets.size();
    const auto is_better = [&](const Damage& a, const Damage& b) {
      const bool a_keeps = a.disagreements <= allowed;
      const bool b_keeps = b.disagreements <= allowed;
      if (a_keeps != b_keeps) return a_keeps;
      return a_keeps ? a.median_us < b.median_us : a.disagreements < b.disagreements;
    };
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const bool is_of_use = damages[i].disagreements < int8_.disagreements && damages[i].median_us < wide_.median_us;
      if (is_of_use && (best == sets.size() || is_better(damages[i], damages[best]))) best = i;
    }
    if (best < sets.size()) return sets[best];
    why = fmt::format(
        "of {} sets of layers kept in {}, none disagreed less than int8 ({} of {} inputs) in less time "
        "than {} takes alone ({:.0f} us)",
        sets.size(), name_of(wider_), int8_.disagreements, int8_.inputs, name_of(wider_), wide_.median_us);
    return NodePrecisions{};
  }

  const Workbench& bench_;
  const Variant& variant_;
  const DamageMeter& meter_;
  const AdaptOptions& options_;
  std::vector<Group> groups_;
  Damage int8_;
  Damage wide_;
  Precision wider_ = Precision::bf16;
};

bool is_mixed(const Path& path, const Variant& variant) {
  return path.precision == Precision::mixed && path.variant == variant.name;
}

Status choose(Workbench& bench, Variant& variant, const AdaptOptions& options) {
  const auto of_it = [&](const Path& path) { return is_mixed(path, variant); };
  const auto first = std::ranges::find_if(bench.candidates, of_it);
  if (first == bench.candidates.end()) return {};
  const std::string name = first->plan_name();
  std::string why = "the model has no layer that computes on 8 bits";
  if (!eight_bit_nodes(*variant.graph).empty()) {
    RHEO_ASSIGN_OR_RETURN(const PlanPointer reference, trial_plan(bench, variant, Precision::f32));
    const auto items = std::span(bench.tuning).first(std::min(bench.tuning.size(), kSetInputs));
    RHEO_ASSIGN_OR_RETURN(const DamageMeter meter,
                          DamageMeter::create(reference, bench.data, {items.begin(), items.end()}, options.stop));
    RHEO_ASSIGN_OR_RETURN(variant.mixed, Search(bench, variant, meter, options).run(why));
  }
  if (!variant.mixed.empty()) return {};
  std::erase_if(bench.candidates, of_it);
  bench.refused.push_back({name, why});
  return {};
}

}  // namespace

Status choose_mixed(Workbench& bench, const AdaptOptions& options) {
  for (Variant& variant : bench.variants) RHEO_RETURN_IF_ERROR(choose(bench, variant, options));
  return {};
}

}  // namespace rheo
