// SPDX-License-Identifier: Apache-2.0
// `Frame`: all that changes while a Plan runs: one arena, kernels bound to it, and how far the run has come.
// Made ahead, reused for many requests, used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/record.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "plan/plan.h"

namespace rheo {

// Looked at between ops.
struct RunControl {
  std::int64_t deadline_ns = INT64_MAX;  // on the clock of base/clock.h
  std::stop_token stop;
  ThreadPool* pool = nullptr;  // null: one thread
};

class Frame {
 public:
  static Result<std::unique_ptr<Frame>> create(std::shared_ptr<const Plan> plan);
  ~Frame();

  const Plan& plan() const { return *plan_; }
  // Copies one item's input in and starts over at stage 0. `row` < plan().batch(). `input` has the item's shape [1,
  // ...], the graph's dtype, and may be strided.
  Status set_input(int input, std::int64_t row, const TensorView& view);
  // Runs the stages after those already done, up to `exit`. Nothing is recomputed; asking for a done exit is free.
  // cancelled or deadline_exceeded leave the frame resumable at the op where it stopped.
  Status run_to(int exit, const RunControl& control);
  int stages_done() const { return stages_done_; }
  // Answer of a done exit, [batch, ...] f32 row-major, valid until the next set_input.
  TensorView exit_output(int exit) const;
  // Takes row `row` of `from`, which runs the same graph at another batch size and has done `stages` stages, into row
  // `to` of this frame: carried values only. After the last row is in, call resume_at(stages).
  Status adopt_row(const Frame& from, std::int64_t row, std::int64_t to, int stages);
  void resume_at(int stages);

  std::size_t size_bytes() const;

 private:
  Frame() = default;
  struct ArenaDeleter {
    void operator()(std::byte* p) const;
  };
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<std::byte, ArenaDeleter> arena_;
  std::vector<std::unique_ptr<BoundKernel>> bound_;
  int stages_done_ = 0;
  int ops_done_ = 0;
};

// Copies `view` (dense or strided, f32) into `out` and takes its statistics on the way; or only takes them (out null).
// One pass over [rows, columns] pictures; see record.h for the meaning of each number.
InputStatistics input_statistics(const TensorView& view);

// Confidences of one row of logits at a temperature (reference: formulas of the softmax head, one pass, no overflow).
Evidence confidence(std::span<const float> logits, PathId path, float temperature);

}  // namespace rheo
