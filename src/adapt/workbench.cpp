// SPDX-License-Identifier: Apache-2.0
#include "adapt/workbench.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "adapt/calibration.h"
#include "adapt/candidates.h"
#include "adapt/choose_mixed.h"
#include "adapt/choose_ranges.h"
#include "adapt/open_variants.h"
#include "adapt/profile.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/random.h"
#include "base/try.h"
#include "plan/measure.h"
#include "run/frame.h"
#include "transform/resize_input.h"

namespace rheo {

namespace {

constexpr int kProfileRounds = 300;
constexpr int kProfileBatch = 8;
constexpr std::int64_t kFewestItems = 16;  // of both halves; fewer say nothing of anything

void report(const AdaptOptions& options, std::string_view stage, double done) {
  if (options.progress) options.progress(stage, done);
}

Status check_count(const Workbench& bench, const std::string& data, const AdaptOptions& options) {
  const std::int64_t needed = options.use_estimator ? 2 * std::int64_t{kFewestCalibrationRows} : kFewestItems;
  if (bench.data.size() >= needed) return {};
  return {StatusCode::invalid_argument,
          fmt::format("'{}' has {} inputs; adapt needs at least {}, half of them to tune{} and half to certify.", data,
                      bench.data.size(), needed, options.use_estimator ? " and to calibrate the estimator" : "")};
}

Status measure_kernels(Workbench& bench, const AdaptOptions& options) {
  PlanSetOptions plain;
  plain.isa = bench.isa;
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<PlanSet> lowered,
                        PlanSet::create(bench.variants, bench.candidates, plain));
  for (std::size_t i = 0; i < bench.candidates.size(); ++i) {
    RHEO_RETURN_IF_ERROR(check_stop(options));
    const Path& path = bench.candidates[i];
    report(options, "measure kernels", static_cast<double>(i) / static_cast<double>(bench.candidates.size()));
    PlanOptions plan_options;
    plan_options.isa = bench.isa;
    RHEO_ASSIGN_OR_RETURN(bench.choices[path.plan_name()], measure_choices(lowered->graph(path), plan_options));
  }
  PlanSetOptions measured;
  measured.isa = bench.isa;
  measured.choices = bench.choices;
  RHEO_ASSIGN_OR_RETURN(bench.plans, PlanSet::create(bench.variants, bench.candidates, std::move(measured)));
  return {};
}

// The rungs of one plan, one per exit, from its measured times by exit; `batched` may be empty.
Status add_rungs(const Workbench& bench, const Path& plan, std::span<const Latency> single,
                 std::span<const Latency> batched, std::vector<Ladder::Rung>& rungs) {
  const auto variant =
      std::ranges::find_if(bench.variants, [&](const Variant& candidate) { return candidate.name == plan.variant; });
  RHEO_ASSIGN_OR_RETURN(const GraphPointer sized, resize_input(variant->graph, {}, plan.resolution));
  for (std::size_t exit = 0; exit < variant->graph->exits().size(); ++exit) {
    Ladder::Rung rung;
    rung.path = plan;
    rung.path.exit = variant->graph->exits()[exit].name;
    rung.path.exit_index = static_cast<int>(exit);
    rung.profile.latency_us = single[exit].median_us;
    rung.profile.latency_p99_us = single[exit].p99_us;
    rung.profile.batches = {{1, single[exit].median_us}};
    if (!batched.empty()) rung.profile.batches.push_back({kProfileBatch, batched[exit].median_us});
    RHEO_ASSIGN_OR_RETURN(const std::int64_t work, multiply_adds(*sized, static_cast<int>(exit)));
    rung.profile.multiply_adds = static_cast<double>(work);
    rungs.push_back(std::move(rung));
  }
  return {};
}

Result<Ladder> profiled_ladder(Workbench& bench, const AdaptOptions& options) {
  RHEO_ASSIGN_OR_RETURN(const auto single, profile_paths(*bench.plans, bench.candidates, 1, bench.data, bench.tuning,
                                                         kProfileRounds, options.stop));
  RHEO_RETURN_IF_ERROR(check_stop(options));
  // A model that was exported for one item can run no more at once; it has no latency of a batch.
  std::vector<std::vector<Latency>> batched(single.size());
  if (std::ranges::all_of(bench.variants, [](const Variant& variant) { return has_open_batch(*variant.graph); })) {
    RHEO_ASSIGN_OR_RETURN(batched, profile_paths(*bench.plans, bench.candidates, kProfileBatch, bench.data,
                                                 bench.tuning, kProfileRounds / kProfileBatch, options.stop));
  }
  std::vector<Ladder::Rung> rungs;
  for (std::size_t plan = 0; plan < bench.candidates.size(); ++plan) {
    RHEO_RETURN_IF_ERROR(add_rungs(bench, bench.candidates[plan], single[plan], batched[plan], rungs));
  }
  const Path reference{.exit_index = bench.reference().graph->stage_count() - 1, .variant = bench.reference().name};
  const auto is_reference = [&](const Ladder::Rung& rung) {
    return rung.path.shares_plan(reference) && rung.path.exit_index == reference.exit_index;
  };
  std::stable_sort(rungs.begin(), rungs.end(), [&](const Ladder::Rung& a, const Ladder::Rung& b) {
    if (is_reference(a) != is_reference(b)) return is_reference(b);
    return a.profile.latency_us < b.profile.latency_us;
  });
  return Ladder::create(std::move(rungs));
}

}  // namespace

void split_items(int count, std::uint64_t seed, std::vector<int>& tuning, std::vector<int>& certification) {
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  SplitMix64 random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.next() % i]);
  const auto half = order.begin() + static_cast<std::ptrdiff_t>((order.size() + 1) / 2);
  tuning.assign(order.begin(), half);
  certification.assign(half, order.end());
}

Result<AgreementTable> record_table(PlanSet& plans, const Ladder& ladder, const Dataset& data,
                                    const AdaptOptions& options) {
  const Graph& graph = *plans.graph(ladder.path(ladder.reference()));
  const Shape& logits_shape = graph.value(graph.exits().back().value).type.shape;
  const auto inputs = static_cast<std::size_t>(data.size());
  RHEO_ASSIGN_OR_RETURN(AgreementTable table,
                        AgreementTable::create(ladder.size(), inputs, static_cast<std::size_t>(logits_shape[1])));
  const std::vector<Path> runs = plans_of(ladder);
  std::vector<std::unique_ptr<Frame>> frames;
  for (const Path& run : runs) {
    RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans.plan(run, 1));
    RHEO_ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, Frame::create(plan));
    frames.push_back(std::move(frame));
  }
  RunControl control;
  control.stop = options.stop;
  Tensor input;
  for (std::size_t item = 0; item < inputs; ++item) {
    RHEO_RETURN_IF_ERROR(data.read_item(static_cast<std::int64_t>(item), input));
    table.set_statistics(item, input_statistics(input, plans.options().isa));
    table.set_label(item, data.labels.empty() ? -1 : data.labels[item]);
    for (auto& frame : frames) {
      RHEO_RETURN_IF_ERROR(frame->set_input(0, 0, input));
      RHEO_RETURN_IF_ERROR(frame->run_to(frame->plan().stage_count() - 1, control));
    }
    for (std::size_t i = 0; i < ladder.size(); ++i) {
      const PathId id{static_cast<std::uint8_t>(i)};
      const auto run =
          std::ranges::find_if(runs, [&](const Path& other) { return other.shares_plan(ladder.path(id)); });
      const Frame& frame = *frames[static_cast<std::size_t>(run - runs.begin())];
      table.set_logits(id, item, frame.exit_output(ladder.path(id).exit_index).as<float>());
    }
    if (item % 256 == 0) report(options, "record", static_cast<double>(item) / static_cast<double>(inputs));
  }
  return table;
}

Status stopped() { return {StatusCode::cancelled, "Adapting was stopped; no package was written."}; }

Status check_stop(const AdaptOptions& options) { return options.stop.stop_requested() ? stopped() : Status(); }

Result<Workbench> open_workbench(const std::string& model, const std::string& data, const std::string& labels,
                                 const AdaptOptions& options) {
  RHEO_RETURN_IF_ERROR(check_stop(options));
  Workbench bench;
  report(options, "open", 0);
  const std::string cap = options.max_isa.empty() ? environment("RHEO_MAX_ISA") : options.max_isa;
  RHEO_ASSIGN_OR_RETURN(bench.isa, select_isa(cap));
  RHEO_ASSIGN_OR_RETURN(bench.variants, open_variants(model, options));
  Result<Candidates> candidates = candidate_plans(bench.variants, options);
  if (!candidates) return candidates.status().with_context(model);
  bench.candidates = std::move(candidates->plans);
  bench.refused = std::move(candidates->refused);
  const Labels need = options.max_accuracy_drop >= 0 ? Labels::required : Labels::optional;
  RHEO_ASSIGN_OR_RETURN(bench.data, open_dataset(data, labels, *bench.reference().graph, need));
  RHEO_RETURN_IF_ERROR(check_count(bench, data, options));
  split_items(static_cast<int>(bench.data.size()), options.seed, bench.tuning, bench.certification);
  return bench;
}

Status fill_workbench(Workbench& bench, const AdaptOptions& options) {
  report(options, "calibrate ranges", 0);
  RHEO_RETURN_IF_ERROR(choose_ranges(bench, options));
  report(options, "mix precisions", 0);
  RHEO_RETURN_IF_ERROR(choose_mixed(bench, options));
  RHEO_RETURN_IF_ERROR(measure_kernels(bench, options));
  report(options, "profile paths", 0);
  RHEO_ASSIGN_OR_RETURN(bench.ladder, profiled_ladder(bench, options));
  RHEO_ASSIGN_OR_RETURN(bench.table, record_table(*bench.plans, bench.ladder, bench.data, options));
  return {};
}

Result<Workbench> make_workbench(const std::string& model, const std::string& data, const std::string& labels,
                                 const AdaptOptions& options) {
  RHEO_ASSIGN_OR_RETURN(Workbench bench, open_workbench(model, data, labels, options));
  RHEO_RETURN_IF_ERROR(fill_workbench(bench, options));
  return bench;
}

}  // namespace rheo
