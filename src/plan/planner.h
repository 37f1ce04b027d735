// SPDX-License-Identifier: Apache-2.0
// `Planner`: turns one graph into one plan, node by node in the graph's order. Used once, by one thread.
//
// Every value has a home: the slot its producer writes. A call that wants another layout gets a second slot, filled by
// a reorder in its own stage, or the same memory under another name when the bytes agree. So only homes are carried
// from stage to stage, and their layouts follow from the choices alone, not from the batch size.
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "plan/kernel_selection.h"
#include "plan/plan.h"

namespace rheo {

class Planner {
 public:
  Planner(const KernelLists& lists, std::shared_ptr<const Graph> graph, const PlanOptions& options);
  Result<std::shared_ptr<const Plan>> make();

 private:
  Status check_options() const;
  Status check_batch() const;
  Status check_sizes() const;
  void place_inputs_and_constants();
  Status plan_stage(int stage);
  Status plan_node(NodeId id);
  Status plan_rename(NodeId id);
  Status place_outputs(int stage);
  Result<OutputSlot> output_slot(const GivenOut& out);
  Result<SelectedKernel> select(const KernelCall& call, const std::string& node, Layout lies) const;
  // Slot that holds `value` in `layout`; books a reorder in `stage` when the bytes differ.
  Result<int> slot_of(ValueId value, Layout layout, int stage);
  Result<int> add_reorder(ValueId value, Layout layout, int stage);
  int add_slot(ValueId value, const TensorType& type, Layout layout, int block);
  // A second name for the memory of `slot`.
  int add_alias(int slot, ValueId value, const TensorType& type, Layout layout);
  Layout lies(const Node& node) const;
  void find_carried();

  std::shared_ptr<Plan> plan_;
  const Graph& graph_;
  KernelSelector selector_;
  std::vector<TensorType> types_;   // concrete, per ValueId
  std::vector<int> home_;           // slot per ValueId; -1: not made yet
  std::vector<int> block_of_slot_;  // slots of one block are the same bytes; -1: not in the arena
  int block_count_ = 0;
  std::map<std::tuple<ValueId, Layout, int>, int> copies_;  // (value, layout, stage) -> slot
};

// make_plan with lists of the caller's choice, for tests and measurements.
Result<std::shared_ptr<const Plan>> make_plan_from(const KernelLists& lists, std::shared_ptr<const Graph> graph,
                                                   const PlanOptions& options);

// The lists every plan of this build uses.
KernelLists default_kernels();

}  // namespace rheo
