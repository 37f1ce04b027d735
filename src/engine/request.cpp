// SPDX-License-Identifier: Apache-2.0
// One request: check, borrow a session, loop, hand out. Allocates nothing when a prepared session and slot are free.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>
#include <utility>

#include "base/checked.h"
#include "base/clock.h"
#include "base/try.h"
#include "engine/engine_core.h"
#include "infer/loop.h"
#include "run/finite.h"
#include "tensor/copy.h"

namespace rheo {

struct EngineCore::Request {
  const RunOptions& options;
  const Policy* policy = nullptr;
  std::int64_t started_ns = 0;
  std::int64_t deadline_ns = INT64_MAX;
  double statistics_us = 0;
  double building_us = 0;
  double total_us = 0;
  std::int64_t length = 0;  // as in Arrival
  bool is_trial = false;
  int first = 0;  // item of the request that is the session's first
  std::unique_ptr<Session> session = nullptr;

  void stamp() { total_us = static_cast<double>(now_ns() - started_ns) * 1e-3; }
};

namespace {

// Row `item` of a batched tensor, as [1, ...].
TensorView row_of(const TensorView& batch, std::int64_t item) {
  Shape shape = batch.shape();
  shape[0] = 1;
  const auto offset = static_cast<std::size_t>(item * batch.strides()[0]) * size_bytes(batch.dtype());
  return TensorView(static_cast<const std::byte*>(batch.data()) + offset, batch.dtype(), shape, batch.strides());
}

std::int64_t deadline_of(const RunOptions& options, std::int64_t started_ns) {
  if (!options.timeout) return INT64_MAX;
  const std::int64_t timeout_ns = options.timeout->count();
  return timeout_ns > INT64_MAX - started_ns ? INT64_MAX : started_ns + timeout_ns;
}

// Gives the host's listener, which `context` is, what the op took.
void tell_op(void* context, const Frame& frame, int op, std::int64_t started_ns) {
  const std::int64_t ended_ns = now_ns();
  const PlanOp& done = frame.plan().ops()[static_cast<std::size_t>(op)];
  OpTime time;
  time.op = done.name;
  time.kind = name_of(done.kind);
  time.kernel = done.kernel_name;
  time.batch = static_cast<int>(frame.plan().batch());
  time.started_ns = started_ns;
  time.took_us = static_cast<double>(ended_ns - started_ns) * 1e-3;
  (*static_cast<const OpListener*>(context))(time);
}

}  // namespace

Status EngineCore::check_control(const RunOptions& options) {
  if (options.stop.stop_requested()) {
    return {StatusCode::cancelled, "The request was stopped before it began: its stop token was already set."};
  }
  if (options.timeout && options.timeout->count() <= 0) {
    return {StatusCode::deadline_exceeded,
            "The deadline was already past when the request began: RunOptions::timeout is " +
                std::to_string(options.timeout->count()) + " ns."};
  }
  return {};
}

Status EngineCore::check_input(std::size_t index, const TensorView& view, const Extent& extent) const {
  const TensorInfo& info = inputs_[index];
  const auto misfit = [&](const std::string& what) {
    const Shape takes = input_shape(index, {counts_items_ ? info.shape[0] : 1, extent.length});
    return Status(StatusCode::invalid_argument, "Input '" + info.name + "' " + what + "; the model takes " +
                                                    std::string(name_of(info.dtype)) + " " +
                                                    (extent.length == 0 ? info.shape : takes).to_string() + ".");
  };
  if (view.data() == nullptr) return misfit("has no data");
  if (view.dtype() != info.dtype) return misfit("is " + std::string(name_of(view.dtype())));
  if (view.shape().rank() != info.shape.rank()) {
    return misfit("has rank " + std::to_string(view.shape().rank()) + " (shape " + view.shape().to_string() + ")");
  }
  const Shape wanted = input_shape(index, extent);
  for (std::size_t axis = counts_items_ ? 1 : 0; axis < wanted.rank(); ++axis) {
    if (view.shape()[axis] == wanted[axis]) continue;
    const std::string alone = counts_items_ ? "" : ", of one item per request";
    return misfit("has shape " + view.shape().to_string() + alone);
  }
  if (view.shape() != wanted)
    return misfit("holds " + std::to_string(view.shape()[0]) + " items, not " + std::to_string(extent.items));
  return {};
}

Status EngineCore::check_outputs(const RunOptions& options, const Extent& extent) const {
  if (options.outputs.empty()) return {};
  bool fits = options.outputs.size() == outputs_->size();
  for (std::size_t i = 0; fits && i < outputs_->size(); ++i) {
    fits = options.outputs[i].size() == output_bytes(i, extent);
  }
  if (fits) return {};
  std::string wanted;
  for (std::size_t i = 0; i < outputs_->size(); ++i) {
    if (!wanted.empty()) wanted += ", ";
    wanted += std::to_string(output_bytes(i, extent)) + " bytes for '" + (*outputs_)[i].name + "'";
  }
  return {StatusCode::invalid_argument, "RunOptions::outputs must be one buffer per output: " + wanted + "."};
}

Result<const Policy*> EngineCore::policy_for(const RunOptions& options) const {
  if (options.policy != nullptr && !options.path.empty()) {
    return Status(StatusCode::invalid_argument,
                  "RunOptions::path fixes the path, so RunOptions::policy has nothing to decide; set one of them.");
  }
  if (options.policy != nullptr) return options.policy;
  if (options.path.empty()) return policy_.get();
  RHEO_ASSIGN_OR_RETURN(const PathId path, ladder_->find(options.path));
  return fixed_[path.index].get();
}

Result<std::unique_ptr<Session>> EngineCore::borrow(std::int64_t batch, double& building_us) {
  if (batch < 1 || batch > kMaxBatch) {
    return Status(StatusCode::invalid_argument, "A request of " + std::to_string(batch) +
                                                    " items; a batch is between 1 and " + std::to_string(kMaxBatch) +
                                                    ".");
  }
  const int items = static_cast<int>(batch);
  int capacity = sessions_->prepared_capacity(capacity_for(items));
  if (capacity == 0 && options_.strict) {
    return Status(
        StatusCode::invalid_argument,
        "No plan is prepared for a batch of " + std::to_string(items) +
            " and LoadOptions::strict is set. Name the size in LoadOptions::batches or call prepare() first.");
  }
  if (capacity != 0) return sessions_->acquire(capacity);
  const std::int64_t started = now_ns();
  RHEO_RETURN_IF_ERROR(prepare(items));
  building_us += static_cast<double>(now_ns() - started) * 1e-3;
  return sessions_->acquire(capacity_for(items));
}

// The first input's statistics look at every element already, if it is f32; the others are looked at here.
Status EngineCore::check_finite(const Request& request, std::size_t item) const {
  const Session& session = *request.session;
  for (std::size_t input = 0; input < inputs_.size(); ++input) {
    const InputStatistics& seen = session.items[item].statistics;
    const bool known = input == 0 && inputs_[0].dtype == DType::f32 && std::isfinite(seen.mean + seen.variance);
    if (known || all_finite(session.views[input][item])) continue;
    return {StatusCode::invalid_argument, "Input '" + inputs_[input].name + "', item " +
                                              std::to_string(request.first + static_cast<int>(item)) +
                                              ", holds NaN or infinite elements. Clean the input before running."};
  }
  return {};
}

// The views are in place; from here on everything happens in the session's memory.
Status EngineCore::think(Request& request, int items) {
  Session& session = *request.session;
  const auto count = static_cast<std::size_t>(items);
  const std::int64_t started = now_ns();
  for (std::size_t input = 0; input < inputs_.size(); ++input) {
    session.view_spans[input] = std::span<const TensorView>(session.views[input]).first(count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    Item& item = session.items[i];
    item = Item{};
    item.index = static_cast<int>(i);
    item.statistics = input_statistics(session.views[0][i], isa_);
    RHEO_RETURN_IF_ERROR(check_finite(request, i));
    // Elements so large that their squares overflow are finite, but their statistics say nothing.
    if (!std::isfinite(item.statistics.mean + item.statistics.variance)) item.statistics = InputStatistics{};
  }
  request.statistics_us = static_cast<double>(now_ns() - started) * 1e-3;
  RunControl control;
  control.deadline_ns = request.deadline_ns;
  control.stop = request.options.stop;
  control.pool = session.pool.get();
  if (options_.on_op && !request.is_trial) {
    control.after_op = tell_op;
    control.context = &options_.on_op;
  }
  session.steps->begin(session.view_spans, control, request.length == 0 ? InputFit::exact : InputFit::corner);
  try {
    infer({*ladder_, *estimator_, *request.policy}, std::span<Item>(session.items).first(count),
          std::span<Item*>(session.active).first(count), *session.steps);
  } catch (const std::exception& error) {
    return {StatusCode::policy_failed, "The policy " + std::string(request.policy->name()) + " or the estimator " +
                                           std::string(estimator_->name()) + " threw: " + error.what() +
                                           ". Neither may throw; mend it."};
  }
  return {};
}

void EngineCore::fill_record(const Request& request, const Item& item, RunRecord& record) const {
  record.ladder = ladder_;
  record.request = request.options.id;
  record.item = request.first + item.index;
  record.model = roots_->model;
  record.policy = request.policy->name();
  record.estimator = estimator_->name();
  if (!request.options.path.empty()) record.asked = ladder_->name(*ladder_->find(request.options.path));
  if (item.status.ok()) record.path = ladder_->name(item.answer);
  record.interrupted = item.status.ok() ? item.interrupted : item.status.code();
  // The loop leaves the path in `next` whose step it could not take; a policy that broke its contract asked for none.
  const bool cut = record.interrupted != StatusCode::ok && record.interrupted != StatusCode::policy_failed;
  if (cut && !item.evidence.has(item.next)) record.unfinished = ladder_->name(item.next);
  record.device = "cpu";
  record.isa = name_of(isa_);
  record.sizes = roots_->sizes;
  record.decided = item.reason;
  record.evidence = item.evidence;
  record.statistics = item.statistics;
  record.score = item.score;
  record.statistics_us = request.statistics_us;
  record.deciding_us = item.deciding_us;
  record.building_us = request.building_us;
  record.total_us = request.total_us;
  const bool by_policy = request.policy == policy_.get() && policy_is_certified_;
  const bool covered = item.status.ok() && (by_policy || item.answer == ladder_->reference());
  record.certified = certificate_status_.ok() && covered && record.interrupted == StatusCode::ok;
}

void EngineCore::tell(const Request& request, std::span<const Item> items) const {
  if (!options_.on_record || request.is_trial) return;
  for (const Item& item : items) {
    RunRecord record;
    fill_record(request, item, record);
    options_.on_record(record);
  }
}

Status EngineCore::status_of(const Request& request, const Item& item, std::int64_t batch) const {
  if (item.status.ok() || batch == 1) return item.status;
  return item.status.with_context("item " + std::to_string(request.first + item.index));
}

Outcome EngineCore::open_outcome(const RunOptions& options, const Extent& extent) {
  const bool is_own = options.outputs.empty();
  Outcome outcome(slots_->acquire(is_own ? all_output_bytes(extent) : 0));
  Outcome::Slot& slot = outcome.slot();
  std::byte* next = slot.owned.data();
  for (std::size_t i = 0; i < outputs_->size(); ++i) {
    slot.outputs.emplace_back(is_own ? next : options.outputs[i].data(), (*outputs_)[i].dtype, output_shape(i, extent));
    if (is_own) next += align_up(output_bytes(i, extent), Tensor::kAlignment);
  }
  return outcome;
}

// What the path that answered gave one item becomes row `row` of the outcome. What it did not make is absent from the
// whole outcome. Of a padded request its own part is cut out.
void EngineCore::hand_out(const Request& request, const Item& item, std::int64_t row, Outcome& outcome) const {
  for (std::size_t i = 0; i < outputs_->size(); ++i) {
    TensorView& whole = outcome.slot().outputs[i];
    const TensorView part = request.session->steps->output(item.index, item.answer, i);
    if (part.data() == nullptr) whole = TensorView();
    if (whole.data() == nullptr) continue;
    // The outcome's own view is const to its readers; the memory behind it is the slot's or the caller's.
    auto* out = static_cast<std::byte*>(const_cast<void*>(whole.data()));
    if (request.length == 0) {
      std::memcpy(out + static_cast<std::size_t>(row) * part.size_bytes(), part.data(), part.size_bytes());
      continue;
    }
    const TensorView own(part.data(), part.dtype(), output_shape(i, {1, request.length}), part.strides());
    const TensorView dense(nullptr, own.dtype(), own.shape());
    copy_elements(own, out + static_cast<std::size_t>(row) * own.size_bytes(), dense.strides());
  }
}

// Every input of the model must be there exactly once, all with `batch` items: else a view of an earlier request would
// stand in for the missing one.
Status EngineCore::match_inputs(std::span<const NamedInput> inputs, const Extent& extent) const {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const NamedInput& input = inputs[i];
    const auto same_name = [&](const auto& other) { return other.name == input.name; };
    const auto found = std::find_if(inputs_.begin(), inputs_.end(), same_name);
    if (found == inputs_.end()) {
      return {StatusCode::not_found, "The model has no input named '" + std::string(input.name) + "'."};
    }
    if (std::any_of(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(i), same_name)) {
      return {StatusCode::invalid_argument,
              "Input '" + std::string(input.name) + "' is given twice; give every input of the model once."};
    }
    const auto index = static_cast<std::size_t>(found - inputs_.begin());
    RHEO_RETURN_IF_ERROR(check_input(index, input.tensor, extent));
  }
  return {};
}

void EngineCore::place_views(const Request& request, std::span<const NamedInput> inputs, int count) const {
  for (const NamedInput& input : inputs) {
    const auto found =
        std::find_if(inputs_.begin(), inputs_.end(), [&](const TensorInfo& info) { return info.name == input.name; });
    auto& views = request.session->views[static_cast<std::size_t>(found - inputs_.begin())];
    if (!counts_items_) views.front() = input.tensor;
    for (int i = 0; counts_items_ && i < count; ++i) {
      views[static_cast<std::size_t>(i)] = row_of(input.tensor, request.first + i);
    }
  }
}

Status EngineCore::open_request(Request& request, const Arrival& arrival) const {
  request.started_ns = arrival.started_ns == 0 ? now_ns() : arrival.started_ns;
  request.deadline_ns = deadline_of(request.options, request.started_ns);
  request.building_us = arrival.building_us;
  request.length = arrival.length;
  request.is_trial = arrival.is_trial;
  RHEO_RETURN_IF_ERROR(check_control(request.options));
  RHEO_ASSIGN_OR_RETURN(request.policy, policy_for(request.options));
  return {};
}

Result<Outcome> EngineCore::run(std::span<const NamedInput> inputs, const RunOptions& options, const Arrival& arrival) {
  Request request{.options = options};
  RHEO_RETURN_IF_ERROR(open_request(request, arrival));
  if (inputs.size() != inputs_.size()) {
    return Status(StatusCode::invalid_argument, "The model takes " + std::to_string(inputs_.size()) + " inputs, " +
                                                    std::to_string(inputs.size()) + " were given.");
  }
  const Shape& first = inputs.front().tensor.shape();
  const std::int64_t batch = !counts_items_ ? 1 : first.rank() == 0 ? 0 : first[0];
  const Extent extent{batch, request.length};
  RHEO_RETURN_IF_ERROR(check_outputs(options, {std::max<std::int64_t>(batch, 1), request.length}));
  RHEO_RETURN_IF_ERROR(match_inputs(inputs, extent));
  RHEO_ASSIGN_OR_RETURN(request.session, borrow(batch, request.building_us));
  const int items = static_cast<int>(batch);
  Outcome outcome = open_outcome(options, extent);
  Status status;
  for (; status.ok() && request.first < items; request.first += request.session->steps->capacity()) {
    const int count = std::min(items - request.first, request.session->steps->capacity());
    place_views(request, inputs, count);
    status = think(request, count);
    if (!status.ok()) break;
    const auto answered = std::span<const Item>(request.session->items).first(static_cast<std::size_t>(count));
    for (const Item& item : answered) {
      if (status.ok()) status = status_of(request, item, batch);
      if (status.ok()) hand_out(request, item, request.first + item.index, outcome);
    }
    request.stamp();
    if (status.ok() && request.first == 0) fill_record(request, answered.front(), outcome.slot().record);
    tell(request, answered);
  }
  outcome.slot().record.total_us = request.total_us;
  sessions_->release(std::move(request.session));
  if (!status.ok()) return status;
  return outcome;
}

Result<std::vector<Outcome>> EngineCore::run_batch(std::span<const TensorView> items, const RunOptions& options,
                                                   const Arrival& arrival) {
  Request request{.options = options};
  RHEO_RETURN_IF_ERROR(open_request(request, arrival));
  if (inputs_.size() != 1) {
    return Status(StatusCode::invalid_argument,
                  "run_batch serves models with one input; this one has " + std::to_string(inputs_.size()) + ".");
  }
  if (!options.outputs.empty()) {
    return Status(StatusCode::invalid_argument,
                  "run_batch makes one Outcome per item; RunOptions::outputs must be empty.");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Status checked = check_input(0, items[i], {1, request.length});
    if (!checked.ok()) return checked.with_context("item " + std::to_string(i));
  }
  RHEO_ASSIGN_OR_RETURN(request.session, borrow(static_cast<std::int64_t>(items.size()), request.building_us));
  const int total = static_cast<int>(items.size());
  std::vector<Outcome> outcomes;
  outcomes.reserve(items.size());
  Status status;
  for (; status.ok() && request.first < total; request.first += request.session->steps->capacity()) {
    const int count = std::min(total - request.first, request.session->steps->capacity());
    std::copy_n(items.begin() + request.first, count, request.session->views[0].begin());
    status = think(request, count);
    if (!status.ok()) break;
    const auto answered = std::span<const Item>(request.session->items).first(static_cast<std::size_t>(count));
    request.stamp();
    for (const Item& item : answered) {
      if (status.ok()) status = status_of(request, item, total);
      if (!status.ok()) break;
      outcomes.push_back(open_outcome(options, {1, request.length}));
      hand_out(request, item, 0, outcomes.back());
      fill_record(request, item, outcomes.back().slot().record);
    }
    tell(request, answered);
  }
  // One request has one duration, whichever of its items was handed out first.
  for (Outcome& outcome : outcomes) outcome.slot().record.total_us = request.total_us;
  sessions_->release(std::move(request.session));
  if (!status.ok()) return status;
  return outcomes;
}

}  // namespace rheo
