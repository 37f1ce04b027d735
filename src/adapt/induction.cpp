// SPDX-License-Identifier: Apache-2.0
#include "adapt/induction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace rheo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr auto kBins = static_cast<std::size_t>(TradeoffTable::kBins);

PathId id(std::size_t path) { return PathId{static_cast<std::uint8_t>(path)}; }

std::uint8_t bin_of(float agreement) { return static_cast<std::uint8_t>(TradeoffTable::bin_of(agreement)); }

// Fits after the first one: what is expected should be expected of the inputs that come by, not of all.
constexpr int kRounds = 2;
// What a row counts for in states that it does not visit: enough to fill bins that nobody visits.
constexpr double kUnvisitedWeight = 0.05;

// Mean of a value per bin. More agreement never makes the rest dearer, so noise that says otherwise is averaged away
// (pooling of adjacent violators); bins that were never seen take their neighbour's mean.
class BinnedMean {
 public:
  void add(std::size_t bin, double value, double weight) {
    sum_[bin] += weight * value;
    count_[bin] += weight;
  }

  std::array<float, kBins> nonincreasing() const {
    struct Block {
      double sum;
      double count;
      std::size_t end;
    };
    std::array<Block, kBins> blocks;
    std::size_t used = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (count_[bin] == 0) continue;
      blocks[used++] = {sum_[bin], count_[bin], bin + 1};
      while (used > 1 &&
             blocks[used - 2].sum * blocks[used - 1].count < blocks[used - 1].sum * blocks[used - 2].count) {
        blocks[used - 2].sum += blocks[used - 1].sum;
        blocks[used - 2].count += blocks[used - 1].count;
        blocks[used - 2].end = blocks[used - 1].end;
        --used;
      }
    }
    std::array<float, kBins> result;
    result.fill(kInfinity);
    std::size_t bin = 0;
    for (std::size_t block = 0; block < used; ++block) {
      const bool is_last = block + 1 == used;
      const auto mean = static_cast<float>(blocks[block].sum / blocks[block].count);
      for (; bin < (is_last ? kBins : blocks[block].end); ++bin) result[bin] = mean;
    }
    return result;
  }

 private:
  std::array<double, kBins> sum_{};
  std::array<double, kBins> count_{};
};

}  // namespace

InductionStates::InductionStates(const ReplaySet& set) : paths_(set.table.paths()), rows_(set.rows.size()) {
  start_.resize(rows_);
  after_.resize(paths_ * (paths_ + 1) / 2 * rows_);
  differs_.resize(after_.size());
  EvidenceList evidence;
  for (std::size_t r = 0; r < rows_; ++r) {
    const auto input = static_cast<std::size_t>(set.rows[r]);
    const InputStatistics& statistics = set.table.statistics(input);
    const auto look = [&] {
      const Complexity complexity = set.estimator.estimate({statistics, evidence, set.ladder});
      evidence.update(complexity);
      return complexity;
    };
    evidence.clear();
    start_[r] = look().agreement[set.ladder.cheapest().index];
    for (std::size_t previous = 0; previous < paths_; ++previous) {
      evidence.clear();
      evidence.push_back(set.table.evidence(id(previous), input));
      look();
      const EvidenceList alone = evidence;
      const auto store = [&](std::size_t last) {
        const Evidence& best = evidence.best();
        const std::size_t cell = (last * (last + 1) / 2 + previous) * rows_ + r;
        after_[cell] = best.usable ? best.agreement : 0;
        differs_[cell] = best.answer == set.table.reference_answer(input) ? 0 : 1;
      };
      store(previous);
      for (std::size_t last = previous + 1; last < paths_; ++last) {
        evidence = alone;
        evidence.push_back(set.table.evidence(id(last), input));
        look();
        store(last);
      }
    }
  }
  start_bins_.resize(start_.size());
  bins_.resize(after_.size());
  std::transform(start_.begin(), start_.end(), start_bins_.begin(), bin_of);
  std::transform(after_.begin(), after_.end(), bins_.begin(), bin_of);
  step_us_.resize(paths_ * paths_);
  for (std::size_t last = 0; last < paths_; ++last) {
    const PathId done = id(last);
    for (std::size_t next = 0; next < paths_; ++next) {
      const std::span<const PathId> ran = last == next ? std::span<const PathId>() : std::span(&done, 1);
      step_us_[last * paths_ + next] = set.ladder.remaining_us(id(next), ran);
    }
  }
}

namespace {

// One fit: backward over the last path, then the policy it makes is followed to see which states it really visits.
class Induction {
 public:
  Induction(const InductionStates& states, double price_us)
      : states_(states),
        paths_(states.paths()),
        price_(static_cast<float>(price_us)),
        table_{price_us, static_cast<int>(paths_), {}},
        visits_(paths_),
        worth_(paths_ * (paths_ + 1) / 2 * states.rows()) {}

  static std::size_t pair(std::size_t previous, std::size_t last) { return last * (last + 1) / 2 + previous; }

  void fit() {
    table_.expected_us.assign((paths_ + 1) * paths_ * kBins, kInfinity);
    go_on_.assign(paths_, Going{});
    for (std::size_t last = paths_; last-- > 0;) {
      for (std::size_t next = last + 1; next < paths_; ++next) store(last + 1, next, after(last, next));
    }
    for (std::size_t first = 0; first < paths_; ++first) store(0, first, from_start(first));
  }

  // Follows the fitted policy over all rows; the next fit gives these states their full weight. What earlier rounds
  // visited stays: else a path that was found out to be poor would look good again as soon as it is avoided.
  void follow() {
    cost_us_ = 0;
    losses_ = 0;
    for (std::size_t row = 0; row < states_.rows(); ++row) {
      const float* start = table_.expected_us.data();
      const std::size_t bin = states_.start_bins()[row];
      std::size_t last = 0;
      for (std::size_t path = 1; path < paths_; ++path) {
        if (start[path * kBins + bin] < start[last * kBins + bin]) last = path;
      }
      cost_us_ += states_.step_us(last, last);
      for (std::size_t previous = last;;) {
        visits_[last].push_back({static_cast<std::uint32_t>(row), static_cast<std::uint8_t>(previous)});
        const Going& going = go_on_[last];
        const std::size_t here = states_.bins_after(previous, last)[row];
        if (price_ * (1 - states_.after(previous, last)[row]) <= going.cost[here]) {
          losses_ += states_.differs_after(previous, last)[row];
          break;
        }
        previous = last;
        last = going.next[here];
        cost_us_ += states_.step_us(previous, last);
      }
    }
  }

  FittedTable take() {
    const double rows = static_cast<double>(std::max<std::size_t>(1, states_.rows()));
    return {std::move(table_), cost_us_ / rows, static_cast<double>(losses_) / rows};
  }

 private:
  struct Visit {
    std::uint32_t row;
    std::uint8_t previous;
  };
  // After one path: the least expected cost of going on, and where to, by bin.
  struct Going {
    Going() { cost.fill(kInfinity); }
    std::array<float, kBins> cost;
    std::array<std::uint8_t, kBins> next{};
  };

  // What each row costs after (previous, last) when the policy fitted so far is followed to the end. Rows are followed
  // one by one: averages per bin would forget what the earlier steps knew of them. Only the last word on a wrong answer
  // is an expectation, by the estimator, which is far less noisy than the few answers that really were wrong.
  std::span<const float> evaluate(std::size_t previous, std::size_t last) {
    float* value = worth_.data() + pair(previous, last) * states_.rows();
    const std::span<const float> agreement = states_.after(previous, last);
    const std::span<const std::uint8_t> bins = states_.bins_after(previous, last);
    const Going& going = go_on_[last];
    for (std::size_t r = 0; r < states_.rows(); ++r) {
      value[r] = price_ * (1 - agreement[r]);
      if (value[r] <= going.cost[bins[r]]) continue;
      const std::size_t next = going.next[bins[r]];
      value[r] = static_cast<float>(states_.step_us(last, next)) + worth_[pair(last, next) * states_.rows() + r];
    }
    return {value, states_.rows()};
  }

  BinnedMean after(std::size_t last, std::size_t next) {
    const std::span<const float> value = evaluate(last, next);
    BinnedMean mean;
    const double base = visits_[last].empty() ? 1.0 : kUnvisitedWeight;
    const std::span<const std::uint8_t> alone = states_.bins_after(last, last);
    for (std::size_t r = 0; r < value.size(); ++r) mean.add(alone[r], value[r], base);
    for (const Visit visit : visits_[last]) {
      mean.add(states_.bins_after(visit.previous, last)[visit.row], value[visit.row], 1);
    }
    return mean;
  }

  BinnedMean from_start(std::size_t first) {
    const std::span<const float> value = evaluate(first, first);
    BinnedMean mean;
    for (std::size_t r = 0; r < value.size(); ++r) mean.add(states_.start_bins()[r], value[r], 1);
    return mean;
  }

  void store(std::size_t row, std::size_t next, const BinnedMean& mean) {
    const auto step_us = static_cast<float>(states_.step_us(row > 0 ? row - 1 : next, next));
    const std::array<float, kBins> costs = mean.nonincreasing();
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const float cost = costs[bin] + step_us;
      table_.expected_us[(row * paths_ + next) * kBins + bin] = cost;
      if (row == 0 || !(cost < go_on_[row - 1].cost[bin])) continue;
      go_on_[row - 1].cost[bin] = cost;
      go_on_[row - 1].next[bin] = static_cast<std::uint8_t>(next);
    }
  }

  const InductionStates& states_;
  const std::size_t paths_;
  const float price_;
  TradeoffTable table_;
  std::vector<std::vector<Visit>> visits_;  // by last path
  std::vector<Going> go_on_;                // by last path
  double cost_us_ = 0;                      // of all rows, as last followed
  int losses_ = 0;
  std::vector<float> worth_;  // [pairs, rows]
};

}  // namespace

FittedTable fit_tradeoff_table(const InductionStates& states, double price_us) {
  Induction induction(states, price_us);
  induction.fit();
  for (int round = 0; round < kRounds; ++round) {
    induction.follow();
    induction.fit();
  }
  induction.follow();
  return induction.take();
}

}  // namespace rheo
