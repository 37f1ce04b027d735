// SPDX-License-Identifier: Apache-2.0
#include "adapt/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rheo {
namespace {

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
