// SPDX-License-Identifier: Apache-2.0
#include "run/frame.h"

#include <cstring>

#include "base/clock.h"
#include "base/try.h"
#include "base/within_memory.h"
#include "tensor/copy.h"

namespace rheo {
namespace {

// True where dimension 0 of the slot's value is the batch.
bool has_rows(const Plan& plan, const Slot& slot) {
  const Shape& shape = plan.graph().value(slot.value).type.shape;
  return shape.rank() > 0 && shape[0] == kDynamic;
}

// Of one item.
Shape item_shape(const Plan& plan, const Slot& slot) {
  Shape shape = slot.type.shape;
  if (has_rows(plan, slot)) shape[0] = 1;
  return shape;
}

bool fits(const Shape& given, const Shape& wanted, InputFit fit) {
  if (fit == InputFit::exact || given.rank() != wanted.rank()) return given == wanted;
  bool smaller = true;
  for (std::size_t axis = 0; axis < wanted.rank(); ++axis) smaller = smaller && given[axis] <= wanted[axis];
  return smaller;
}

Status check_item(const TensorView& view, const Shape& wanted, InputFit fit, const Slot& slot, std::string_view name) {
  const auto wrong = [&](std::string_view what, std::string_view given, std::string_view wanted) {
    return Status(StatusCode::invalid_argument, "Input '" + std::string(name) + "' has " + std::string(what) + " " +
                                                    std::string(given) + ", but the model takes " +
                                                    std::string(wanted) + ".");
  };
  if (view.dtype() != slot.type.dtype) return wrong("type", name_of(view.dtype()), name_of(slot.type.dtype));
  if (!fits(view.shape(), wanted, fit)) return wrong("shape", view.shape().to_string(), wanted.to_string());
  if (view.data() == nullptr && view.size_bytes() > 0) {
    return {StatusCode::invalid_argument, "Input '" + std::string(name) + "' has no elements (null data)."};
  }
  return {};
}

// How carried memory of one slot is cut into items.
struct Rows {
  std::size_t bytes;  // of one row, or of the whole value when it has no batch dimension
  bool has_rows;
};

Rows rows_of(const Plan& plan, const Slot& slot) {
  const std::size_t bytes = storage_bytes(slot.type, slot.layout);
  const bool by_row = has_rows(plan, slot);
  return {by_row ? bytes / static_cast<std::size_t>(plan.batch()) : bytes, by_row};
}

Status interrupted(const RunControl& control, const PlanOp& next) {
  if (control.stop.stop_requested()) {
    return {StatusCode::cancelled, "The run was stopped by its caller before '" + next.name + "'."};
  }
  if (control.deadline_ns != INT64_MAX && now_ns() >= control.deadline_ns) {
    return {StatusCode::deadline_exceeded,
            "The run reached its deadline before '" + next.name + "'. Allow more time or a cheaper path."};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Frame>> Frame::create(std::shared_ptr<const Plan> plan) {
  return within_memory("Preparing a run", [&]() -> Result<std::unique_ptr<Frame>> {
    std::unique_ptr<Frame> frame(new Frame());
    RHEO_ASSIGN_OR_RETURN(frame->arena_, allocate_arena(plan->arena_bytes()));
    RHEO_ASSIGN_OR_RETURN(frame->bound_, bind_ops(*plan, frame->arena_.get()));
    frame->plan_ = std::move(plan);
    return frame;
  });
}

Frame::~Frame() = default;

Status Frame::set_input(int input, std::int64_t row, const TensorView& view, InputFit fit) {
  const auto inputs = plan_->graph().inputs();
  if (input < 0 || static_cast<std::size_t>(input) >= inputs.size()) {
    return {StatusCode::invalid_argument, "The model has " + std::to_string(inputs.size()) +
                                              " inputs; there is no input number " + std::to_string(input) + "."};
  }
  if (row < 0 || row >= plan_->batch()) {
    return {StatusCode::invalid_argument, "The plan runs " + std::to_string(plan_->batch()) +
                                              " items at once; there is no row " + std::to_string(row) + "."};
  }
  const Slot& slot = plan_->slots()[static_cast<std::size_t>(plan_->input_slot(input))];
  const Shape wanted = item_shape(*plan_, slot);
  RHEO_RETURN_IF_ERROR(check_item(view, wanted, fit, slot, inputs[static_cast<std::size_t>(input)].name));
  stages_done_ = 0;
  ops_done_ = 0;
  const TensorView whole(nullptr, view.dtype(), wanted);
  const std::size_t row_bytes = whole.size_bytes();
  std::byte* to = arena_.get() + slot.offset + static_cast<std::size_t>(row) * row_bytes;
  if (view.shape() == wanted && view.is_dense()) {
    if (row_bytes > 0) std::memcpy(to, view.data(), row_bytes);
    return {};
  }
  if (view.shape() != wanted) std::memset(to, 0, row_bytes);
  copy_elements(view, to, whole.strides());
  return {};
}

Status Frame::run_to(int exit, const RunControl& control) {
  if (exit < 0 || exit >= plan_->stage_count()) {
    return {StatusCode::invalid_argument, "The model has " + std::to_string(plan_->stage_count()) +
                                              " exits; there is no exit number " + std::to_string(exit) + "."};
  }
  if (stages_done_ > exit) return {};
  const std::span<const PlanOp> ops = plan_->ops();
  while (stages_done_ <= exit) {
    const int end = plan_->stage_begin(stages_done_ + 1);
    for (; ops_done_ < end; ++ops_done_) {
      const auto op = static_cast<std::size_t>(ops_done_);
      RHEO_RETURN_IF_ERROR(interrupted(control, ops[op]));
      const std::int64_t started_ns = control.after_op != nullptr ? now_ns() : 0;
      if (Status status = bound_[op]->run(control.pool); !status.ok()) {
        return status.with_context("Running '" + ops[op].name + "' (" + ops[op].kernel_name + ")");
      }
      if (control.after_op != nullptr) control.after_op(control.context, *this, ops_done_, started_ns);
    }
    ++stages_done_;
  }
  return {};
}

TensorView Frame::exit_output(int exit) const {
  const int slot = plan_->exit_slot(exit);
  const TensorType& type = plan_->slots()[static_cast<std::size_t>(slot)].type;
  return {slot_data(slot), type.dtype, type.shape};
}

TensorView Frame::item_output(std::size_t output, std::int64_t row) const {
  const OutputSlot& from = plan_->outputs()[output];
  const std::size_t skip = from.has_rows ? static_cast<std::size_t>(row) * from.item_bytes : 0;
  return {slot_data(from.slot) + skip, plan_->slots()[static_cast<std::size_t>(from.slot)].type.dtype, from.item};
}

Status Frame::adopt_row(const Frame& from, std::int64_t row, std::int64_t to, int stages) {
  const Plan& source = *from.plan_;
  if (&source.graph() != &plan_->graph()) {
    return {StatusCode::invalid_argument, "A row can only move between frames that run the same graph."};
  }
  if (row < 0 || row >= source.batch() || to < 0 || to >= plan_->batch() || stages < 1 || stages > from.stages_done_) {
    return {StatusCode::invalid_argument,
            "Row " + std::to_string(row) + " of " + std::to_string(source.batch()) + " after " +
                std::to_string(from.stages_done_) + " stages cannot move to row " + std::to_string(to) + " of " +
                std::to_string(plan_->batch()) + " at stage " + std::to_string(stages) + "."};
  }
  const std::span<const int> theirs = source.carried(stages - 1);
  const std::span<const int> ours = plan_->carried(stages - 1);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const Slot& target = plan_->slots()[static_cast<std::size_t>(ours[i])];
    if (theirs.size() != ours.size() || source.slots()[static_cast<std::size_t>(theirs[i])].value != target.value ||
        source.slots()[static_cast<std::size_t>(theirs[i])].layout != target.layout) {
      return {StatusCode::internal,
              "Plans for batch " + std::to_string(source.batch()) + " and " + std::to_string(plan_->batch()) +
                  " carry '" + plan_->graph().value(target.value).name + "' in different layouts. Run adapt again."};
    }
    const Rows rows = rows_of(*plan_, target);
    const std::size_t skip_from = rows.has_rows ? static_cast<std::size_t>(row) * rows.bytes : 0;
    const std::size_t skip_to = rows.has_rows ? static_cast<std::size_t>(to) * rows.bytes : 0;
    std::memmove(slot_address(*plan_, ours[i], arena_.get()) + skip_to, from.slot_data(theirs[i]) + skip_from,
                 rows.bytes);
  }
  return {};
}

void Frame::resume_at(int stages) {
  stages_done_ = stages;
  ops_done_ = plan_->stage_begin(stages);
}

const std::byte* Frame::slot_data(int slot) const { return slot_address(*plan_, slot, arena_.get()); }

std::size_t Frame::size_bytes() const { return plan_->arena_bytes(); }

}  // namespace rheo
