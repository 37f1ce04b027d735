// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "adapt/logistic.h"
#include "estimate/features.h"

namespace rheo {
namespace {

constexpr double kPenalty = 10.0;       // worth about ten examples per weight
constexpr double kAnswerPenalty = 4.0;  // an answer seen fewer times than this has hardly an offset
constexpr int kAnswerRounds = 2;
constexpr auto kFeatures = CalibratedModel::kFeatures;
static_assert(kFeatures == kLogisticFeatures);

PathId id(std::size_t path) { return PathId{static_cast<std::uint8_t>(path)}; }

class Fitter {
 public:
  Fitter(const AgreementTable& table, std::span<const int> rows, const CalibrationOptions& options)
      : table_(table), options_(options), paths_(table.paths()), classes_(table.classes()) {
    for (const int row : rows) inputs_.push_back(static_cast<std::size_t>(row));
  }

  CalibratedModel fit() {
    model_.paths = static_cast<int>(paths_);
    model_.classes = static_cast<int>(classes_);
    model_.start.resize(paths_ * kFeatures);
    model_.own.resize(paths_ * paths_ * kFeatures);
    if (options_.deeper_paths) model_.deeper.resize(paths_ * paths_ * kFeatures);
    model_.answer_offset.resize(paths_ * classes_);
    model_.rescue.resize(paths_ * paths_);
    alone_.resize(paths_);
    fit_statistics();
    fit_start();
    for (std::size_t path = 0; path + 1 < paths_; ++path) {
      fit_alone(path);
      for (std::size_t earlier = 0; earlier < path; ++earlier) fit_pair(earlier, path);
      for (std::size_t earlier = 0; earlier < path; ++earlier) fit_rescue(earlier, path);
    }
    return std::move(model_);
  }

 private:
  // Mean and deviation of each statistic; one that does not vary says nothing and gets scale 0.
  void fit_statistics() {
    std::array<double, InputStatistics::kCount> sum{};
    std::array<double, InputStatistics::kCount> squares{};
    double count = 0;
    for (const std::size_t input : inputs_) {
      const InputStatistics& s = table_.statistics(input);
      const std::array<float, InputStatistics::kCount> raw = {s.mean, s.variance, s.gradient_energy, s.entropy};
      if (!std::all_of(raw.begin(), raw.end(), [](float value) { return std::isfinite(value); })) continue;
      count += 1;
      for (std::size_t i = 0; i < raw.size(); ++i) {
        sum[i] += raw[i];
        squares[i] += static_cast<double>(raw[i]) * raw[i];
      }
    }
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const double mean = count > 0 ? sum[i] / count : 0;
      const double deviation = count > 0 ? std::sqrt(std::max(0.0, squares[i] / count - mean * mean)) : 0;
      const bool varies = deviation > 1e-6 * std::abs(mean);
      model_.statistics_mean[i] = static_cast<float>(mean);
      model_.statistics_scale[i] = varies ? static_cast<float>(1 / deviation) : 0.0f;
    }
    for (const std::size_t input : inputs_) statistics_.push_back(standardised(table_.statistics(input), model_));
  }

  void fit_start() {
    LogisticProblem problem;
    for (const Standardised& s : statistics_) problem.x.push_back(start_features(s));
    for (std::size_t path = 0; path + 1 < paths_; ++path) {
      problem.y.clear();
      for (const std::size_t input : inputs_) problem.y.push_back(table_.agrees(id(path), input) ? 1.0f : 0.0f);
      fit_into(&CalibratedModel::start, path, problem);
    }
  }

  // Fits one block of weights of `table`, from where a similar fit ended if there is one.
  void fit_into(std::vector<float> CalibratedModel::*table, std::size_t block, const LogisticProblem& problem) {
    LogisticFeatures start{};
    if (options_.start != nullptr && !(options_.start->*table).empty()) {
      std::copy_n(&(options_.start->*table)[block * kFeatures], kFeatures, start.begin());
    }
    const LogisticFeatures weights = fit_logistic(problem, kPenalty, start);
    std::copy(weights.begin(), weights.end(), &(model_.*table)[block * kFeatures]);
  }

  float log_odds_of(const Features& features, std::size_t block) const {
    float odds = 0;
    for (std::size_t f = 0; f < kFeatures; ++f) odds += features[f] * model_.own[block * kFeatures + f];
    return odds;
  }

  // What may be seen right after `path`, with `earlier` before it (earlier == path: nothing), where it can be used.
  struct Examples {
    std::vector<std::size_t> rows;  // positions in inputs_
    LogisticProblem problem;
  };
  Examples examples_of(std::size_t earlier, std::size_t path) const {
    Examples examples;
    for (std::size_t row = 0; row < inputs_.size(); ++row) {
      const Evidence& last = table_.evidence(id(path), inputs_[row]);
      const Evidence& first = table_.evidence(id(earlier), inputs_[row]);
      if (!last.usable || !first.usable) continue;
      PreviousStep previous;
      if (earlier != path) previous = {true, id(earlier), first.answer == last.answer, alone_[earlier][row]};
      examples.rows.push_back(row);
      examples.problem.x.push_back(step_features(statistics_[row], last, previous));
      examples.problem.y.push_back(table_.agrees(id(path), inputs_[row]) ? 1.0f : 0.0f);
    }
    return examples;
  }

  // `path` straight from the start, its offsets by answer, and what it says of deeper paths.
  void fit_alone(std::size_t path) {
    Examples examples = examples_of(path, path);
    LogisticProblem& problem = examples.problem;
    problem.offset.assign(examples.rows.size(), 0.0f);
    // The weights and the offsets take turns, so that many classes cost no large matrix.
    for (int round = 0; round < kAnswerRounds; ++round) {
      fit_into(&CalibratedModel::own, path * paths_ + path, problem);
      fit_answer_offsets(path, examples);
    }
    // The next paths will see this one as the step before.
    alone_[path].resize(inputs_.size());
    for (std::size_t i = 0; i < examples.rows.size(); ++i) {
      const float odds = log_odds_of(problem.x[i], path * paths_ + path) + problem.offset[i];
      alone_[path][examples.rows[i]] = 1 / (1 + std::exp(-std::clamp(odds, -kLargestLogOdds, kLargestLogOdds)));
    }
    if (!options_.deeper_paths) return;
    problem.offset.clear();
    for (std::size_t target = path + 1; target + 1 < paths_; ++target) {
      for (std::size_t i = 0; i < examples.rows.size(); ++i) {
        problem.y[i] = table_.agrees(id(target), inputs_[examples.rows[i]]) ? 1.0f : 0.0f;
      }
      fit_into(&CalibratedModel::deeper, path * paths_ + target, problem);
    }
  }

  // One number per class, each by its own Newton steps.
  void fit_answer_offsets(std::size_t path, Examples& examples) {
    std::vector<double> offset(classes_);
    std::vector<float> given;
    for (const Features& features : examples.problem.x) given.push_back(log_odds_of(features, path * paths_ + path));
    for (int step = 0; step < 6; ++step) {
      std::vector<double> gradient(classes_);
      std::vector<double> curvature(classes_, kAnswerPenalty);
      for (std::size_t c = 0; c < classes_; ++c) gradient[c] = kAnswerPenalty * offset[c];
      for (std::size_t i = 0; i < given.size(); ++i) {
        const std::size_t answer = answer_of(path, examples.rows[i]);
        const double p = 1 / (1 + std::exp(-(given[i] + offset[answer])));
        gradient[answer] += p - examples.problem.y[i];
        curvature[answer] += p * (1 - p);
      }
      for (std::size_t c = 0; c < classes_; ++c) offset[c] -= std::clamp(gradient[c] / curvature[c], -1.0, 1.0);
    }
    for (std::size_t c = 0; c < classes_; ++c) {
      model_.answer_offset[path * classes_ + c] = static_cast<float>(offset[c]);
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      examples.problem.offset[i] = static_cast<float>(offset[answer_of(path, examples.rows[i])]);
    }
  }

  void fit_pair(std::size_t earlier, std::size_t path) {
    Examples examples = examples_of(earlier, path);
    for (const std::size_t row : examples.rows) {
      examples.problem.offset.push_back(model_.answer_offset[path * classes_ + answer_of(path, row)]);
    }
    fit_into(&CalibratedModel::own, path * paths_ + earlier, examples.problem);
  }

  void fit_rescue(std::size_t earlier, std::size_t path) {
    double wrong = 2;  // as if one rescue in two cases had been seen
    double rescued = 1;
    for (const std::size_t input : inputs_) {
      const std::int32_t answer = table_.evidence(id(path), input).answer;
      if (table_.agrees(id(path), input) || table_.evidence(id(earlier), input).answer == answer) continue;
      wrong += 1;
      rescued += table_.agrees(id(earlier), input) ? 1 : 0;
    }
    model_.rescue[path * paths_ + earlier] = static_cast<float>(rescued / wrong);
  }

  // Of usable evidence, which always has one.
  std::size_t answer_of(std::size_t path, std::size_t row) const {
    return static_cast<std::size_t>(table_.evidence(id(path), inputs_[row]).answer);
  }

  const AgreementTable& table_;
  const CalibrationOptions options_;
  const std::size_t paths_;
  const std::size_t classes_;
  std::vector<std::size_t> inputs_;  // rows of the table
  CalibratedModel model_;
  std::vector<Standardised> statistics_;   // [inputs]
  std::vector<std::vector<float>> alone_;  // [paths][inputs]: agreement right after that path alone
};

}  // namespace

float fit_temperature(const AgreementTable& table, PathId path, std::span<const int> rows) {
  if (path == table.reference()) return 1;  // it always agrees with itself; the fit would run off to the coldest
  double inverse = 1;
  for (int step = 0; step < 50; ++step) {
    double slope = 0;
    double curvature = 0;
    for (const int row : rows) {
      const auto input = static_cast<std::size_t>(row);
      if (!table.evidence(path, input).usable || !table.evidence(table.reference(), input).usable) continue;
      const std::span<const float> logits = table.logits(path, input);
      const float truth = logits[static_cast<std::size_t>(table.reference_answer(input))];
      if (!std::isfinite(truth)) continue;
      const double top = *std::max_element(logits.begin(), logits.end());
      double sum = 0;
      double first = 0;
      double second = 0;
      for (const float logit : logits) {
        const double below = logit - top;
        if (!std::isfinite(below)) continue;  // a class that cannot be
        const double weight = std::exp(inverse * below);
        sum += weight;
        first += weight * below;
        second += weight * below * below;
      }
      const double mean = first / sum;
      slope += mean - (truth - top);
      curvature += second / sum - mean * mean;
    }
    if (!(curvature > 0)) break;
    const double next = std::clamp(inverse - slope / curvature, 0.05, 20.0);
    const bool settled = std::abs(next - inverse) < 1e-6;
    inverse = next;
    if (settled) break;
  }
  return static_cast<float>(1 / inverse);
}

Result<CalibratedModel> fit_calibrated_model(const AgreementTable& table, std::span<const int> rows,
                                             const CalibrationOptions& options) {
  if (rows.size() < kFewestCalibrationRows) {
    return Status(StatusCode::invalid_argument, "Calibration needs at least " + std::to_string(kFewestCalibrationRows) +
                                                    " inputs on the tuning half; got " + std::to_string(rows.size()) +
                                                    ".");
  }
  if (table.classes() > static_cast<std::size_t>(CalibratedModel::kMaxClasses)) {
    return Status(StatusCode::limit_exceeded, "Calibration is for at most " +
                                                  std::to_string(CalibratedModel::kMaxClasses) + " classes; got " +
                                                  std::to_string(table.classes()) + ".");
  }
  return Fitter(table, rows, options).fit();
}

}  // namespace rheo
