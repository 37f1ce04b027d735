// SPDX-License-Identifier: Apache-2.0
#include "estimate/calibrated.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "base/checked.h"

#include "estimate/features.h"

namespace rheo {
namespace {

constexpr std::size_t kLanes = 4;  // paths that are computed together
constexpr auto kFeatures = CalibratedModel::kFeatures;
// Vectors of the compiler (gcc and clang), which every instruction set has.
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using IntLanes = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

// 1 / (1 + e^-x), relative error below 1e-6. What is not a number counts as no agreement at all.
// With y = -x: e^y = 2^n * e^r, n = round(y / ln 2) and |r| <= ln(2) / 2, where six terms of the series are enough.
Lanes to_probability(Lanes x) {
  const Lanes zero = {};
  Lanes y = x == x ? -x : zero;
  y = y < -kLargestLogOdds ? zero - kLargestLogOdds : y;
  y = y > kLargestLogOdds ? zero + kLargestLogOdds : y;
  const IntLanes n = __builtin_convertvector(y * 1.44269504f + (y < 0 ? zero - 0.5f : zero + 0.5f), IntLanes);
  const Lanes r = y - __builtin_convertvector(n, Lanes) * 0.693147182f;
  const Lanes series = 1 + r * (1 + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r / 720)))));
  const Lanes power = std::bit_cast<Lanes>((n + 127) << 23);
  return x == x ? 1 / (1 + power * series) : zero;
}

float to_probability(float log_odds) { return to_probability(Lanes{log_odds})[0]; }

float dot(const Features& features, const float* weights) {
  Lanes sum = {};
  for (std::size_t f = 0; f < kFeatures; f += kLanes) sum += load(features.data() + f) * load(weights + f);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Agreement of paths [first, last) from interleaved weights, whole lanes at a time.
void agreements(const Features& features, const std::vector<float>& weights, std::size_t padded, std::size_t first,
                std::size_t last, Complexity& complexity) {
  for (std::size_t block = first / kLanes * kLanes; block < last; block += kLanes) {
    Lanes odds = {};
    for (std::size_t f = 0; f < kFeatures; ++f) odds += features[f] * load(weights.data() + f * padded + block);
    const Lanes agreement = to_probability(odds);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t path = block + lane;
      if (path >= first && path < last) complexity.agreement[path] = agreement[lane];
    }
  }
}

// From [paths, kFeatures] to [kFeatures, padded].
std::vector<float> interleave(std::span<const float> weights, std::size_t paths, std::size_t padded) {
  std::vector<float> result(kFeatures * padded);
  for (std::size_t path = 0; path < paths; ++path) {
    for (std::size_t f = 0; f < kFeatures; ++f) result[f * padded + path] = weights[path * kFeatures + f];
  }
  return result;
}

}  // namespace

CalibratedEstimator::CalibratedEstimator(CalibratedModel model)
    : model_(std::move(model)),
      paths_(static_cast<std::size_t>(model_.paths)),
      padded_(align_up(paths_, kLanes)),
      start_(interleave(model_.start, paths_, padded_)) {
  for (std::size_t i = 0; i < paths_ && !model_.deeper.empty(); ++i) {
    const std::size_t size = paths_ * kFeatures;
    deeper_.push_back(interleave(std::span(model_.deeper).subspan(i * size, size), paths_, padded_));
  }
}

Complexity CalibratedEstimator::estimate(const Observation& observation) const {
  const EvidenceList& evidence = observation.evidence;
  Complexity complexity;
  const bool known = !evidence.empty() && evidence.back().usable && evidence.back().path.index < paths_;
  if (known) {
    after_a_step(observation, complexity);
  } else {
    before_any_step(observation, complexity);
  }
  complexity.agreement[paths_ - 1] = 1;  // the reference agrees with itself
  float best = evidence.empty() ? complexity.agreement[0] : 0;
  for (const Evidence& seen : evidence) best = std::max(best, complexity.agreement[seen.path.index]);
  complexity.score = 1 - best;
  return complexity;
}

// Also after a step that was not finite: it says nothing, and agrees with nothing; earlier evidence keeps its word.
void CalibratedEstimator::before_any_step(const Observation& observation, Complexity& complexity) const {
  const Features features = start_features(standardised(observation.statistics, model_));
  agreements(features, start_, padded_, 0, paths_ - 1, complexity);
  for (const Evidence& seen : observation.evidence) {
    complexity.agreement[seen.path.index] = seen.usable ? seen.agreement : 0;
  }
}

void CalibratedEstimator::after_a_step(const Observation& observation, Complexity& complexity) const {
  const EvidenceList& evidence = observation.evidence;
  const Evidence& last = evidence.back();
  const std::size_t i = last.path.index;
  const PreviousStep previous = previous_step(evidence);
  const Standardised statistics = standardised(observation.statistics, model_);
  const Features features = step_features(statistics, last, previous);
  // Of cheaper paths that were skipped nothing was learnt: what the input's statistics said of them stands.
  const auto cheaper = static_cast<std::size_t>(
      std::count_if(evidence.begin(), evidence.end(), [i](const Evidence& seen) { return seen.path.index < i; }));
  if (cheaper < i) agreements(start_features(statistics), start_, padded_, 0, i, complexity);
  // A previous path that came later in the ladder was never fitted: its pair counts as none.
  const std::size_t before = previous.present && previous.path.index < i ? previous.path.index : i;
  float odds = dot(features, model_.own.data() + (i * paths_ + before) * kFeatures);
  const auto answer = static_cast<std::size_t>(last.answer);
  const auto classes = static_cast<std::size_t>(model_.classes);
  if (last.answer >= 0 && answer < classes) odds += model_.answer_offset[i * classes + answer];
  const float word = i + 1 == paths_ ? 1.0f : to_probability(odds);
  complexity.agreement[i] = word;
  if (deeper_.empty()) {
    std::fill(complexity.agreement.begin() + i, complexity.agreement.begin() + paths_, word);
  } else {
    agreements(features, deeper_[i], padded_, i + 1, paths_ - 1, complexity);
  }
  for (const Evidence& seen : evidence) {
    const std::size_t k = seen.path.index;
    if (k == i || k >= paths_) continue;
    // The same answer stands or falls together. Another one is right only if this one is wrong; and being contradicted
    // never makes it more likely than it was.
    const float rescued = std::min(seen.agreement, (1 - word) * model_.rescue[i * paths_ + k]);
    const float agreement = seen.answer == last.answer ? word : rescued;
    complexity.agreement[k] = seen.usable ? agreement : 0;
  }
}

Result<std::shared_ptr<const Estimator>> make_calibrated_estimator(CalibratedModel model) {
  const auto paths = static_cast<std::size_t>(std::max(model.paths, 0));
  const auto classes = static_cast<std::size_t>(std::max(model.classes, 0));
  if (model.paths < 1 || paths > kMaxPaths || model.classes < 1 || model.classes > CalibratedModel::kMaxClasses) {
    return Status(StatusCode::bad_format, "A calibrated estimator is for 1 to " + std::to_string(kMaxPaths) +
                                              " paths and 1 to " + std::to_string(CalibratedModel::kMaxClasses) +
                                              " classes; got " + std::to_string(model.paths) + " and " +
                                              std::to_string(model.classes) + ".");
  }
  if (model.start.size() != paths * kFeatures || model.own.size() != paths * paths * kFeatures ||
      (!model.deeper.empty() && model.deeper.size() != paths * paths * kFeatures) ||
      model.answer_offset.size() != paths * classes || model.rescue.size() != paths * paths) {
    return Status(StatusCode::bad_format, "The tables of the calibrated estimator do not fit " + std::to_string(paths) +
                                              " paths and " + std::to_string(classes) +
                                              " classes; adapt the model again.");
  }
  const auto finite = [](const auto& values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  };
  const bool rescue_in_range =
      std::all_of(model.rescue.begin(), model.rescue.end(), [](float share) { return share >= 0 && share <= 1; });
  if (!finite(model.start) || !finite(model.own) || !finite(model.deeper) || !finite(model.answer_offset) ||
      !rescue_in_range || !finite(model.statistics_mean) || !finite(model.statistics_scale)) {
    return Status(StatusCode::bad_format,
                  "The calibrated estimator holds a number out of range; adapt the model again.");
  }
  return std::shared_ptr<const Estimator>(std::make_shared<CalibratedEstimator>(std::move(model)));
}

}  // namespace rheo
