// SPDX-License-Identifier: Apache-2.0
// Tunes margin thresholds along a chain of rungs, and chooses the rungs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rheo/policy.h>

#include "adapt/table.h"

namespace rheo {

// What it needs of the rows, gathered and sorted once, used for every price.
class ChainTuner {
 public:
  explicit ChainTuner(const ReplaySet& set);

  // The chain with the least mean cost plus `price_us` times disagreement that greedy search finds: starts from the
  // best single path, or from `near` (the chain of a similar price), then adds, drops or exchanges one rung at a time
  // as long as that pays.
  std::vector<ThresholdsRung> best_chain(double price_us, std::span<const ThresholdsRung> near = {}) const;

 private:
  struct Chain {
    std::vector<std::size_t> paths;  // in the ladder's order; the last one answers always
    std::vector<float> margins;      // [paths]
    double objective_us = 0;         // mean per input
  };
  Chain tune(std::vector<std::size_t> paths, double price_us) const;

  const Ladder& ladder_;
  std::size_t rows_ = 0;
  std::vector<float> margin_;          // [paths, rows]; -1 where the evidence is not usable
  std::vector<std::uint8_t> differs_;  // [paths, rows]: 1 where the answer is not the reference's
  std::vector<std::uint32_t> order_;   // [paths, rows]: rows by falling margin
};

}  // namespace rheo
