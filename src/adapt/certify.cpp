// SPDX-License-Identifier: Apache-2.0
#include "adapt/certify.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "adapt/statistics.h"
#include "base/try.h"

namespace rheo {
namespace {

Status check_limit(double limit, const char* name) {
  if (limit < 0 || (limit > 0 && limit < 1)) return {};
  return {StatusCode::invalid_argument,
          std::string(name) + " must be a share between 0 and 1, such as 0.01; got " + std::to_string(limit) + "."};
}

// Fewest inputs on which a policy that never loses passes the accuracy-drop test.
std::int64_t fewest_inputs_for_drop(double limit, double delta) {
  std::int64_t fails = 0;
  std::int64_t passes = 1;
  const auto certifies = [&](std::int64_t inputs) {
    const std::vector<std::int8_t> drops(static_cast<std::size_t>(inputs), 0);
    return accuracy_drop_p_value(drops, limit, delta) <= delta;
  };
  while (!certifies(passes) && passes < (std::int64_t{1} << 24)) {
    fails = passes;
    passes *= 2;
  }
  while (passes - fails > 1) {
    const std::int64_t middle = fails + (passes - fails) / 2;
    (certifies(middle) ? passes : fails) = middle;
  }
  return passes;
}

}  // namespace

double Promise::delta() const { return (1 - confidence) * std::exp2(-read); }

int fixed_sequence(std::span<const double> p_values, double delta) {
  const auto failure = std::find_if(p_values.begin(), p_values.end(), [delta](double p) { return !(p <= delta); });
  return static_cast<int>(failure - p_values.begin());
}

Status check_ranges(const Promise& promise) {
  RHEO_RETURN_IF_ERROR(check_limit(promise.max_disagreement, "The largest disagreement"));
  RHEO_RETURN_IF_ERROR(check_limit(promise.max_accuracy_drop, "The largest accuracy drop"));
  if (promise.max_disagreement < 0 && promise.max_accuracy_drop < 0) {
    return {StatusCode::invalid_argument, "Nothing is promised; set a largest disagreement or accuracy drop."};
  }
  if (!(promise.confidence > 0 && promise.confidence < 1) || promise.read < 1) {
    return {StatusCode::invalid_argument,
            "The confidence must lie between 0 and 1, such as 0.95; got " + std::to_string(promise.confidence) + "."};
  }
  return {};
}

Status check_promise(const Promise& promise, std::int64_t inputs, bool has_labels) {
  RHEO_RETURN_IF_ERROR(check_ranges(promise));
  if (promise.max_accuracy_drop >= 0 && !has_labels) {
    return {StatusCode::invalid_argument,
            "An accuracy drop can only be promised with labels; give labels, or promise a disagreement."};
  }
  std::int64_t needed = 0;
  if (promise.max_disagreement >= 0) needed = fewest_inputs(promise.max_disagreement, promise.delta());
  if (promise.max_accuracy_drop >= 0) {
    needed = std::max(needed, fewest_inputs_for_drop(promise.max_accuracy_drop, promise.delta()));
  }
  if (inputs < needed) {
    return {StatusCode::invalid_argument, "The certification half has " + std::to_string(inputs) +
                                              " inputs, but this promise needs at least " + std::to_string(needed) +
                                              " on read " + std::to_string(promise.read) +
                                              " even if no answer differs; give more inputs, or promise less."};
  }
  return {};
}

Verdict judge(const Promise& promise, const Losses& losses) {
  const double delta = promise.delta();
  Verdict verdict{.disagreements = losses.disagreements, .p_value = 0};
  verdict.disagreement_bound = binomial_upper_bound(losses.disagreements, losses.inputs, delta);
  const bool labelled = losses.inputs > 0 && losses.drops.size() == static_cast<std::size_t>(losses.inputs);
  if (labelled) {
    verdict.right_lost = std::count(losses.drops.begin(), losses.drops.end(), std::int8_t{1});
    verdict.right_won = std::count(losses.drops.begin(), losses.drops.end(), std::int8_t{-1});
  }
  if (promise.max_disagreement >= 0) {
    verdict.p_value = binomial_tail(losses.disagreements, losses.inputs, promise.max_disagreement);
  }
  if (promise.max_accuracy_drop >= 0) {
    const double p = labelled ? accuracy_drop_p_value(losses.drops, promise.max_accuracy_drop, delta) : 1;
    verdict.p_value = std::max(verdict.p_value, p);
    if (labelled) verdict.accuracy_drop_bound = accuracy_drop_upper_bound(losses.drops, delta);
    // The test of one fixed limit is stronger than the bound, which must hold for every limit at once.
    if (p <= delta) verdict.accuracy_drop_bound = std::min(verdict.accuracy_drop_bound, promise.max_accuracy_drop);
  }
  verdict.certified = losses.inputs > 0 && verdict.p_value <= delta;
  return verdict;
}

Result<std::vector<Verdict>> certify(const Promise& promise, int count,
                                     const std::function<Result<Losses>(int policy)>& read) {
  std::vector<Verdict> verdicts(static_cast<std::size_t>(count));
  for (int policy = 0; policy < count; ++policy) {
    RHEO_ASSIGN_OR_RETURN(const Losses losses, read(policy));
    Verdict& verdict = verdicts[static_cast<std::size_t>(policy)];
    verdict = judge(promise, losses);
    if (!verdict.certified) break;
  }
  return verdicts;
}

std::vector<int> cheapest_certified(std::span<const Verdict> verdicts, std::span<const double> costs_us,
                                    std::size_t most) {
  std::vector<int> certified;
  for (std::size_t i = 0; i < verdicts.size() && verdicts[i].certified; ++i) certified.push_back(static_cast<int>(i));
  // On equal cost the later, bolder one gains nothing: keep the safer.
  std::stable_sort(certified.begin(), certified.end(), [&](int a, int b) {
    return costs_us[static_cast<std::size_t>(a)] < costs_us[static_cast<std::size_t>(b)];
  });
  certified.resize(std::min(most, certified.size()));
  return certified;
}

int cheapest_certified(std::span<const Verdict> verdicts, std::span<const double> costs_us) {
  const std::vector<int> cheapest = cheapest_certified(verdicts, costs_us, 1);
  return cheapest.empty() ? -1 : cheapest.front();
}

}  // namespace rheo
