// SPDX-License-Identifier: Apache-2.0
// Times kernels on buffers of the real size, ahead of time. The request path never comes here.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <rheo/status.h>

#include "plan/bind.h"
#include "plan/kernel_selection.h"

namespace rheo {

// Kernels that serve one call in different ways, bound to common memory and timed in turns.
class CallTimer {
 public:
  CallTimer(const KernelCall& call, ThreadPool* pool) : call_(call), pool_(pool) {}

  // Adds a kernel for its layouts; returns its number.
  std::size_t add(std::shared_ptr<const Kernel> kernel, LayoutPair layouts);
  // Median microseconds of each kernel, by number; a kernel that cannot be bound or run has none. Takes about
  // `budget_us`, more for slow kernels: everyone runs five times at least.
  Result<std::vector<std::optional<double>>> measure(double budget_us);

 private:
  struct Candidate {
    std::shared_ptr<const Kernel> kernel;
    LayoutPair layouts;
    std::unique_ptr<BoundKernel> bound;
    std::vector<double> samples_us;
  };
  Status prepare();
  void bind(Candidate& candidate);
  void run(Candidate& candidate);

  const KernelCall& call_;
  ThreadPool* pool_;
  std::vector<Candidate> candidates_;
  std::vector<Arena> inputs_;  // null where the input is a constant or absent
  std::vector<Arena> outputs_;
  Arena scratch_;
};

// Several plans of one graph, run from end to end in turns on arenas of their own, for about `budget_us` or ten
// rounds. For each plan the median microseconds of every stage.
Result<std::vector<std::vector<double>>> measure_plans(std::span<const std::shared_ptr<const Plan>> plans,
                                                       ThreadPool* pool, double budget_us);

// Of an even count, the upper one of the middle two. `samples` is not empty.
double median(std::vector<double> samples);

}  // namespace rheo
