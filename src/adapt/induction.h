// SPDX-License-Identifier: Apache-2.0
// Fitted backward induction for the trade-off policy: what each action is expected to cost, by the last path and the
// calibrated agreement reached.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <rheo/policy.h>

#include "adapt/table.h"

namespace rheo {

// What the estimator says in every state that induction looks at. Made once per set of rows, used for every price.
//
// A state is the path that ran last, and the one before it (or none). Longer histories are folded into these: the
// estimator looks no further back either. Rows whose evidence is not usable count as agreement 0.
class InductionStates {
 public:
  explicit InductionStates(const ReplaySet& set);

  std::size_t paths() const { return paths_; }
  std::size_t rows() const { return rows_; }
  // Agreement of the cheapest path before any step, [rows].
  std::span<const float> start() const { return start_; }
  // Agreement of the best evidence after `last`, with `previous` < last before it; previous == last: straight from
  // the start. [rows]
  std::span<const float> after(std::size_t previous, std::size_t last) const {
    return {after_.data() + (last * (last + 1) / 2 + previous) * rows_, rows_};
  }
  std::span<const std::uint8_t> start_bins() const { return start_bins_; }
  std::span<const std::uint8_t> bins_after(std::size_t previous, std::size_t last) const {
    return {bins_.data() + (last * (last + 1) / 2 + previous) * rows_, rows_};
  }
  // Whether that best evidence differs from the reference's answer, 0 or 1. [rows]
  std::span<const std::uint8_t> differs_after(std::size_t previous, std::size_t last) const {
    return {differs_.data() + (last * (last + 1) / 2 + previous) * rows_, rows_};
  }
  // Expected time of running `next` right after `last`; of running it first when last == next.
  double step_us(std::size_t last, std::size_t next) const { return step_us_[last * paths_ + next]; }

 private:
  std::size_t paths_ = 0;
  std::size_t rows_ = 0;
  std::vector<float> start_;
  std::vector<float> after_;
  std::vector<std::uint8_t> start_bins_;
  std::vector<std::uint8_t> bins_;
  std::vector<std::uint8_t> differs_;
  std::vector<double> step_us_;  // [paths, paths]
};

// The expected costs at one price of a wrong answer, and what their policy does on the rows: a replay but for histories
// longer than two steps. Paths are only ever run in the ladder's order.
struct FittedTable {
  TradeoffTable table;
  double cost_us = 0;       // mean per row
  double disagreement = 0;  // share of rows
};
FittedTable fit_tradeoff_table(const InductionStates& states, double price_us);

}  // namespace rheo
