// SPDX-License-Identifier: Apache-2.0
// Newton steps on the penalised logistic loss, halved where a full one would overshoot.
#include <algorithm>
#include <cmath>

#include "adapt/calibration.h"

namespace rheo {
namespace {

constexpr int kMostSteps = 25;
constexpr double kSmallStep = 1e-5;

// log(1 + e^x) without overflow.
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double log_odds_of(const LogisticProblem& problem, std::span<const double> weights, std::size_t example) {
  double sum = problem.offset.empty() ? 0 : problem.offset[example];
  const float* x = problem.x.data() + example * problem.features;
  for (std::size_t f = 0; f < problem.features; ++f) sum += weights[f] * x[f];
  return sum;
}

double penalised_loss(const LogisticProblem& problem, std::span<const double> weights, double penalty) {
  double loss = 0;
  for (std::size_t f = 1; f < problem.features; ++f) loss += 0.5 * penalty * weights[f] * weights[f];
  for (std::size_t i = 0; i < problem.y.size(); ++i) {
    const double odds = log_odds_of(problem, weights, i);
    loss += softplus(odds) - problem.y[i] * odds;
  }
  return loss;
}

// Gradient and lower triangle of the Hessian at `weights`.
struct Slope {
  std::vector<double> gradient;  // [features]
  std::vector<double> hessian;   // [features, features], row-major
};

Slope slope_at(const LogisticProblem& problem, std::span<const double> weights, double penalty) {
  const std::size_t n = problem.features;
  Slope slope{std::vector<double>(n), std::vector<double>(n * n)};
  for (std::size_t i = 0; i < problem.y.size(); ++i) {
    const float* x = problem.x.data() + i * n;
    const double p = 1 / (1 + std::exp(-log_odds_of(problem, weights, i)));
    const double curvature = p * (1 - p);
    for (std::size_t a = 0; a < n; ++a) {
      slope.gradient[a] += (p - problem.y[i]) * x[a];
      const double scaled = curvature * x[a];
      for (std::size_t b = 0; b <= a; ++b) slope.hessian[a * n + b] += scaled * x[b];
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    if (a > 0) slope.gradient[a] += penalty * weights[a];
    // A touch on the constant as well: with one class only, its best value would be infinite.
    slope.hessian[a * n + a] += a > 0 ? penalty : 1e-3;
  }
  slope.gradient[0] += 1e-3 * weights[0];
  return slope;
}

// Solves hessian * step = gradient by Cholesky, in place; the penalty keeps the matrix positive definite.
std::vector<double> solve(Slope slope) {
  const std::size_t n = slope.gradient.size();
  std::vector<double>& l = slope.hessian;
  std::vector<double>& x = slope.gradient;
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = l[a * n + b];
      for (std::size_t c = 0; c < b; ++c) sum -= l[a * n + c] * l[b * n + c];
      l[a * n + b] = a == b ? std::sqrt(std::max(sum, 1e-9)) : sum / l[b * n + b];
    }
    for (std::size_t c = 0; c < a; ++c) x[a] -= l[a * n + c] * x[c];
    x[a] /= l[a * n + a];
  }
  for (std::size_t a = n; a-- > 0;) {
    for (std::size_t c = a + 1; c < n; ++c) x[a] -= l[c * n + a] * x[c];
    x[a] /= l[a * n + a];
  }
  return x;
}

}  // namespace

std::vector<double> fit_logistic(const LogisticProblem& problem, double penalty) {
  std::vector<double> weights(problem.features);
  double loss = penalised_loss(problem, weights, penalty);
  for (int round = 0; round < kMostSteps; ++round) {
    const std::vector<double> step = solve(slope_at(problem, weights, penalty));
    std::vector<double> next = weights;
    double next_loss = loss;
    double length = 1;
    for (; length > 1e-3; length /= 2) {
      for (std::size_t f = 0; f < next.size(); ++f) next[f] = weights[f] - length * step[f];
      next_loss = penalised_loss(problem, next, penalty);
      if (next_loss <= loss) break;
    }
    if (!(next_loss <= loss)) break;  // NaN as well: keep what is known to be good
    const bool settled = loss - next_loss <= kSmallStep * (1 + loss) * 1e-2;
    weights = std::move(next);
    loss = next_loss;
    if (settled) break;
  }
  return weights;
}

}  // namespace rheo
