// SPDX-License-Identifier: Apache-2.0
#include "adapt/magnitudes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rheo {

std::string_view name_of(RangeRule rule) {
  switch (rule) {
    case RangeRule::largest: return "largest";
    case RangeRule::percentile: return "99.99 %";
    case RangeRule::tight: return "99.9 %";
    case RangeRule::entropy: return "entropy";
  }
  return "unknown";
}

Magnitudes::Magnitudes(float largest, int steps)
    : largest_(largest),
      steps_(static_cast<std::size_t>(steps)),
      bins_per_unit_(largest > 0 ? static_cast<float>(kBins) / largest : 0),
      counts_(kBins, 0) {}

void Magnitudes::add(std::span<const float> elements) {
  for (const float element : elements) {
    const float place = std::fabs(element) * bins_per_unit_;
    // Also what is no number ends in the last bin.
    const std::size_t bin = place < static_cast<float>(kBins) ? static_cast<std::size_t>(place) : kBins - 1;
    ++counts_[bin];
  }
}

float Magnitudes::end_of(RangeRule rule) const {
  switch (rule) {
    case RangeRule::largest: return largest_;
    case RangeRule::percentile: return percentile(1e-4);
    case RangeRule::tight: return percentile(1e-3);
    case RangeRule::entropy: return least_divergence();
  }
  return largest_;
}

float Magnitudes::percentile(double share) const {
  const auto all = std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
  const auto spared = static_cast<std::int64_t>(share * static_cast<double>(all));
  std::int64_t above = 0;
  std::size_t bins = kBins;
  while (bins > 1 && above + counts_[bins - 1] <= spared) above += counts_[--bins];
  return largest_ * static_cast<float>(bins) / static_cast<float>(kBins);
}

float Magnitudes::least_divergence() const {
  constexpr std::size_t kStride = 16;  // finer ends change the sum less than its noise
  std::size_t best = kBins;
  double least = divergence(kBins);
  for (std::size_t bins = steps_ + 1; bins < kBins; bins += kStride) {
    const double here = divergence(bins);
    if (here >= least) continue;
    least = here;
    best = bins;
  }
  return largest_ * static_cast<float>(best) / static_cast<float>(kBins);
}

double Magnitudes::divergence(std::size_t bins) const {
  // The first bin holds what is exactly 0 as well, which every step size keeps; it would drown the rest.
  const auto within = std::span(counts_).subspan(1, bins - 1);
  const auto cut = std::accumulate(counts_.begin() + static_cast<std::ptrdiff_t>(bins), counts_.end(), std::int64_t{0});
  const double total = std::accumulate(within.begin(), within.end(), static_cast<double>(cut));
  if (total == 0) return 0;
  double sum = 0;
  double kept = total - static_cast<double>(cut);  // of the counts in steps, which know nothing of what was cut
  if (kept == 0) return HUGE_VAL;
  for (std::size_t step = 0; step < steps_; ++step) {
    const std::size_t first = step * within.size() / steps_;
    const std::size_t end = (step + 1) * within.size() / steps_;
    double in_step = 0;
    double filled = 0;
    for (std::size_t bin = first; bin < end; ++bin) {
      in_step += static_cast<double>(within[bin]);
      filled += within[bin] > 0 ? 1 : 0;
    }
    if (in_step == 0) continue;
    const double even = in_step / filled / kept;  // what a step says of each of its bins
    for (std::size_t bin = first; bin < end; ++bin) {
      const bool is_last = bin + 1 == within.size();
      const double seen = (static_cast<double>(within[bin]) + (is_last ? static_cast<double>(cut) : 0)) / total;
      if (within[bin] > 0 && seen > 0) sum += seen * std::log(seen / even);
    }
  }
  // Where the end itself was empty, what was cut has no bin to be compared in: it counts as lost whole.
  if (within.back() == 0 && cut > 0) sum += static_cast<double>(cut) / total * std::log(static_cast<double>(kBins));
  return sum;
}

}  // namespace rheo
