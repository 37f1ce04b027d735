// SPDX-License-Identifier: Apache-2.0
#include "adapt/profile.h"

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/try.h"
#include "run/frame.h"

namespace rheo {

namespace {

Latency summarise(std::vector<double>& samples) {
  std::sort(samples.begin(), samples.end());
  const std::size_t last = samples.size() - 1;
  return {samples[last / 2], samples[last * 99 / 100]};
}

// One pass through all exits, as a request that goes deeper step by step: copy in, run, look at the logits.
Status time_once(Frame& frame, std::span<const Tensor> batch, const RunControl& control,
                 std::vector<std::vector<double>>& samples) {
  const std::int64_t started = now_ns();
  for (std::size_t row = 0; row < batch.size(); ++row) {
    RHEO_RETURN_IF_ERROR(frame.set_input(0, static_cast<std::int64_t>(row), batch[row]));
  }
  for (int exit = 0; exit < frame.plan().stage_count(); ++exit) {
    RHEO_RETURN_IF_ERROR(frame.run_to(exit, control));
    const auto logits = frame.exit_output(exit).as<float>();
    const std::size_t classes = logits.size() / static_cast<std::size_t>(frame.plan().batch());
    for (std::size_t at = 0; at < logits.size(); at += classes)
      (void)confidence(logits.subspan(at, classes), PathId{}, 1.0f);
    samples[static_cast<std::size_t>(exit)].push_back(static_cast<double>(now_ns() - started) * 1e-3);
  }
  return {};
}

}  // namespace

Result<std::vector<std::vector<Latency>>> profile_paths(PlanSet& plans, std::span<const Path> paths, int batch,
                                                        const Dataset& data, std::span<const int> items, int rounds,
                                                        const std::stop_token& stop) {
  if (items.empty()) return Status(StatusCode::invalid_argument, "Paths cannot be profiled without any input.");
  std::vector<std::unique_ptr<Frame>> frames;
  for (const Path& path : paths) {
    RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans.plan(path, batch));
    RHEO_ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, Frame::create(plan));
    frames.push_back(std::move(frame));
  }
  std::vector<std::vector<std::vector<double>>> samples(paths.size());  // [paths][exits][rounds]
  RunControl control;
  control.stop = stop;
  std::vector<Tensor> inputs(static_cast<std::size_t>(batch));
  std::size_t next = 0;  // of `items`, round and round: no other input is looked at
  constexpr int kWarmUp = 5;
  for (int round = -kWarmUp; round < rounds; ++round) {
    for (Tensor& input : inputs) {
      RHEO_RETURN_IF_ERROR(data.read_item(items[next], input));
      next = (next + 1) % items.size();
    }
    for (std::size_t p = 0; p < frames.size(); ++p) {
      if (round <= 0) samples[p].assign(static_cast<std::size_t>(frames[p]->plan().stage_count()), {});
      RHEO_RETURN_IF_ERROR(time_once(*frames[p], inputs, control, samples[p]));
    }
  }
  std::vector<std::vector<Latency>> latencies(paths.size());
  for (std::size_t p = 0; p < paths.size(); ++p) {
    for (auto& exit_samples : samples[p]) latencies[p].push_back(summarise(exit_samples));
  }
  return latencies;
}

}  // namespace rheo
