// SPDX-License-Identifier: Apache-2.0
#include "adapt/chain.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace rheo {
namespace {

constexpr int kSweeps = 3;  // thresholds move little after the second
constexpr float kNever = std::numeric_limits<float>::infinity();

PathId id(std::size_t path) { return PathId{static_cast<std::uint8_t>(path)}; }

}  // namespace

ChainTuner::ChainTuner(const ReplaySet& set) : ladder_(set.ladder), rows_(set.rows.size()) {
  for (std::size_t path = 0; path < ladder_.size(); ++path) {
    for (const int row : set.rows) {
      const Evidence& evidence = set.table.evidence(id(path), static_cast<std::size_t>(row));
      margin_.push_back(evidence.usable && evidence.margin >= 0 ? evidence.margin : -1.0f);
      differs_.push_back(set.table.agrees(id(path), static_cast<std::size_t>(row)) ? 0 : 1);
    }
    const std::size_t first = order_.size();
    order_.resize(first + rows_);
    const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(first);
    std::iota(begin, order_.end(), 0u);
    const float* margin = margin_.data() + path * rows_;
    std::sort(begin, order_.end(), [margin](std::uint32_t a, std::uint32_t b) { return margin[a] > margin[b]; });
  }
}

ChainTuner::Chain ChainTuner::tune(std::vector<std::size_t> paths, double price_us) const {
  const std::size_t rungs = paths.size();
  Chain chain{std::move(paths), std::vector<float>(rungs, kNever), 0};
  chain.margins.back() = 0;
  std::vector<double> spent_us(rungs);  // from the start to the answer of each rung
  std::vector<PathId> done;
  for (std::size_t r = 0; r < rungs; ++r) {
    spent_us[r] = (r > 0 ? spent_us[r - 1] : 0) + ladder_.remaining_us(id(chain.paths[r]), done);
    done.push_back(id(chain.paths[r]));
  }
  const auto answered_us = [&](std::size_t rung, std::size_t row) {
    return spent_us[rung] + price_us * differs_[chain.paths[rung] * rows_ + row];
  };
  std::vector<double> rest_us(rows_);  // what each row costs from the rung on
  std::vector<std::uint8_t> arrives(rows_);
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t row = 0; row < rows_; ++row) rest_us[row] = answered_us(rungs - 1, row);
    for (std::size_t rung = rungs - 1; rung-- > 0;) {
      std::fill(arrives.begin(), arrives.end(), std::uint8_t{1});
      for (std::size_t earlier = 0; earlier < rung; ++earlier) {
        const float* margin = margin_.data() + chain.paths[earlier] * rows_;
        for (std::size_t row = 0; row < rows_; ++row) {
          if (margin[row] >= chain.margins[earlier]) arrives[row] = 0;
        }
      }
      // Lowers the threshold row by row, and keeps the place where it paid most.
      const float* margin = margin_.data() + chain.paths[rung] * rows_;
      const std::uint32_t* order = order_.data() + chain.paths[rung] * rows_;
      double change_us = 0;
      double best_us = 0;
      float threshold = kNever;
      for (std::size_t i = 0; i < rows_ && margin[order[i]] >= 0; ++i) {
        if (arrives[order[i]] != 0) change_us += answered_us(rung, order[i]) - rest_us[order[i]];
        const bool tied = i + 1 < rows_ && margin[order[i + 1]] == margin[order[i]];
        if (tied || change_us >= best_us) continue;
        best_us = change_us;
        const float next = i + 1 < rows_ ? std::max(0.0f, margin[order[i + 1]]) : 0.0f;
        threshold = (margin[order[i]] + next) / 2;
        if (!(threshold > next)) threshold = margin[order[i]];
      }
      chain.margins[rung] = threshold;
      for (std::size_t row = 0; row < rows_; ++row) {
        if (margin[row] >= threshold) rest_us[row] = answered_us(rung, row);
      }
    }
    chain.objective_us = std::accumulate(rest_us.begin(), rest_us.end(), 0.0) / static_cast<double>(rows_);
  }
  return chain;
}

std::vector<ThresholdsRung> ChainTuner::best_chain(double price_us, std::span<const ThresholdsRung> near) const {
  Chain best = tune({0}, price_us);
  const auto consider = [&](std::vector<std::size_t> paths) {
    std::sort(paths.begin(), paths.end());
    Chain chain = tune(std::move(paths), price_us);
    // On ties the shorter chain: a rung that never answers is only in the way.
    const double equal_us = 1e-9 * best.objective_us;
    const bool shorter = chain.paths.size() < best.paths.size();
    if (chain.objective_us >= best.objective_us + (shorter ? equal_us : -equal_us)) return false;
    best = std::move(chain);
    return true;
  };
  for (std::size_t path = 1; path < ladder_.size(); ++path) consider({path});
  if (!near.empty()) {
    std::vector<std::size_t> paths;
    for (const ThresholdsRung& rung : near) paths.push_back(rung.path.index);
    consider(std::move(paths));
  }
  for (bool improved = true; improved;) {
    improved = false;
    const std::vector<std::size_t> base = best.paths;
    for (std::size_t path = 0; path < ladder_.size(); ++path) {
      if (std::find(base.begin(), base.end(), path) != base.end()) continue;
      std::vector<std::size_t> with = base;
      with.push_back(path);
      improved |= consider(with);
      for (std::size_t rung = 0; rung < base.size(); ++rung) {
        std::vector<std::size_t> exchanged = base;
        exchanged[rung] = path;
        improved |= consider(std::move(exchanged));
      }
    }
    for (std::size_t rung = 0; rung < base.size() && base.size() > 1; ++rung) {
      std::vector<std::size_t> without = base;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(rung));
      improved |= consider(std::move(without));
    }
  }
  std::vector<ThresholdsRung> rungs;
  for (std::size_t rung = 0; rung < best.paths.size(); ++rung) {
    const bool is_last = rung + 1 == best.paths.size();
    if (!is_last && !(best.margins[rung] <= 1)) {
      // A rung that never answers: it would have been dropped if that paid; 1 is as good as never.
      rungs.push_back({id(best.paths[rung]), 1.0f});
      continue;
    }
    rungs.push_back({id(best.paths[rung]), is_last ? 0.0f : best.margins[rung]});
  }
  return rungs;
}

}  // namespace rheo
