// SPDX-License-Identifier: Apache-2.0
#include "path/binomial.h"

#include <algorithm>
#include <cmath>

namespace rheo {
namespace {

// Ten digits more than any test reads.
constexpr int kBisections = 100;
constexpr double kRoundingErrors = 1 + 1e-4;  // of a tail that another host has computed, however large n is

double log_binomial_mass(std::int64_t k, std::int64_t n, double risk) {
  const auto kd = static_cast<double>(k);
  const auto nd = static_cast<double>(n);
  return std::lgamma(nd + 1) - std::lgamma(kd + 1) - std::lgamma(nd - kd + 1) + kd * std::log(risk) +
         (nd - kd) * std::log1p(-risk);
}

}  // namespace

double binomial_tail(std::int64_t k, std::int64_t n, double risk) {
  if (k < 0) return 0;
  if (k >= n || risk <= 0) return 1;
  if (risk >= 1) return 0;
  // Downwards from k, in units of the mass at k: each term follows from the one before it.
  const double odds = (1 - risk) / risk;
  double term = 1;
  double sum = 1;
  for (std::int64_t i = k; i > 0; --i) {
    const double ratio = static_cast<double>(i) / static_cast<double>(n - i + 1) * odds;
    term *= ratio;
    sum += term;
    if (ratio < 1 && term < sum * 1e-18) break;
    if (!std::isfinite(sum)) return 1;  // the mass at k is next to nothing, so nearly all of it lies below
  }
  return std::min(1.0, std::exp(log_binomial_mass(k, n, risk) + std::log(sum)));
}

double binomial_upper_bound(std::int64_t k, std::int64_t n, double delta) {
  if (k >= n) return 1;
  double low = 0;
  double high = 1;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (binomial_tail(k, n, middle) > delta ? low : high) = middle;
  }
  return high;
}

bool bound_follows(double bound, std::int64_t k, std::int64_t n, double delta) {
  return bound >= 1 || binomial_tail(k, n, bound) <= delta * kRoundingErrors;
}

std::int64_t fewest_inputs(double risk, double delta) {
  if (risk <= 0) return INT64_MAX;
  if (risk >= 1) return 1;
  return static_cast<std::int64_t>(std::ceil(std::log(delta) / std::log1p(-risk)));
}

std::int64_t most_losses(std::int64_t n, double risk, double delta) {
  std::int64_t passes = -1;
  std::int64_t fails = n;  // k = n never certifies
  while (fails - passes > 1) {
    const std::int64_t middle = passes + (fails - passes) / 2;
    (binomial_tail(middle, n, risk) <= delta ? passes : fails) = middle;
  }
  return passes;
}

}  // namespace rheo
