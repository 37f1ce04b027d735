// SPDX-License-Identifier: Apache-2.0
// `Magnitudes`: how large the elements of one value are, counted in even bins, and the ranges that follow from it.
// Pure; one thread at a time.
//
// An 8-bit type spreads its steps evenly from 0 to the end of the range. One outlier makes them coarse for all others;
// a range that leaves it out cuts it off instead. Which is worse depends on the model, so adapt tries the rules below.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rheo {

enum class RangeRule : std::uint8_t {
  largest,     // nothing is cut off
  percentile,  // one element in ten thousand is
  tight,       // one element in a thousand is
  entropy,     // what makes the counts change least, as their divergence tells
};
inline constexpr RangeRule kRangeRules[] = {RangeRule::largest, RangeRule::percentile, RangeRule::tight,
                                            RangeRule::entropy};
std::string_view name_of(RangeRule rule);

class Magnitudes {
 public:
  static constexpr std::size_t kBins = 2048;

  // For elements of at most `largest` in size; larger ones count as that. `steps`: how many the 8-bit type has from 0
  // to the end of the range, 255 of values that are never negative, else 127.
  Magnitudes(float largest, int steps);

  void add(std::span<const float> elements);
  // The end of the range, in (0, largest]; `largest` itself when nothing was counted.
  float end_of(RangeRule rule) const;

 private:
  float percentile(double share) const;
  float least_divergence() const;
  // Of the counts below `bins`, with all larger elements cut off to its end, against the same in steps.
  double divergence(std::size_t bins) const;

  float largest_;
  std::size_t steps_;
  float bins_per_unit_;
  std::vector<std::int64_t> counts_;
};

}  // namespace rheo
