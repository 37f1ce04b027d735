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

// Mean of a value per bin. More agreement never makes the rest dearer, so noise that says otherwise is averaged away
// (pooling of adjacent violators); bins that were never seen take their neighbour's mean.
class BinnedMean {
 public:
  void add(std::size_t bin, double value) {
    sum_[bin] += value;
    count_[bin] += 1;
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
        after_[(last * (last + 1) / 2 + previous) * rows_ + r] = best.usable ? best.agreement : 0;
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

TradeoffTable fit_tradeoff_table(const InductionStates& states, double price_us) {
  const std::size_t paths = states.paths();
  const auto price = static_cast<float>(price_us);
  TradeoffTable table{price_us, static_cast<int>(paths), {}};
  table.expected_us.assign((paths + 1) * paths * kBins, kInfinity);
  // Per path that ran last, the least expected cost of going on, by bin.
  std::vector<std::array<float, kBins>> go_on(paths);
  for (auto& costs : go_on) costs.fill(kInfinity);

  const auto store = [&](std::size_t row, std::size_t next, double step_us, const BinnedMean& mean) {
    std::array<float, kBins> costs = mean.nonincreasing();
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      costs[bin] += static_cast<float>(step_us);
      table.expected_us[(row * paths + next) * kBins + bin] = costs[bin];
      if (row > 0) go_on[row - 1][bin] = std::min(go_on[row - 1][bin], costs[bin]);
    }
  };
  std::vector<float> value(states.rows());
  // What row r is worth after (previous, last): answer, or go on, whichever is cheaper.
  const auto evaluate = [&](std::size_t previous, std::size_t last) {
    const std::span<const float> agreement = states.after(previous, last);
    const std::span<const std::uint8_t> bins = states.bins_after(previous, last);
    for (std::size_t r = 0; r < value.size(); ++r) {
      value[r] = std::min(price * (1 - agreement[r]), go_on[last][bins[r]]);
    }
  };
  for (std::size_t last = paths; last-- > 0;) {
    for (std::size_t next = last + 1; next < paths; ++next) {
      evaluate(last, next);
      BinnedMean mean;
      for (std::size_t previous = 0; previous <= last; ++previous) {
        const std::span<const std::uint8_t> bins = states.bins_after(previous, last);
        for (std::size_t r = 0; r < value.size(); ++r) mean.add(bins[r], value[r]);
      }
      store(last + 1, next, states.step_us(last, next), mean);
    }
  }
  for (std::size_t first = 0; first < paths; ++first) {
    evaluate(first, first);
    BinnedMean mean;
    for (std::size_t r = 0; r < value.size(); ++r) mean.add(states.start_bins()[r], value[r]);
    store(0, first, states.step_us(first, first), mean);
  }
  return table;
}

}  // namespace rheo
