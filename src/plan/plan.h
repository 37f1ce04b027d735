// SPDX-License-Identifier: Apache-2.0
// `Plan`: a graph made ready for one batch size on one device: kernels chosen, layouts fixed, memory booked, refusals
// kept with their reasons. One plan serves all paths that differ only in their exit. Frozen after `make_plan`, shared
// read-only between threads; what changes during a run lives in a Frame (run/frame.h).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "graph/graph.h"
#include "kernels/kernel.h"

namespace rheo {

// What `adapt` measured to be best: per node name the kernel entry and the layout of its output.
struct KernelChoice {
  std::string kernel;
  Layout layout = Layout::plain;
};
using KernelChoices = std::map<std::string, KernelChoice, std::less<>>;

// What the values and scratch memory of one run may take, unless the caller says otherwise. A model file decides how
// large its values are, so there is a limit.
inline constexpr std::size_t kArenaLimitBytes = std::size_t{4} << 30;

struct PlanOptions {
  std::int64_t batch = 1;
  int threads = 1;
  Isa isa = Isa::portable;
  bool allow_reference = false;            // true: reference kernels may be planned (tests, oracles)
  const KernelChoices* choices = nullptr;  // null: the first kernel of the list that accepts, NHWC pictures
  std::shared_ptr<WeightStore> weights;    // null: the plan makes its own
  std::size_t arena_limit_bytes = kArenaLimitBytes;
  // Called for each constant that the kernel of an op has copied (Kernel::has_copied). Empty: nobody asks.
  std::function<void(const Tensor& constant)> on_copied = {};
  bool joins = true;  // false: every node is an op of its own, so that each value can be looked at
};

struct Refusal {
  std::string kernel;
  std::string reason;
};

// Where a value lives while the plan runs.
struct Slot {
  enum class Kind : std::uint8_t { absent, constant, arena } kind = Kind::absent;
  std::size_t offset = 0;  // into the frame's arena
  ValueId value = kNoValue;
  Layout layout = Layout::plain;
  TensorType type;  // concrete
};

// One kernel call of the plan, in order.
struct PlanOp {
  OpKind kind{};
  std::string name;       // of the graph's node, or "reorder(<value>)"
  NodeId node = kNoNode;  // kNoNode: inserted by the planner
  int stage = 0;
  std::shared_ptr<const Kernel> kernel;
  std::string kernel_name;  // entry in the list
  std::vector<int> inputs;  // slot indices
  std::vector<int> outputs;
  std::size_t scratch_offset = 0;
  std::vector<Refusal> refusals;
  std::vector<PlanOp> parts;  // that were joined into this one; their kernels run inside of its kernel. Empty: none
};

// What the plan gives out: the answer of an exit, or an output of the graph. It lies in a slot of plain layout, which
// keeps it until the run starts over.
struct OutputSlot {
  int slot = 0;
  int stage = 0;  // after which it can be read
  Shape item;     // shape of one item's part: [1, ...] where dimension 0 is the batch, else the whole
  std::size_t item_bytes = 0;
  bool has_rows = false;  // item i is row i; otherwise all items share the whole
};

class Plan {
 public:
  const Graph& graph() const { return *graph_; }
  std::int64_t batch() const { return options_.batch; }
  int threads() const { return options_.threads; }
  Isa isa() const { return options_.isa; }
  std::span<const PlanOp> ops() const { return ops_; }
  std::span<const Slot> slots() const { return slots_; }
  // Ops of stage k are [stage_begin(k), stage_begin(k + 1)).
  int stage_begin(int stage) const { return stage_begin_[static_cast<std::size_t>(stage)]; }
  int stage_count() const { return graph_->stage_count(); }
  int input_slot(int input) const { return input_slots_[static_cast<std::size_t>(input)]; }  // plain layout
  // Those of the exits in their order, then those of the graph's outputs.
  std::span<const OutputSlot> outputs() const { return outputs_; }
  int exit_slot(int exit) const { return outputs_[static_cast<std::size_t>(exit)].slot; }
  // Slots that stages after `stage` still read or give out: what a batch item takes along when it is compacted.
  std::span<const int> carried(int stage) const { return carried_[static_cast<std::size_t>(stage)]; }
  std::size_t arena_bytes() const { return arena_bytes_; }
  const std::shared_ptr<WeightStore>& weights() const { return options_.weights; }

 private:
  friend class Planner;
  std::shared_ptr<const Graph> graph_;
  PlanOptions options_;
  std::vector<PlanOp> ops_;
  std::vector<Slot> slots_;
  std::vector<int> stage_begin_;
  std::vector<int> input_slots_;
  std::vector<OutputSlot> outputs_;
  std::vector<std::vector<int>> carried_;
  std::size_t arena_bytes_ = 0;
};

// Refuses with every kernel's reason when an op would end on a reference kernel and that is not allowed.
Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const Graph> graph, const PlanOptions& options);

}  // namespace rheo
