// SPDX-License-Identifier: Apache-2.0
// `Frame`: all that changes while a Plan runs: one arena, kernels bound to it, and how far the run has come.
// Made ahead, reused for many requests, used by one thread at a time. Nothing is allocated between `create` and the
// answer; only a failure's sentence is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "plan/bind.h"
#include "plan/plan.h"
#include "run/confidence.h"
#include "run/statistics.h"

namespace rheo {

class Frame;

// Looked at between ops.
struct RunControl {
  std::int64_t deadline_ns = INT64_MAX;  // on the clock of base/clock.h
  std::stop_token stop;
  ThreadPool* pool = nullptr;  // null: one thread
  // Called after every op with `context`, the frame, the op's index in the plan and when it started, on the clock of
  // base/clock.h; null: nobody watches, and no clock is read. The op's outputs can be read through slot_data until the
  // next op runs. Must not throw.
  void (*after_op)(void* context, const Frame& frame, int op, std::int64_t started_ns) = nullptr;
  void* context = nullptr;
};

// What may be copied in as an input.
enum class InputFit : std::uint8_t {
  exact,   // one item's shape and no other
  corner,  // or a smaller one: it fills the corner, zeros the rest
};

class Frame {
 public:
  // Books the arena and binds every kernel: milliseconds. resource_exhausted when memory is short.
  static Result<std::unique_ptr<Frame>> create(std::shared_ptr<const Plan> plan);
  ~Frame();

  const Plan& plan() const { return *plan_; }
  // Copies one item's input in and starts over at stage 0. `row` < plan().batch(). `view` has the item's shape ([1,
  // ...] where dimension 0 is the batch, else the whole), the graph's dtype, and may be strided. Every input of every
  // row that matters is set again for every run, because the plan reuses the memory of inputs that are no longer
  // needed.
  Status set_input(int input, std::int64_t row, const TensorView& view, InputFit fit = InputFit::exact);
  // Runs the stages after those already done, up to `exit`. Nothing is recomputed; asking for a done exit is free.
  // cancelled or deadline_exceeded leave the frame resumable at the op where it stopped. After any other error the run
  // must start over with set_input.
  Status run_to(int exit, const RunControl& control);
  int stages_done() const { return stages_done_; }
  // Answer of a done exit, [batch, ...] row-major, valid until the next set_input. An exit that was done before the
  // rows were adopted stays in the frame they came from.
  TensorView exit_output(int exit) const;
  // One item's part of plan().outputs()[output], whose stage is done; valid as long as an answer.
  TensorView item_output(std::size_t output, std::int64_t row) const;
  // Takes row `row` of `from`, which runs the same graph at another batch size and has done `stages` stages, into row
  // `to` of this frame: carried values only. After the last row is in, call resume_at(stages).
  Status adopt_row(const Frame& from, std::int64_t row, std::int64_t to, int stages);
  void resume_at(int stages);

  // Elements of one slot of the plan, in its layout; null when absent.
  const std::byte* slot_data(int slot) const;
  std::size_t size_bytes() const;

 private:
  Frame() = default;
  std::shared_ptr<const Plan> plan_;
  Arena arena_;
  std::vector<std::unique_ptr<BoundKernel>> bound_;
  int stages_done_ = 0;
  int ops_done_ = 0;
};

}  // namespace rheo
