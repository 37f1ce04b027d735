// SPDX-License-Identifier: Apache-2.0
#include "adapt/table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "infer/loop.h"
#include "infer/table_steps.h"

namespace rheo {
namespace {

constexpr std::size_t kItemsAtOnce = 64;  // enough to share the loop's clock reads, few enough to stay in the cache

double multiply_adds_of(const Ladder& ladder, const EvidenceList& evidence) {
  double total = 0;
  for (const Evidence& step : evidence) {
    double resumed = 0;
    for (const Evidence& earlier : evidence) {
      if (&earlier == &step) break;
      if (ladder.path(step.path).resumes(ladder.path(earlier.path))) {
        resumed = std::max(resumed, ladder.profile(earlier.path).multiply_adds);
      }
    }
    total += ladder.profile(step.path).multiply_adds - resumed;
  }
  return total;
}

// Sums while rows come in; means at the end.
class Tally {
 public:
  explicit Tally(const ReplaySet& set) : set_(set) {
    labelled_ = std::all_of(set.rows.begin(), set.rows.end(),
                            [&](int row) { return set.table.label(static_cast<std::size_t>(row)) >= 0; });
    replay_.path_counts.resize(set.table.paths());
    replay_.path_runs.resize(set.table.paths());
    replay_.answered_by.reserve(set.rows.size());
    replay_.costs_us.reserve(set.rows.size());
  }

  void ran(PathId path) { replay_.path_runs[path.index] += 1; }

  // One row, once all its paths are told.
  void add(int row, PathId path, double cost_us, double multiply_adds) {
    const auto input = static_cast<std::size_t>(row);
    const std::int32_t answer = set_.table.evidence(path, input).answer;
    const std::int32_t truth = set_.table.reference_answer(input);
    replay_.answered_by.push_back(path);
    replay_.costs_us.push_back(static_cast<float>(cost_us));
    replay_.path_counts[path.index] += 1;
    replay_.cost_us += cost_us;
    replay_.multiply_adds += multiply_adds;
    replay_.losses.inputs += 1;
    replay_.losses.disagreements += answer != truth ? 1 : 0;
    if (!labelled_) return;
    const std::int32_t label = set_.table.label(input);
    right_ += answer == label ? 1 : 0;
    replay_.losses.drops.push_back(static_cast<std::int8_t>((truth == label ? 1 : 0) - (answer == label ? 1 : 0)));
  }

  Replay finish() {
    const auto count = static_cast<double>(std::max<std::int64_t>(1, replay_.losses.inputs));
    replay_.cost_us /= count;
    replay_.multiply_adds /= count;
    replay_.disagreement = static_cast<double>(replay_.losses.disagreements) / count;
    if (labelled_) replay_.accuracy = static_cast<double>(right_) / count;
    return std::move(replay_);
  }

 private:
  const ReplaySet& set_;
  bool labelled_ = false;
  std::int64_t right_ = 0;
  Replay replay_;
};

}  // namespace

Result<Replay> replay(const ReplaySet& set, const Policy& policy) {
  TableSteps steps(set.table, set.ladder);
  const Mind mind{set.ladder, set.estimator, policy};
  Tally tally(set);
  std::vector<Item> items(std::min(kItemsAtOnce, set.rows.size()));
  std::array<Item*, kItemsAtOnce> active;
  for (std::size_t start = 0; start < set.rows.size(); start += kItemsAtOnce) {
    const std::size_t count = std::min(kItemsAtOnce, set.rows.size() - start);
    for (std::size_t i = 0; i < count; ++i) {
      items[i] = Item{};
      items[i].index = set.rows[start + i];
      items[i].statistics = set.table.statistics(static_cast<std::size_t>(items[i].index));
    }
    infer(mind, std::span(items).first(count), active, steps);
    for (const Item& item : std::span(items).first(count)) {
      if (!item.status.ok()) return item.status.with_context("Replaying input " + std::to_string(item.index));
      double cost_us = 0;
      for (const Evidence& evidence : item.evidence) {
        cost_us += evidence.cost_us;
        tally.ran(evidence.path);
      }
      tally.add(item.index, item.answer, cost_us, multiply_adds_of(set.ladder, item.evidence));
    }
  }
  return tally.finish();
}

Replay replay_oracle(const ReplaySet& set) {
  Tally tally(set);
  for (const int row : set.rows) {
    PathId cheapest = set.ladder.reference();
    for (std::size_t i = 0; i < set.ladder.size(); ++i) {
      const PathId path{static_cast<std::uint8_t>(i)};
      const bool cheaper = set.ladder.profile(path).latency_us < set.ladder.profile(cheapest).latency_us;
      if (cheaper && set.table.agrees(path, static_cast<std::size_t>(row))) cheapest = path;
    }
    const PathProfile& profile = set.ladder.profile(cheapest);
    tally.ran(cheapest);
    tally.add(row, cheapest, profile.latency_us, profile.multiply_adds);
  }
  return tally.finish();
}

Mixture best_mixture_at(const ReplaySet& set, double cost_us) {
  std::vector<Replay> single;
  for (std::size_t i = 0; i < set.ladder.size(); ++i) {
    Tally tally(set);
    const PathId path{static_cast<std::uint8_t>(i)};
    for (const int row : set.rows) tally.add(row, path, set.ladder.profile(path).latency_us, 0);
    single.push_back(tally.finish());
  }
  Mixture best;
  best.cheap = best.dear = set.ladder.cheapest();
  for (std::size_t a = 0; a < single.size(); ++a) {
    for (std::size_t b = 0; b < single.size(); ++b) {
      if (single[a].cost_us > cost_us || single[b].cost_us < single[a].cost_us) continue;
      const double span_us = single[b].cost_us - single[a].cost_us;
      const double share = span_us > 0 ? std::min(1.0, (cost_us - single[a].cost_us) / span_us) : 0;
      const double disagreement = (1 - share) * single[a].disagreement + share * single[b].disagreement;
      if (disagreement >= best.disagreement) continue;
      best = {PathId{static_cast<std::uint8_t>(a)}, PathId{static_cast<std::uint8_t>(b)}, share, disagreement, -1};
      if (single[a].accuracy >= 0) best.accuracy = (1 - share) * single[a].accuracy + share * single[b].accuracy;
    }
  }
  return best;
}

}  // namespace rheo
