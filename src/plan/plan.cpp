// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

#include <algorithm>
#include <set>

#include "base/try.h"
#include "base/within_memory.h"
#include "plan/join.h"
#include "plan/memory.h"
#include "plan/planner.h"

namespace rheo {
namespace {

constexpr int kAbsentSlot = 0;
// Booking memory compares every block with every other, so this bounds the time of making a plan.
constexpr std::size_t kMaxPlannedNodes = 20'000;
constexpr std::int64_t kMaxBatch = 1 << 20;  // items; far above what anybody runs at once

}  // namespace

Planner::Planner(const KernelLists& lists, std::shared_ptr<const Graph> graph, const PlanOptions& options)
    : plan_(std::make_shared<Plan>()), graph_(*graph), selector_(lists, plan_->options_) {
  plan_->graph_ = std::move(graph);
  plan_->options_ = options;
  if (plan_->options_.weights == nullptr) plan_->options_.weights = std::make_shared<WeightStore>();
}

Result<std::shared_ptr<const Plan>> Planner::make() {
  RHEO_RETURN_IF_ERROR(check_options());
  RHEO_RETURN_IF_ERROR(check_batch());
  RHEO_ASSIGN_OR_RETURN(types_, concrete_types(graph_, plan_->options_.batch));
  RHEO_RETURN_IF_ERROR(check_sizes());
  place_inputs_and_constants();
  plan_->outputs_.resize(graph_.exits().size() + graph_.outputs().size());
  for (int stage = 0; stage < graph_.stage_count(); ++stage) RHEO_RETURN_IF_ERROR(plan_stage(stage));
  plan_->stage_begin_.push_back(static_cast<int>(plan_->ops_.size()));
  std::vector<int> output_slots;
  for (const OutputSlot& output : plan_->outputs_) output_slots.push_back(output.slot);
  RHEO_ASSIGN_OR_RETURN(plan_->arena_bytes_,
                        book_arena({plan_->ops_, plan_->slots_, block_of_slot_, plan_->input_slots_, output_slots,
                                    plan_->options_.arena_limit_bytes}));
  find_carried();
  plan_->options_.choices = nullptr;  // borrowed for the making only
  plan_->options_.on_copied = nullptr;
  return std::shared_ptr<const Plan>(plan_);
}

Status Planner::check_options() const {
  const PlanOptions& options = plan_->options_;
  if (options.batch < 1) {
    return {StatusCode::invalid_argument,
            "A plan needs a batch of at least 1, not " + std::to_string(options.batch) + "."};
  }
  if (options.batch > kMaxBatch) {
    return {StatusCode::limit_exceeded, "A plan for a batch of " + std::to_string(options.batch) +
                                            " was asked for; the limit is " + std::to_string(kMaxBatch) + "."};
  }
  if (options.threads < 1) {
    return {StatusCode::invalid_argument,
            "A plan needs at least 1 thread, not " + std::to_string(options.threads) + "."};
  }
  if (graph_.nodes().size() > kMaxPlannedNodes) {
    return {StatusCode::limit_exceeded, "The graph has " + std::to_string(graph_.nodes().size()) +
                                            " nodes; a plan takes at most " + std::to_string(kMaxPlannedNodes) + "."};
  }
  if (options.choices == nullptr) return {};
  std::set<std::string_view> names;
  for (const Node& node : graph_.nodes()) names.insert(node.name);
  for (const auto& [name, choice] : *options.choices) {
    if (names.contains(name)) continue;
    return {StatusCode::invalid_argument,
            "A kernel was chosen for '" + name + "', but the graph has no node of that name. Run adapt again."};
  }
  return {};
}

// Of several items, dimension 0 of every input, exit and output is the batch: frames set, move and give out items by
// it. A single item may have any shape.
Status Planner::check_batch() const {
  const std::int64_t batch = plan_->options_.batch;
  if (batch == 1) return {};
  const auto check = [&](std::string_view what, const auto& end) -> Status {
    const Shape& shape = graph_.value(end.value).type.shape;
    if (shape.rank() > 0 && shape[0] == kDynamic) return {};
    return {StatusCode::unsupported, std::string(what) + " '" + end.name + "' has the fixed shape " +
                                         shape.to_string() + ", so the model cannot run " + std::to_string(batch) +
                                         " items at once. Export it with an open batch (-1) as dimension 0, or run "
                                         "single items."};
  };
  for (const GraphInput& input : graph_.inputs()) RHEO_RETURN_IF_ERROR(check("Input", input));
  for (const Exit& exit : graph_.exits()) RHEO_RETURN_IF_ERROR(check("Exit", exit));
  for (const GraphOutput& output : graph_.outputs()) RHEO_RETURN_IF_ERROR(check("Output", output));
  return {};
}

// Before kernels are made: some prepare tables as long as their results.
Status Planner::check_sizes() const {
  const std::size_t limit_bytes = plan_->options_.arena_limit_bytes;
  for (ValueId value = 0; value < graph_.values().size(); ++value) {
    if (graph_.value(value).is_constant() || storage_bytes(types_[value], Layout::plain) <= limit_bytes) continue;
    return {StatusCode::limit_exceeded,
            "Value '" + graph_.value(value).name + "' " + types_[value].shape.to_string() + " takes more than the " +
                std::to_string(limit_bytes) +
                " bytes that a run may. Use a smaller batch or smaller inputs, or allow more in "
                "LoadOptions::arena_limit_bytes."};
  }
  return {};
}

void Planner::place_inputs_and_constants() {
  plan_->slots_.push_back(Slot{});
  block_of_slot_.push_back(-1);
  home_.assign(graph_.values().size(), -1);
  for (const GraphInput& input : graph_.inputs()) {
    home_[input.value] = add_slot(input.value, types_[input.value], Layout::plain, block_count_++);
    plan_->input_slots_.push_back(home_[input.value]);
  }
  for (ValueId value = 0; value < graph_.values().size(); ++value) {
    if (!graph_.value(value).is_constant()) continue;
    home_[value] = add_slot(value, types_[value], Layout::plain, -1);
    plan_->slots_[static_cast<std::size_t>(home_[value])].kind = Slot::Kind::constant;
  }
}

Status Planner::plan_stage(int stage) {
  plan_->stage_begin_.push_back(static_cast<int>(plan_->ops_.size()));
  for (NodeId id = 0; id < graph_.nodes().size(); ++id) {
    const Node& node = graph_.node(id);
    if (node.stage != stage) continue;
    RHEO_RETURN_IF_ERROR(only_renames(node.kind) ? plan_rename(id) : plan_node(id));
  }
  if (plan_->options_.joins) {
    join_ops({graph_, plan_->slots_, plan_->options_.threads}, static_cast<std::size_t>(plan_->stage_begin_.back()),
             plan_->ops_);
  }
  return place_outputs(stage);
}

Status Planner::plan_rename(NodeId id) {
  const Node& node = graph_.node(id);
  RHEO_ASSIGN_OR_RETURN(const int slot, slot_of(node.inputs[0], Layout::plain, node.stage));
  home_[node.outputs[0]] = add_alias(slot, node.outputs[0], types_[node.outputs[0]], Layout::plain);
  return {};
}

Status Planner::plan_node(NodeId id) {
  const Node& node = graph_.node(id);
  const KernelCall call = call_of(graph_, types_, node);
  RHEO_ASSIGN_OR_RETURN(SelectedKernel selected, select(call, node.name, lies(node)));
  PlanOp op;
  op.kind = node.kind;
  op.name = node.name;
  op.node = id;
  op.stage = node.stage;
  op.kernel = std::move(selected.kernel);
  op.kernel_name = std::move(selected.entry);
  op.refusals = std::move(selected.refusals);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) {
      op.inputs.push_back(kAbsentSlot);
      continue;
    }
    const Layout layout = input_layout(node.kind, i, call.inputs[i], selected.layouts);
    RHEO_ASSIGN_OR_RETURN(const int slot, slot_of(node.inputs[i], layout, node.stage));
    op.inputs.push_back(slot);
    const Tensor* constant = call.inputs[i].constant;
    if (constant != nullptr && op.kernel->has_copied(i) && plan_->options_.on_copied) {
      plan_->options_.on_copied(*constant);
    }
  }
  for (ValueId output : node.outputs) {
    home_[output] = add_slot(output, types_[output], output_layout(types_[output], selected.layouts), block_count_++);
    op.outputs.push_back(home_[output]);
  }
  plan_->ops_.push_back(std::move(op));
  return {};
}

Status Planner::place_outputs(int stage) {
  const std::vector<GivenOut> all = given_out(graph_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].stage != stage) continue;
    RHEO_ASSIGN_OR_RETURN(plan_->outputs_[i], output_slot(all[i]));
  }
  return {};
}

Result<OutputSlot> Planner::output_slot(const GivenOut& out) {
  const TensorType& type = graph_.value(out.value).type;
  if (!type.quantization.empty()) {
    return Status(StatusCode::unsupported, "'" + graph_.value(out.value).name + "' is given out in " +
                                               std::string(name_of(type.dtype)) +
                                               " with a scale that no reader of it would know. Dequantize it first.");
  }
  OutputSlot output;
  RHEO_ASSIGN_OR_RETURN(output.slot, slot_of(out.value, Layout::plain, out.stage));
  output.stage = out.stage;
  output.item = type.shape;
  output.has_rows = type.shape.rank() > 0 && type.shape[0] == kDynamic;
  if (output.has_rows) output.item[0] = 1;
  output.item_bytes = static_cast<std::size_t>(output.item.elements()) * size_bytes(type.dtype);
  return output;
}

Result<SelectedKernel> Planner::select(const KernelCall& call, const std::string& node, Layout lies) const {
  const KernelChoices* choices = plan_->options_.choices;
  if (choices != nullptr) {
    if (const auto choice = choices->find(node); choice != choices->end()) {
      return selector_.chosen(call, choice->second.kernel, attempts_for_output(call, lies, choice->second.layout));
    }
  }
  return selector_.first_accepting(call, default_attempts(call, lies));
}

Layout Planner::lies(const Node& node) const {
  for (ValueId input : node.inputs) {
    if (input == kNoValue || graph_.value(input).is_constant() || !is_picture(types_[input])) continue;
    return plan_->slots_[static_cast<std::size_t>(home_[input])].layout;
  }
  return Layout::plain;
}

Result<int> Planner::slot_of(ValueId value, Layout layout, int stage) {
  const int home = home_[value];
  const Slot& slot = plan_->slots_[static_cast<std::size_t>(home)];
  if (slot.layout == layout) return home;
  const auto key = std::tuple(value, layout, stage);
  if (const auto copy = copies_.find(key); copy != copies_.end()) return copy->second;
  if (same_bytes(types_[value], slot.layout, layout)) {
    return copies_[key] = add_alias(home, value, types_[value], layout);
  }
  RHEO_ASSIGN_OR_RETURN(const int copy, add_reorder(value, layout, stage));
  copies_[key] = copy;
  return copy;
}

Result<int> Planner::add_reorder(ValueId value, Layout layout, int stage) {
  const int source = home_[value];
  const KernelCall call = reorder_call(graph_, types_, value);
  const LayoutPair attempt = {plan_->slots_[static_cast<std::size_t>(source)].layout, layout};
  RHEO_ASSIGN_OR_RETURN(SelectedKernel selected, selector_.first_accepting(call, std::span(&attempt, 1)));
  const int copy = add_slot(value, types_[value], layout, block_count_++);
  PlanOp op;
  op.kind = OpKind::reorder;
  op.name = call.name;
  op.stage = stage;
  op.kernel = std::move(selected.kernel);
  op.kernel_name = std::move(selected.entry);
  op.inputs = {source};
  op.outputs = {copy};
  op.refusals = std::move(selected.refusals);
  plan_->ops_.push_back(std::move(op));
  return copy;
}

int Planner::add_slot(ValueId value, const TensorType& type, Layout layout, int block) {
  Slot slot;
  slot.kind = Slot::Kind::arena;
  slot.value = value;
  slot.layout = layout;
  slot.type = type;
  plan_->slots_.push_back(std::move(slot));
  block_of_slot_.push_back(block);
  return static_cast<int>(plan_->slots_.size()) - 1;
}

int Planner::add_alias(int slot, ValueId value, const TensorType& type, Layout layout) {
  const Slot source = plan_->slots_[static_cast<std::size_t>(slot)];
  // A renamed constant keeps pointing at the constant's elements.
  const bool constant = source.kind == Slot::Kind::constant;
  const int alias =
      add_slot(constant ? source.value : value, type, layout, block_of_slot_[static_cast<std::size_t>(slot)]);
  plan_->slots_.back().kind = source.kind;
  return alias;
}

// What crosses from stages 0..k to later ones: one slot per block, because names of one block are the same bytes.
void Planner::find_carried() {
  const int stages = graph_.stage_count();
  const auto block_of = [&](int slot) { return block_of_slot_[static_cast<std::size_t>(slot)]; };
  std::vector<int> made_in(static_cast<std::size_t>(block_count_), 0);  // stage per block; inputs are there from 0 on
  for (const PlanOp& op : plan_->ops_) {
    for (int slot : op.outputs) made_in[static_cast<std::size_t>(block_of(slot))] = op.stage;
  }
  plan_->carried_.assign(static_cast<std::size_t>(stages), {});
  for (int stage = 0; stage < stages; ++stage) {
    std::set<int> blocks;
    const auto carry = [&](int slot) {
      const int block = block_of(slot);
      if (block < 0 || made_in[static_cast<std::size_t>(block)] > stage) return;
      if (blocks.insert(block).second) plan_->carried_[static_cast<std::size_t>(stage)].push_back(slot);
    };
    for (const PlanOp& op : plan_->ops_) {
      if (op.stage > stage) std::for_each(op.inputs.begin(), op.inputs.end(), carry);
    }
    // A later exit may answer with what is already there.
    for (const OutputSlot& output : plan_->outputs_) {
      if (output.stage > stage) carry(output.slot);
    }
  }
}

Result<std::shared_ptr<const Plan>> make_plan_from(const KernelLists& lists, std::shared_ptr<const Graph> graph,
                                                   const PlanOptions& options) {
  return within_memory("Planning a run", [&] { return Planner(lists, std::move(graph), options).make(); });
}

KernelLists default_kernels() { return {cpu_kernels(), reference_kernels()}; }

Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const Graph> graph, const PlanOptions& options) {
  return make_plan_from(default_kernels(), std::move(graph), options);
}

}  // namespace rheo
