// SPDX-License-Identifier: Apache-2.0
#include "adapt/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rheo {
namespace {

// Ten digits more than any test reads.
constexpr int kBisections = 100;

double log_binomial_mass(std::int64_t k, std::int64_t n, double risk) {
  const auto kd = static_cast<double>(k);
  const auto nd = static_cast<double>(n);
  return std::lgamma(nd + 1) - std::lgamma(kd + 1) - std::lgamma(nd - kd + 1) + kd * std::log(risk) +
         (nd - kd) * std::log1p(-risk);
}

// Relative entropy of two coins, 0 ln 0 = 0.
double relative_entropy(double a, double b) {
  const double heads = a > 0 ? a * std::log(a / b) : 0;
  const double tails = a < 1 ? (1 - a) * std::log((1 - a) / (1 - b)) : 0;
  return heads + tails;
}

std::vector<double> to_unit_interval(std::span<const std::int8_t> drops) {
  std::vector<double> x(drops.size());
  std::transform(drops.begin(), drops.end(), x.begin(), [](std::int8_t drop) { return (drop + 1) / 2.0; });
  return x;
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

double hoeffding_bentkus(double loss_sum, std::int64_t n, double risk) {
  const auto nd = static_cast<double>(n);
  const double mean = loss_sum / nd;
  const double hoeffding = std::exp(-nd * relative_entropy(std::min(mean, risk), risk));
  const auto rounded_up = static_cast<std::int64_t>(std::ceil(loss_sum - 1e-9));  // sums carry rounding errors
  const double bentkus = std::exp(1.0) * binomial_tail(rounded_up, n, risk);
  return std::min({1.0, hoeffding, bentkus});
}

double betting_log_wealth(std::span<const double> x, double limit, double delta, double largest_bet) {
  const auto n = static_cast<double>(x.size());
  const double target = 2 * std::log(1 / delta);
  double log_wealth = 0;
  double best = 0;
  double sum = 0;
  double spread = 0.25;
  double variance = 0.25;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double bet = std::min(std::sqrt(target / (n * variance)), largest_bet);  // looks at the past only
    log_wealth += std::log1p(-bet * (x[i] - limit));
    best = std::max(best, log_wealth);
    sum += x[i];
    const auto seen = static_cast<double>(i + 2);
    const double mean = (0.5 + sum) / seen;
    spread += (x[i] - mean) * (x[i] - mean);
    variance = spread / seen;
  }
  return best;
}

double accuracy_drop_log_wealth(std::span<const std::int8_t> drops, double limit, double delta) {
  const double scaled = (1 + limit) / 2;
  return betting_log_wealth(to_unit_interval(drops), scaled, delta, 0.9 / (1 - scaled));
}

double accuracy_drop_p_value(std::span<const std::int8_t> drops, double limit, double delta) {
  if (limit >= 1) return 0;  // no drop is larger
  return std::exp(-accuracy_drop_log_wealth(drops, limit, delta));
}

double accuracy_drop_upper_bound(std::span<const std::int8_t> drops, double delta) {
  const std::vector<double> x = to_unit_interval(drops);
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {  // wealth does not fall as the limit rises
    const double middle = (low + high) / 2;
    (betting_log_wealth(x, middle, delta, 1) < std::log(1 / delta) ? low : high) = middle;
  }
  return 2 * high - 1;
}

}  // namespace rheo
