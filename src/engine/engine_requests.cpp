// SPDX-License-Identifier: Apache-2.0
// Requests of an engine: which core serves one. Allocates nothing on the way to a core that is ready.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/try.h"
#include "engine/engine_sizes.h"
#include "engine/guarded.h"

namespace rheo {

Result<EngineSizes::Chosen> EngineSizes::choose(std::span<const NamedInput> inputs, const RunOptions& options,
                                                std::int64_t started_ns) {
  Arrival arrival{.started_ns = started_ns};
  if (!has_sizes()) return Chosen{listed_.front().core, arrival};
  RHEO_ASSIGN_OR_RETURN(const Sizes sizes, open_->of_request(inputs));
  const auto exact = std::ranges::find(listed_, sizes, &Listed::sizes);
  if (exact != listed_.end()) return Chosen{exact->core, arrival};
  if (!options_.mask.empty() && padding_.ok()) {
    const auto larger = std::ranges::find_if(listed_, [&](const Listed& l) { return l.sizes[0] > sizes[0]; });
    arrival.length = sizes[0];
    return Chosen{larger->core, arrival};
  }
  if (std::shared_ptr<EngineCore> core = others_.ready(sizes)) return Chosen{std::move(core), arrival};
  if (options_.strict) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("No plan is prepared for {} and LoadOptions::strict is set. List the size in "
                              "LoadOptions::sizes.",
                              open_->text(sizes)));
  }
  RHEO_RETURN_IF_ERROR(EngineCore::check_control(options));  // before anything is made for a request that is over
  const std::int64_t asked_ns = now_ns();
  const auto make_now = [&] { return guarded([&] { return make(sizes); }); };
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineCore> core, others_.get(sizes, make_now));
  arrival.building_us = static_cast<double>(now_ns() - asked_ns) * 1e-3;
  return Chosen{std::move(core), arrival};
}

Result<Outcome> EngineSizes::run(const TensorView& input, const RunOptions& options) {
  if (inputs_.size() != 1) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("The model has {} inputs; pass them by name, run({{{{\"name\", tensor}}, ...}}).", inputs_.size()));
  }
  const NamedInput named{inputs_.front().name, input};
  return run(std::span<const NamedInput>(&named, 1), options);
}

Result<Outcome> EngineSizes::run(std::span<const NamedInput> inputs, const RunOptions& options) {
  RHEO_ASSIGN_OR_RETURN(const Chosen chosen, choose(inputs, options, now_ns()));
  return chosen.core->run(inputs, options, chosen.arrival);
}

// Neighbours of one size go through together.
Result<std::vector<Outcome>> EngineSizes::run_batch(std::span<const TensorView> items, const RunOptions& options) {
  const std::int64_t started_ns = now_ns();
  if (!has_sizes() || inputs_.size() != 1 || items.empty()) return core().run_batch(items, options, {started_ns});
  std::vector<Outcome> all;
  all.reserve(items.size());
  for (std::size_t first = 0, end = 0; first < items.size(); first = end) {
    while (end < items.size() && items[end].shape() == items[first].shape()) ++end;
    const NamedInput named{inputs_.front().name, items[first]};
    RHEO_ASSIGN_OR_RETURN(const Chosen chosen, choose(std::span(&named, 1), options, started_ns));
    RHEO_ASSIGN_OR_RETURN(std::vector<Outcome> outcomes,
                          chosen.core->run_batch(items.subspan(first, end - first), options, chosen.arrival));
    for (Outcome& outcome : outcomes) {
      outcome.slot().record.item += static_cast<int>(first);
      all.push_back(std::move(outcome));
    }
  }
  return all;
}

std::future<Result<Outcome>> EngineSizes::submit(const TensorView& input, const RunOptions& options) {
  const std::int64_t submitted_ns = now_ns();
  auto promise = std::make_shared<std::promise<Result<Outcome>>>();
  std::future<Result<Outcome>> future = promise->get_future();
  const auto serve = [this, promise, input, options, path = std::string(options.path), submitted_ns] {
    RunOptions rest = options;
    rest.path = path;  // the caller's text may be gone
    if (rest.timeout) *rest.timeout -= std::chrono::nanoseconds(now_ns() - submitted_ns);  // waiting counts
    promise->set_value(guarded([&] { return run(input, rest); }));
  };
  if (const Status pushed = guarded([&] { return workers_.push(serve); }); !pushed.ok()) promise->set_value(pushed);
  return future;
}

}  // namespace rheo
