// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "estimate/features.h"

namespace rheo {
namespace {

constexpr std::size_t kFewestRows = 50;
constexpr double kPenalty = 1.0;        // worth about one example per weight
constexpr double kAnswerPenalty = 4.0;  // an answer seen fewer times than this has hardly an offset
constexpr std::size_t kMostExamples = 40'000;
constexpr int kAnswerRounds = 3;
constexpr auto kStart = CalibratedModel::kStartFeatures;
constexpr auto kStep = CalibratedModel::kStepFeatures;

// Examples of what may be seen right after a step of one path: coming from the start, or from each earlier path.
struct Examples {
  std::vector<StepFeatures> features;
  std::vector<int> rows;
};

class Fitter {
 public:
  Fitter(const AgreementTable& table, std::span<const int> rows) : table_(table), rows_(rows) {}

  CalibratedModel fit() {
    model_.paths = static_cast<int>(table_.paths());
    model_.classes = static_cast<int>(table_.classes());
    const std::size_t paths = table_.paths();
    model_.start.resize(kStart * paths);
    model_.step.resize(paths * kStep * paths);
    model_.answer_offset.resize(paths * table_.classes());
    model_.rescue.resize(paths * paths);
    alone_.resize(paths);
    fit_statistics();
    fit_start();
    for (std::size_t path = 0; path + 1 < paths; ++path) fit_step(path);
    fit_rescue();
    return std::move(model_);
  }

 private:
  static PathId id(std::size_t path) { return PathId{static_cast<std::uint8_t>(path)}; }
  static std::size_t at(int row) { return static_cast<std::size_t>(row); }

  void fit_statistics() {
    std::array<double, InputStatistics::kCount> sum{};
    std::array<double, InputStatistics::kCount> squares{};
    double count = 0;
    for (const int row : rows_) {
      const InputStatistics& s = table_.statistics(at(row));
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
      model_.statistics_mean[i] = static_cast<float>(mean);
      // A statistic that does not vary says nothing.
      const bool varies = deviation > 1e-6 * std::abs(mean) && deviation > 0;
      model_.statistics_scale[i] = varies ? static_cast<float>(1 / deviation) : 0.0f;
    }
    for (const int row : rows_) statistics_.push_back(standardised(table_.statistics(at(row)), model_));
  }

  void fit_start() {
    LogisticProblem problem;
    problem.features = kStart;
    for (const Standardised& s : statistics_) {
      const StartFeatures features = start_features(s);
      problem.x.insert(problem.x.end(), features.begin(), features.end());
    }
    for (std::size_t path = 0; path + 1 < table_.paths(); ++path) {
      problem.y.clear();
      for (const int row : rows_) problem.y.push_back(table_.agrees(id(path), at(row)) ? 1.0f : 0.0f);
      const std::vector<double> weights = fit_logistic(problem, kPenalty);
      for (std::size_t f = 0; f < kStart; ++f) {
        model_.start[f * table_.paths() + path] = static_cast<float>(weights[f]);
      }
    }
  }

  Examples examples_of(std::size_t path) const {
    Examples examples;
    const std::size_t all = rows_.size() * (path + 1);
    const std::size_t stride = (all + kMostExamples - 1) / kMostExamples;
    for (std::size_t from = 0; from <= path; ++from) {  // from == path: straight from the start
      for (std::size_t i = from % stride; i < rows_.size(); i += stride) {
        const Evidence& last = table_.evidence(id(path), at(rows_[i]));
        if (!last.usable) continue;
        PreviousStep previous;
        if (from < path) {
          const Evidence& earlier = table_.evidence(id(from), at(rows_[i]));
          if (!earlier.usable) continue;
          previous = {true, earlier.answer == last.answer, alone_[from][i]};
        }
        examples.features.push_back(step_features(statistics_[i], last, previous));
        examples.rows.push_back(rows_[i]);
      }
    }
    return examples;
  }

  void store_step(std::size_t path, std::size_t target, std::span<const double> weights) {
    for (std::size_t f = 0; f < kStep; ++f) {
      model_.step[(path * kStep + f) * table_.paths() + target] = static_cast<float>(weights[f]);
    }
  }

  void fit_step(std::size_t path) {
    const Examples examples = examples_of(path);
    LogisticProblem problem;
    problem.features = kStep;
    for (const StepFeatures& features : examples.features) {
      problem.x.insert(problem.x.end(), features.begin(), features.end());
    }
    for (std::size_t target = path + 1; target + 1 < table_.paths(); ++target) {
      problem.y.clear();
      for (const int row : examples.rows) problem.y.push_back(table_.agrees(id(target), at(row)) ? 1.0f : 0.0f);
      store_step(path, target, fit_logistic(problem, kPenalty));
    }
    problem.y.clear();
    for (const int row : examples.rows) problem.y.push_back(table_.agrees(id(path), at(row)) ? 1.0f : 0.0f);
    // The weights and the offsets of the answers take turns, so that many classes cost no large matrix.
    problem.offset.assign(examples.rows.size(), 0.0f);
    std::vector<double> weights;
    for (int round = 0; round < kAnswerRounds; ++round) {
      weights = fit_logistic(problem, kPenalty);
      fit_answer_offsets(path, examples, weights, problem);
    }
    store_step(path, path, weights);
    remember_alone(path);
  }

  // One Newton problem per class, in one number each.
  void fit_answer_offsets(std::size_t path, const Examples& examples, std::span<const double> weights,
                          LogisticProblem& problem) {
    const std::size_t classes = table_.classes();
    std::vector<double> offset(classes);
    std::vector<std::size_t> answers(examples.rows.size());
    std::vector<double> given(examples.rows.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      answers[i] = static_cast<std::size_t>(table_.evidence(id(path), at(examples.rows[i])).answer);
      for (std::size_t f = 0; f < kStep; ++f) given[i] += weights[f] * examples.features[i][f];
    }
    for (int step = 0; step < 8; ++step) {
      std::vector<double> gradient(classes);
      std::vector<double> curvature(classes, kAnswerPenalty);
      for (std::size_t c = 0; c < classes; ++c) gradient[c] = kAnswerPenalty * offset[c];
      for (std::size_t i = 0; i < answers.size(); ++i) {
        const double p = 1 / (1 + std::exp(-(given[i] + offset[answers[i]])));
        gradient[answers[i]] += p - problem.y[i];
        curvature[answers[i]] += p * (1 - p);
      }
      for (std::size_t c = 0; c < classes; ++c) offset[c] -= std::clamp(gradient[c] / curvature[c], -1.0, 1.0);
    }
    for (std::size_t c = 0; c < classes; ++c) {
      model_.answer_offset[path * classes + c] = static_cast<float>(offset[c]);
    }
    for (std::size_t i = 0; i < answers.size(); ++i) problem.offset[i] = static_cast<float>(offset[answers[i]]);
  }

  // What the model will say after this path alone: the next paths see it as the step before.
  void remember_alone(std::size_t path) {
    alone_[path].resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Evidence& last = table_.evidence(id(path), at(rows_[i]));
      if (!last.usable) continue;
      const StepFeatures features = step_features(statistics_[i], last, {});
      float odds = model_.answer_offset[path * table_.classes() + static_cast<std::size_t>(last.answer)];
      for (std::size_t f = 0; f < kStep; ++f) {
        odds += features[f] * model_.step[(path * kStep + f) * table_.paths() + path];
      }
      alone_[path][i] = 1 / (1 + std::exp(-std::clamp(odds, -kLargestLogOdds, kLargestLogOdds)));
    }
  }

  void fit_rescue() {
    for (std::size_t path = 0; path + 1 < table_.paths(); ++path) {
      for (std::size_t earlier = 0; earlier < path; ++earlier) {
        double wrong = 2;  // one rescue in two cases that were never seen
        double rescued = 1;
        for (const int row : rows_) {
          const std::int32_t answer = table_.evidence(id(earlier), at(row)).answer;
          if (table_.agrees(id(path), at(row)) || answer == table_.evidence(id(path), at(row)).answer) continue;
          wrong += 1;
          rescued += table_.agrees(id(earlier), at(row)) ? 1 : 0;
        }
        model_.rescue[path * table_.paths() + earlier] = static_cast<float>(rescued / wrong);
      }
    }
  }

  const AgreementTable& table_;
  const std::span<const int> rows_;
  CalibratedModel model_;
  std::vector<Standardised> statistics_;   // [rows]
  std::vector<std::vector<float>> alone_;  // [paths][rows]
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

Result<CalibratedModel> fit_calibrated_model(const AgreementTable& table, std::span<const int> rows) {
  if (rows.size() < kFewestRows) {
    return Status(StatusCode::invalid_argument, "Calibration needs at least " + std::to_string(kFewestRows) +
                                                    " inputs on the tuning split; got " + std::to_string(rows.size()) +
                                                    ".");
  }
  if (table.classes() > static_cast<std::size_t>(CalibratedModel::kMaxClasses)) {
    return Status(StatusCode::limit_exceeded, "Calibration is for at most " +
                                                  std::to_string(CalibratedModel::kMaxClasses) + " classes; got " +
                                                  std::to_string(table.classes()) + ".");
  }
  return Fitter(table, rows).fit();
}

}  // namespace rheo
