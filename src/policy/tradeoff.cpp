// SPDX-License-Identifier: Apache-2.0
#include "policy/tradeoff.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "policy/budget.h"

namespace rheo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr auto kBins = static_cast<std::size_t>(TradeoffTable::kBins);
// Bins end where the disagreement is e^-10, one in 22,000: no data set of ours tells smaller ones apart.
constexpr float kBinsPerNat = static_cast<float>(TradeoffTable::kBins) / 10.0f;

}  // namespace

int TradeoffTable::bin_of(float agreement) {
  if (!(agreement > 0)) return 0;  // NaN as well: not confident
  if (agreement >= 1) return kBins - 1;
  return std::min(kBins - 1, static_cast<int>(-std::log1p(-agreement) * kBinsPerNat));
}

TradeoffPolicy::TradeoffPolicy(TradeoffTable table) : table_(std::move(table)) {
  const auto paths = static_cast<std::size_t>(table_.paths);
  by_bin_.resize(table_.expected_us.size());
  for (std::size_t row = 0; row <= paths; ++row) {
    for (std::size_t path = 0; path < paths; ++path) {
      for (std::size_t bin = 0; bin < kBins; ++bin) {
        by_bin_[(row * kBins + bin) * paths + path] = table_.expected_us[(row * paths + path) * kBins + bin];
      }
    }
  }
}

TradeoffPolicy::Choice TradeoffPolicy::best_next(const Situation& situation, std::size_t row, std::size_t bin,
                                                 Limit limit) const {
  const auto paths = static_cast<std::size_t>(table_.paths);
  const float* expected = by_bin_.data() + (row * kBins + bin) * paths;
  Choice choice{.expected_us = kInfinity};
  for (std::size_t path = 0; path < paths; ++path) {
    const PathId id{static_cast<std::uint8_t>(path)};
    if (!(expected[path] < choice.expected_us) || situation.evidence.has(id)) continue;
    if (limit == Limit::budget && too_late_for(situation, id)) continue;
    choice = {true, id, expected[path]};
  }
  return choice;
}

// The table offers nothing more: answer, or fall back on the reference when nothing can be trusted.
Decision TradeoffPolicy::without_action(const Situation& situation) const {
  const PathId reference = situation.ladder.reference();
  if (can_answer(situation) || situation.evidence.has(reference)) {
    return Decision::answer(situation.evidence.best(), {.measure = Measure::last_rung});
  }
  return Decision::run(reference, {.measure = Measure::last_rung});
}

Decision TradeoffPolicy::decide(const Situation& situation) const {
  const EvidenceList& evidence = situation.evidence;
  const bool trusted = can_answer(situation);
  const std::size_t row = evidence.empty() ? 0 : std::size_t{evidence.back().path.index} + 1;
  if (row > static_cast<std::size_t>(table_.paths)) return without_action(situation);
  float agreement = 0;
  if (evidence.empty()) {
    agreement = situation.complexity.agreement[situation.ladder.cheapest().index];
  } else if (trusted) {
    agreement = evidence.best().agreement;
  }
  const auto bin = static_cast<std::size_t>(TradeoffTable::bin_of(agreement));
  const Choice next = best_next(situation, row, bin, Limit::none);
  if (!next.found) return without_action(situation);

  const float answer_us = static_cast<float>(table_.price_us) * (1 - agreement);
  const Reason reason = evidence.empty()
                            ? Reason{.measure = Measure::first_step}
                            : Reason{Measure::expected_cost, trusted ? answer_us : kInfinity, next.expected_us};
  if (trusted && answer_us <= next.expected_us) return Decision::answer(evidence.best(), reason);
  if (!too_late_for(situation, next.path)) return Decision::run(next.path, reason);

  // The deadline forbids the best step: take the best one that fits, else answer, else run the quickest at all.
  const Reason hurry = out_of_budget(situation, next.path);
  const Choice fitting = best_next(situation, row, bin, Limit::budget);
  if (fitting.found && !(trusted && answer_us <= fitting.expected_us)) return Decision::run(fitting.path, hurry);
  if (trusted) return Decision::answer(evidence.best(), hurry);
  const PathId cheapest = situation.ladder.cheapest();
  return Decision::run(evidence.has(cheapest) ? next.path : cheapest, hurry);
}

Result<std::shared_ptr<const Policy>> make_tradeoff_policy(TradeoffTable table) {
  if (table.paths < 1 || table.paths > static_cast<int>(kMaxPaths)) {
    return Status(StatusCode::invalid_argument, "A trade-off table needs 1 to " + std::to_string(kMaxPaths) +
                                                    " paths; got " + std::to_string(table.paths) + ".");
  }
  if (!(table.price_us >= 0) || !std::isfinite(table.price_us)) {
    return Status(StatusCode::invalid_argument,
                  "The price of a wrong answer must be a number of microseconds from 0 up; got " +
                      std::to_string(table.price_us) + ".");
  }
  const auto paths = static_cast<std::size_t>(table.paths);
  if (table.expected_us.size() != (paths + 1) * paths * kBins) {
    return Status(StatusCode::invalid_argument, "A trade-off table of " + std::to_string(paths) + " paths has " +
                                                    std::to_string((paths + 1) * paths * kBins) + " cells; got " +
                                                    std::to_string(table.expected_us.size()) + ".");
  }
  const bool valid = std::all_of(table.expected_us.begin(), table.expected_us.end(), [](float us) { return us >= 0; });
  if (!valid) {
    return Status(StatusCode::invalid_argument,
                  "A trade-off table holds a negative or NaN expected cost; tune it again.");
  }
  return std::shared_ptr<const Policy>(std::make_shared<TradeoffPolicy>(std::move(table)));
}

}  // namespace rheo
