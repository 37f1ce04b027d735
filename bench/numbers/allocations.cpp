// SPDX-License-Identifier: Apache-2.0
// Allocations of ours on the request path, over what ships: its trade-off policy and calibrated estimator, so requests
// that go through one rung or many.
#include <fmt/core.h>

#include <algorithm>

#include "base/try.h"
#include "demo/comparison.h"
#include "numbers/number.h"
#include "support/allocation_count.h"

namespace rheo::numbers {

namespace {

constexpr int kBatch = 8;
constexpr int kSingles = 200;
constexpr int kBatches = 50;
constexpr std::size_t kReturnedVector = 1;  // run_batch hands out a vector: one allocation, and the caller's memory

}  // namespace

// Counted is every call of operator new in this process between the call of run or run_batch and its return, for each
// request by itself; the largest count is reported. Requests like these ran before, and their outcomes are given back.
// Kernels are the portable ones: oneDNN allocates a little in every call, everything else is the same code.
Status measure_allocations(const demo::Sources& sources, Numbers& numbers) {
  LoadOptions options;
  options.allow_uncertified = true;  // the certificate is of other kernels
  options.batches = {1, kBatch};
  options.max_isa = "portable";
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(demo::package_file(sources, demo::kShipped), options));
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, demo::open_test(sources));
  std::size_t single = 0;
  std::size_t most_steps = 0;
  std::vector<Tensor> items(kBatch);
  for (int i = -3; i < sources.rounds(kSingles); ++i) {
    RHEO_RETURN_IF_ERROR(pictures.read_item((i + 3) % pictures.size(), items[0]));
    const TensorView picture(items[0]);
    const std::size_t before = testing::allocation_count();
    const Result<Outcome> outcome = engine.run(picture);
    const std::size_t made = testing::allocation_count() - before;
    RHEO_RETURN_IF_ERROR(outcome.status());
    if (i < 0) continue;
    single = std::max(single, made);
    most_steps = std::max(most_steps, outcome->record().evidence.size());
  }
  std::size_t batched = 0;
  for (int i = -3; i < sources.rounds(kBatches); ++i) {
    std::vector<TensorView> views;
    for (std::size_t item = 0; item < items.size(); ++item) {
      const auto index = static_cast<std::int64_t>(static_cast<std::size_t>(i + 3) * items.size() + item);
      RHEO_RETURN_IF_ERROR(pictures.read_item(index % pictures.size(), items[item]));
      views.emplace_back(items[item]);
    }
    const std::size_t before = testing::allocation_count();
    const Result<std::vector<Outcome>> outcomes = engine.run_batch(views);
    const std::size_t made = testing::allocation_count() - before;
    RHEO_RETURN_IF_ERROR(outcomes.status());
    if (i >= 0) batched = std::max(batched, made - std::min(made, kReturnedVector));
  }
  numbers.push_back({.id = "request_allocations",
                     .what = fmt::format("most calls of operator new in one prepared request of what ships, portable "
                                         "kernels: {} alone, up to {} steps; {} in a batch of 8 without the returned "
                                         "vector",
                                         single, most_steps, batched),
                     .value = static_cast<double>(std::max(single, batched)),
                     .unit = "count",
                     .at_most = 0,
                     .timed = false});
  return {};
}

}  // namespace rheo::numbers
