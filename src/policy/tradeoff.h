// SPDX-License-Identifier: Apache-2.0
// `TradeoffPolicy`: weighs time against the chance of a wrong answer, with one knob, the price.
//
// It may skip rungs, change precision on the way, and answer with earlier evidence.
#pragma once

#include <cstddef>
#include <vector>

#include <rheo/policy.h>

namespace rheo {

class TradeoffPolicy final : public Policy {
 public:
  // Takes a checked table; make it with make_tradeoff_policy.
  explicit TradeoffPolicy(TradeoffTable table);

  Decision decide(const Situation& situation) const override;
  std::string_view name() const override { return "tradeoff"; }

  const TradeoffTable& table() const { return table_; }

 private:
  // The cheapest next path that was not run, in the given row and bin; with a deadline only among those that fit.
  struct Choice {
    bool found = false;
    PathId path{};
    float expected_us = 0;
  };
  enum class Limit { none, budget };
  Choice best_next(const Situation& situation, std::size_t row, std::size_t bin, Limit limit) const;
  Decision without_action(const Situation& situation) const;

  const TradeoffTable table_;
  std::vector<float> by_bin_;  // [paths + 1, kBins, paths]: table_.expected_us with the paths of one bin side by side
};

}  // namespace rheo
