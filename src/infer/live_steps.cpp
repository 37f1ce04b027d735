// SPDX-License-Identifier: Apache-2.0
#include "infer/live_steps.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "base/checked.h"
#include "base/clock.h"
#include "base/try.h"
#include "base/within_memory.h"

namespace rheo {

namespace {

// Latency of a path for `batch` inputs: measured, or scaled from one input where it was not.
double latency_us(const PathProfile& profile, std::int64_t batch) {
  for (const BatchLatency& entry : profile.batches) {
    if (entry.batch == batch) return entry.latency_us;
  }
  return profile.latency_us * static_cast<double>(batch);
}

}  // namespace

LiveSteps::LiveSteps(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity)
    : plans_(std::move(plans)), ladder_(ladder), capacity_(capacity) {}

Result<std::unique_ptr<LiveSteps>> LiveSteps::create(std::shared_ptr<PlanSet> plans, const Ladder& ladder,
                                                     int capacity) {
  return within_memory("Preparing requests", [&] { return make(std::move(plans), ladder, capacity); });
}

Result<std::unique_ptr<LiveSteps>> LiveSteps::make(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity) {
  std::unique_ptr<LiveSteps> steps(new LiveSteps(std::move(plans), ladder, capacity));
  const std::vector<Path> all = plans_of(ladder);
  steps->lanes_.reserve(all.size());
  for (const Path& path : all) RHEO_RETURN_IF_ERROR(steps->add_lane(path));
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Path& path = ladder.path(PathId{static_cast<std::uint8_t>(i)});
    const auto lane = std::ranges::find_if(steps->lanes_, [&](const Lane& l) { return l.path.shares_plan(path); });
    steps->lane_of_path_.push_back(static_cast<std::size_t>(lane - steps->lanes_.begin()));
  }
  steps->is_classifier_ = is_classifier(steps->lane_of(ladder.reference()).plan().graph());
  steps->group_.reserve(static_cast<std::size_t>(capacity));
  return steps;
}

Status LiveSteps::add_lane(const Path& path) {
  Lane& lane = lanes_.emplace_back();
  lane.path = path;
  lane.is_reference_model = path.variant == ladder_.path(ladder_.reference()).variant;
  lane.places.resize(static_cast<std::size_t>(capacity_));
  RHEO_RETURN_IF_ERROR(add_frames(lane));
  return book_outputs(lane);
}

// Room for all that every item is given by one plan.
Status LiveSteps::book_outputs(Lane& lane) {
  Kept& copies = lane.kept;
  const std::span<const OutputSlot> outputs = lane.plan().outputs();
  const std::size_t limit_bytes = plans_->options().arena_limit_bytes;
  std::size_t booked_bytes = 0;
  for (const Lane& other : lanes_) booked_bytes += other.kept.bytes.size();
  std::optional<std::size_t> item_bytes = 0;
  for (const OutputSlot& output : outputs) {
    copies.offsets.push_back(*item_bytes);
    const auto end = checked_add(*item_bytes, output.item_bytes);
    item_bytes = end ? checked_align_up(*end, Tensor::kAlignment) : std::nullopt;
    if (!item_bytes) break;
  }
  const auto bytes = item_bytes ? checked_mul(static_cast<std::size_t>(capacity_), *item_bytes) : std::nullopt;
  const auto total = bytes ? checked_add(booked_bytes, *bytes) : std::nullopt;
  if (!total || *total > limit_bytes) {
    return {StatusCode::limit_exceeded, "What the model gives " + std::to_string(capacity_) + " items, answers of " +
                                            outputs.front().item.to_string() + " and " +
                                            std::to_string(outputs.size() - 1) + " more values by each plan, " +
                                            "takes more than " + std::to_string(limit_bytes) +
                                            " bytes. Use a smaller batch."};
  }
  copies.item_bytes = *item_bytes;
  copies.bytes.resize(*bytes);
  return {};
}

// Frames for `capacity` items at once, and for every power of two below it as many as could ever be occupied: a request
// then never runs out of frames, however its items part.
Status LiveSteps::add_frames(Lane& lane) {
  int batch = capacity_;
  while (batch >= 1) {
    RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans_->plan(lane.path, batch));
    for (int i = 0; i < (capacity_ + batch - 1) / batch; ++i) {
      RHEO_ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, Frame::create(plan));
      lane.frames.push_back(std::move(frame));
    }
    int smaller = 1;
    while (smaller * 2 < batch) smaller *= 2;
    batch = batch == 1 ? 0 : smaller;
  }
  return {};
}

void LiveSteps::begin(std::span<const std::span<const TensorView>> inputs, const RunControl& control, InputFit fit) {
  inputs_ = inputs;
  control_ = control;
  fit_ = fit;
  if (control_.pool != nullptr) control_.pool->wake();
  for (Lane& lane : lanes_) std::fill(lane.places.begin(), lane.places.end(), Place{});
}

Status LiveSteps::take(std::span<Item* const> items) {
  group_.assign(items.begin(), items.end());
  std::sort(group_.begin(), group_.end(), [](const Item* a, const Item* b) {
    return a->next.index < b->next.index || (a->next == b->next && a->index < b->index);
  });
  for (std::size_t begin = 0; begin < group_.size();) {
    std::size_t end = begin + 1;
    while (end < group_.size() && group_[end]->next == group_[begin]->next) ++end;
    RHEO_RETURN_IF_ERROR(run_group(std::span<Item* const>(group_).subspan(begin, end - begin), group_[begin]->next));
    begin = end;
  }
  return {};
}

Status LiveSteps::run_group(std::span<Item* const> group, PathId path) {
  const std::int64_t started = now_ns();
  Lane& lane = lane_of(path);
  const int exit = ladder_.path(path).exit_index;
  RHEO_RETURN_IF_ERROR(start(group, lane));
  if (capacity_ > 1) RHEO_RETURN_IF_ERROR(compact(group, lane, exit));
  RHEO_RETURN_IF_ERROR(run_frames(group, lane, exit));
  collect(group, path, static_cast<double>(now_ns() - started) * 1e-3);
  return {};
}

Status LiveSteps::start(std::span<Item* const> group, Lane& lane) {
  std::size_t waiting = 0;
  for (Item* item : group) waiting += lane.place(item->index).frame == nullptr ? 1 : 0;
  Frame* frame = nullptr;
  std::int64_t row = 0;
  for (Item* item : group) {
    Place& where = lane.place(item->index);
    if (where.frame != nullptr) continue;
    if (frame == nullptr || row == frame->plan().batch()) {
      frame = free_frame(lane, waiting);
      if (frame == nullptr)
        return {StatusCode::internal, "LiveSteps has no free frame to start in " + lane.path.name() + "."};
      row = 0;
    }
    where = Place{frame, row, 0};
    for (std::size_t input = 0; input < inputs_.size(); ++input) {
      const TensorView& view = inputs_[input][static_cast<std::size_t>(item->index)];
      RHEO_RETURN_IF_ERROR(frame->set_input(static_cast<int>(input), row, view, fit_));
    }
    ++row;
    --waiting;
  }
  return {};
}

// The largest free frame that `rows` rows fill; the smallest larger one where none is small enough.
Frame* LiveSteps::free_frame(Lane& lane, std::size_t rows) {
  const auto in_use = [&](const Frame& frame) {
    return std::ranges::any_of(lane.places, [&](const Place& place) { return place.frame == &frame; });
  };
  Frame* larger = nullptr;
  for (auto& frame : lane.frames) {
    if (in_use(*frame)) continue;
    if (static_cast<std::size_t>(frame->plan().batch()) <= rows) return frame.get();
    larger = frame.get();
  }
  return larger;
}

double LiveSteps::stage_cost_us(const Lane& lane, int from_stage, int exit, std::int64_t batch) const {
  double before = 0;
  double until = 0;
  for (std::size_t i = 0; i < ladder_.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const Path& path = ladder_.path(id);
    if (!path.shares_plan(lane.path)) continue;
    const double cost = latency_us(ladder_.profile(id), batch);
    if (path.exit_index < from_stage) before = std::max(before, cost);
    if (path.exit_index == exit) until = cost;
  }
  return std::max(0.0, until - before);
}

Status LiveSteps::compact(std::span<Item* const> group, Lane& lane, int exit) {
  const int stages = lane.place(group.front()->index).frame->stages_done();
  double in_place_us = 0;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Frame* frame = lane.place(group[i]->index).frame;
    if (frame->stages_done() != stages || stages == 0) return {};  // parted before: each frame goes on as it is
    const bool first = std::none_of(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(i),
                                    [&](const Item* other) { return lane.place(other->index).frame == frame; });
    if (first) {
      in_place_us += stage_cost_us(lane, stages, exit, frame->plan().batch());
      rows += static_cast<std::size_t>(frame->plan().batch());
    }
  }
  if (rows == group.size()) return {};  // nobody has left
  double compact_us = 0;
  for (std::size_t left = group.size(); left > 0;) {
    std::size_t batch = 1;
    for (const auto& frame : lane.frames) {
      const auto size = static_cast<std::size_t>(frame->plan().batch());
      if (size <= left) batch = std::max(batch, size);
    }
    compact_us += stage_cost_us(lane, stages, exit, static_cast<std::int64_t>(batch));
    left -= batch;
  }
  if (compact_us >= in_place_us) return {};
  std::size_t left = group.size();
  Frame* target = nullptr;
  std::int64_t row = 0;
  for (Item* item : group) {
    if (target == nullptr || row == target->plan().batch()) {
      target = free_frame(lane, left);
      if (target == nullptr || static_cast<std::size_t>(target->plan().batch()) > left) return {};
      row = 0;
    }
    keep_outputs(lane, item->index, stages);
    Place& where = lane.place(item->index);
    RHEO_RETURN_IF_ERROR(target->adopt_row(*where.frame, where.row, row, stages));
    target->resume_at(stages);
    where = Place{target, row++, stages};
    --left;
  }
  return {};
}

Status LiveSteps::run_frames(std::span<Item* const> group, Lane& lane, int exit) {
  for (Item* item : group) {
    Frame* frame = lane.place(item->index).frame;
    if (frame->stages_done() > exit) continue;  // a neighbour of the same frame was first
    RHEO_RETURN_IF_ERROR(frame->run_to(exit, control_));
  }
  return {};
}

void LiveSteps::keep_outputs(Lane& lane, int item, int stages) {
  Place& where = lane.place(item);
  Kept& copies = lane.kept;
  const std::span<const OutputSlot> outputs = lane.plan().outputs();
  std::byte* const to = copies.bytes.data() + static_cast<std::size_t>(item) * copies.item_bytes;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].stage < where.stages || outputs[i].stage >= stages) continue;
    const TensorView from = where.frame->item_output(i, where.row);
    std::memcpy(to + copies.offsets[i], from.data(), outputs[i].item_bytes);
  }
  where.stages = std::max(where.stages, stages);
}

void LiveSteps::collect(std::span<Item* const> group, PathId path, double elapsed_us) {
  const Path& way = ladder_.path(path);
  const auto temperature = static_cast<float>(ladder_.profile(path).temperature);
  for (Item* item : group) {
    keep_outputs(lane_of(path), item->index, way.exit_index + 1);
    const TensorView given = answer(item->index, path);
    Evidence evidence =
        is_classifier_ ? confidence(given.as<float>(), path, temperature) : without_confidence(given, path);
    evidence.cost_us = elapsed_us / static_cast<double>(group.size());
    item->evidence.push_back(evidence);
  }
}

double LiveSteps::remaining_us() const {
  if (control_.deadline_ns == INT64_MAX) return std::numeric_limits<double>::infinity();
  return static_cast<double>(control_.deadline_ns - now_ns()) * 1e-3;
}

TensorView LiveSteps::output(int item, PathId path, std::size_t number) const {
  const Path& way = ladder_.path(path);
  const Lane& lane = lane_of(path);
  if (number > 0 && !lane.is_reference_model) return {};
  const Plan& plan = lane.plan();
  const auto exits = static_cast<std::size_t>(plan.stage_count());
  const std::size_t index = number == 0 ? static_cast<std::size_t>(way.exit_index) : exits + number - 1;
  const OutputSlot& from = plan.outputs()[index];
  if (from.stage > way.exit_index) return {};
  const Kept& copies = lane.kept;
  const std::size_t at = static_cast<std::size_t>(item) * copies.item_bytes + copies.offsets[index];
  return {copies.bytes.data() + at, plan.slots()[static_cast<std::size_t>(from.slot)].type.dtype, from.item};
}

std::size_t LiveSteps::frames_bytes() const {
  std::size_t bytes = 0;
  for (const Lane& lane : lanes_) {
    bytes += lane.kept.bytes.size();
    for (const auto& frame : lane.frames) bytes += frame->size_bytes();
  }
  return bytes;
}

}  // namespace rheo
