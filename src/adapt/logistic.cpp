// SPDX-License-Identifier: Apache-2.0
// Newton steps on the penalised logistic loss, halved where a full one would overshoot.
#include "adapt/logistic.h"

#include <algorithm>
#include <cmath>

namespace rheo {
namespace {

constexpr std::size_t kCount = kLogisticFeatures;
constexpr int kMostSteps = 25;
constexpr double kSmallGain = 1e-5;        // of the loss: far below what the data can tell apart
constexpr std::size_t kBlock = 256;        // examples summed in float before they go into the double sums
constexpr double kConstantPenalty = 1e-3;  // with one kind of answer only, the best constant would be infinite

using Vector = std::array<double, kCount>;
using Matrix = std::array<double, kCount * kCount>;

struct Point {
  double loss = 0;
  Vector gradient{};
  Matrix hessian{};
};

// Loss, gradient and Hessian at `weights`, in one pass.
Point look_at(const LogisticProblem& problem, const Vector& weights, double penalty) {
  Point point;
  LogisticFeatures w;
  for (std::size_t f = 0; f < kCount; ++f) w[f] = static_cast<float>(weights[f]);
  const std::size_t examples = problem.y.size();
  for (std::size_t first = 0; first < examples; first += kBlock) {
    std::array<float, kCount> gradient{};
    std::array<float, kCount * kCount> hessian{};
    double product = 1;  // of factors in [1, 2]: one logarithm per block instead of one per example
    for (std::size_t i = first; i < std::min(first + kBlock, examples); ++i) {
      const LogisticFeatures& x = problem.x[i];
      float odds = problem.offset.empty() ? 0.0f : problem.offset[i];
      for (std::size_t f = 0; f < kCount; ++f) odds += w[f] * x[f];
      const float small = std::exp(-std::abs(odds));  // e^-|odds|: the loss and p without overflow
      const float p = (odds > 0 ? 1.0f : small) / (1 + small);
      point.loss += std::max(odds, 0.0f) - problem.y[i] * odds;
      product *= 1 + static_cast<double>(small);
      const float slope = p - problem.y[i];
      const float curvature = p * (1 - p);
      for (std::size_t a = 0; a < kCount; ++a) {
        gradient[a] += slope * x[a];
        const float scaled = curvature * x[a];
        for (std::size_t b = 0; b < kCount; ++b) hessian[a * kCount + b] += scaled * x[b];
      }
    }
    point.loss += std::log(product);
    for (std::size_t a = 0; a < kCount; ++a) point.gradient[a] += gradient[a];
    for (std::size_t a = 0; a < kCount * kCount; ++a) point.hessian[a] += hessian[a];
  }
  for (std::size_t a = 0; a < kCount; ++a) {
    const double held = a > 0 ? penalty : kConstantPenalty;
    point.loss += 0.5 * held * weights[a] * weights[a];
    point.gradient[a] += held * weights[a];
    point.hessian[a * kCount + a] += held;
  }
  return point;
}

// Solves hessian * step = gradient by Cholesky, in place; the penalty keeps the matrix positive definite.
Vector newton_step(Point point) {
  Matrix& l = point.hessian;
  Vector& x = point.gradient;
  for (std::size_t a = 0; a < kCount; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = l[a * kCount + b];
      for (std::size_t c = 0; c < b; ++c) sum -= l[a * kCount + c] * l[b * kCount + c];
      l[a * kCount + b] = a == b ? std::sqrt(std::max(sum, 1e-9)) : sum / l[b * kCount + b];
    }
    for (std::size_t c = 0; c < a; ++c) x[a] -= l[a * kCount + c] * x[c];
    x[a] /= l[a * kCount + a];
  }
  for (std::size_t a = kCount; a-- > 0;) {
    for (std::size_t c = a + 1; c < kCount; ++c) x[a] -= l[c * kCount + a] * x[c];
    x[a] /= l[a * kCount + a];
  }
  return x;
}

}  // namespace

LogisticFeatures fit_logistic(const LogisticProblem& problem, double penalty, const LogisticFeatures& start) {
  Vector weights;
  std::copy(start.begin(), start.end(), weights.begin());
  Point here = look_at(problem, weights, penalty);
  for (int round = 0; round < kMostSteps; ++round) {
    const Vector step = newton_step(here);
    Vector next{};
    Point there;
    bool better = false;
    for (double length = 1; length > 1e-3 && !better; length /= 2) {
      for (std::size_t f = 0; f < kCount; ++f) next[f] = weights[f] - length * step[f];
      there = look_at(problem, next, penalty);
      better = there.loss < here.loss;  // false for NaN: what is known to be good stays
    }
    if (!better) break;
    const bool settled = here.loss - there.loss < kSmallGain * (1 + there.loss);
    weights = next;
    here = there;
    if (settled) break;
  }
  LogisticFeatures result;
  for (std::size_t f = 0; f < kCount; ++f) result[f] = static_cast<float>(weights[f]);
  return result;
}

}  // namespace rheo
