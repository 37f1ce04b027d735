// SPDX-License-Identifier: Apache-2.0
#include "demo/contender.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "base/try.h"

namespace rheo::demo {

namespace {

constexpr std::int64_t kWarmUp = 50;  // requests that are not counted

// Orders of the contenders, each drawn anew.
class Turns {
 public:
  explicit Turns(std::size_t contenders) : order_(contenders) { std::iota(order_.begin(), order_.end(), 0); }
  std::span<const std::size_t> next() {
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_.next() % i]);
    return order_;
  }

 private:
  std::vector<std::size_t> order_;
  SplitMix64 random_{42};
};

// Work of all steps; a step that resumes an earlier one adds only the rest.
double work_of(const RunRecord& record) {
  double total = 0;
  for (const Evidence& step : record.evidence) {
    double resumed = 0;
    for (const Evidence& earlier : record.evidence) {
      if (&earlier == &step) break;
      if (record.ladder->path(step.path).resumes(record.ladder->path(earlier.path))) {
        resumed = std::max(resumed, record.ladder->profile(earlier.path).multiply_adds);
      }
    }
    total += record.ladder->profile(step.path).multiply_adds - resumed;
  }
  return total;
}

Status run_one(const Contender& contender, const Tensor& picture, Run& run) {
  RunOptions options;
  options.path = contender.path;
  const std::int64_t started = now_ns();
  const Result<Outcome> outcome = contender.engine.run(picture, options);
  const std::int64_t ended = now_ns();
  if (!outcome) return outcome.status().with_context(contender.name);
  const RunRecord& record = outcome->record();
  run.latency_us.push_back(static_cast<double>(ended - started) * 1e-3);
  run.answers.push_back(answer_of(outcome->output(0).as<float>()));
  run.paths.emplace_back(record.path);
  run.multiply_adds.push_back(work_of(record));
  run.thinking_us.push_back(record.statistics_us + record.deciding_us);
  return {};
}

}  // namespace

void Run::append(const Run& other, std::size_t picture) {
  latency_us.push_back(other.latency_us[picture]);
  answers.push_back(other.answers[picture]);
  paths.push_back(other.paths[picture]);
  multiply_adds.push_back(other.multiply_adds[picture]);
  thinking_us.push_back(other.thinking_us[picture]);
}

std::int32_t answer_of(std::span<const float> logits) {
  return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

Result<std::vector<Run>> run_all(const std::vector<Contender>& contenders, const Dataset& pictures, std::int64_t count,
                                 int at_once) {
  Turns turns(contenders.size());
  std::vector<Tensor> some(static_cast<std::size_t>(at_once));
  const auto serve = [&](std::int64_t first, std::int64_t number, std::vector<Run>& runs) -> Status {
    for (std::int64_t i = 0; i < number; ++i) {
      RHEO_RETURN_IF_ERROR(pictures.read_item((first + i) % pictures.size(), some[static_cast<std::size_t>(i)]));
    }
    for (const std::size_t c : turns.next()) {
      for (std::int64_t i = 0; i < number; ++i) {
        RHEO_RETURN_IF_ERROR(run_one(contenders[c], some[static_cast<std::size_t>(i)], runs[c]));
      }
    }
    return {};
  };
  std::vector<Run> warm_up(contenders.size());
  for (std::int64_t i = 0; i < kWarmUp; i += at_once) RHEO_RETURN_IF_ERROR(serve(i, at_once, warm_up));
  std::vector<Run> runs(contenders.size());
  for (std::int64_t i = 0; i < count; i += at_once) {
    RHEO_RETURN_IF_ERROR(serve(i, std::min<std::int64_t>(at_once, count - i), runs));
  }
  return runs;
}

Result<std::vector<double>> batched_us(const std::vector<Contender>& contenders, const Dataset& pictures, int batch,
                                       int rounds) {
  std::vector<std::vector<double>> per_picture(contenders.size());
  Tensor inputs;
  Turns turns(contenders.size());
  for (int round = -3; round < rounds; ++round) {
    const std::int64_t first = std::int64_t{round + 3} * batch % (pictures.size() - batch);
    RHEO_RETURN_IF_ERROR(pictures.read_items(first, batch, inputs));
    for (const std::size_t c : turns.next()) {
      RunOptions options;
      options.path = contenders[c].path;
      const std::int64_t started = now_ns();
      const Result<Outcome> outcome = contenders[c].engine.run(inputs, options);
      const std::int64_t ended = now_ns();
      if (!outcome) return outcome.status().with_context(contenders[c].name);
      if (round >= 0) per_picture[c].push_back(static_cast<double>(ended - started) * 1e-3 / batch);
    }
  }
  std::vector<double> means;
  for (const auto& samples : per_picture) means.push_back(mean(samples));
  return means;
}

Row summarise(const std::string& name, const Run& run, const Run& reference, const Dataset& pictures) {
  Row row;
  row.name = name;
  const std::size_t count = run.answers.size();
  std::size_t right = 0;
  std::size_t agreeing = 0;
  for (std::size_t i = 0; i < count; ++i) {
    right += run.answers[i] == pictures.labels[i] ? 1 : 0;
    agreeing += run.answers[i] == reference.answers[i] ? 1 : 0;
    row.shares[run.paths[i]] += 1.0 / static_cast<double>(count);
  }
  row.accuracy = static_cast<double>(right) / static_cast<double>(count);
  row.agreement = static_cast<double>(agreeing) / static_cast<double>(count);
  row.mean_us = mean(run.latency_us);
  row.median_us = percentile(run.latency_us, 0.5);
  row.p99_us = percentile(run.latency_us, 0.99);
  row.multiply_adds = mean(run.multiply_adds);
  return row;
}

double mean(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace rheo::demo
