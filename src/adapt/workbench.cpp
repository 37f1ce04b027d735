// SPDX-License-Identifier: Apache-2.0
#include "adapt/workbench.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "adapt/calibrate_ranges.h"
#include "adapt/calibration.h"
#include "adapt/open_model.h"
#include "adapt/profile.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/random.h"
#include "base/try.h"
#include "plan/measure.h"
#include "run/frame.h"

namespace rheo {

namespace {

constexpr std::size_t kRangeItems = 1000;  // inputs of half A that give the activation ranges
constexpr double kRangeCoverage = 1.0;     // of the per-item extremes
constexpr int kProfileRounds = 300;
constexpr int kProfileBatch = 8;
constexpr std::int64_t kFewestItems = 16;  // of both halves; fewer say nothing of anything

void report(const AdaptOptions& options, std::string_view stage, double done) {
  if (options.progress) options.progress(stage, done);
}

// Paths are compared by the class they answer with. All exits answer alike: the graph has seen to that.
Status check_classifier(const Graph& graph, const std::string& model, const AdaptOptions& options) {
  const TensorType& answer = graph.value(graph.exits().back().value).type;
  const Shape& logits = answer.shape;
  if (graph.inputs().size() != 1 || answer.dtype != DType::f32 || logits.rank() != 2 || logits[1] < 2) {
    return {StatusCode::unsupported,
            fmt::format("'{}' has {} inputs and answers {} {}; adapt takes classifiers with one input and f32 answers "
                        "[batch, classes] of at least two classes. What is no classifier has to name its loss, and the "
                        "only loss that adapt knows is another class than the reference path's.",
                        model, graph.inputs().size(), name_of(answer.dtype), logits.to_string())};
  }
  if (options.use_estimator && logits[1] > CalibratedModel::kMaxClasses) {
    return {StatusCode::limit_exceeded,
            fmt::format("'{}' has {} classes; the calibrated estimator is for at most {}. Switch the estimator off.",
                        model, logits[1], CalibratedModel::kMaxClasses)};
  }
  return {};
}

// Items run one by one; more at once are not needed.
Status check_batch(const Graph& graph, const std::string& model) {
  std::vector<ValueId> ends = {graph.inputs().front().value};
  for (const GivenOut& out : given_out(graph)) ends.push_back(out.value);
  for (const ValueId end : ends) {
    const Shape& shape = graph.value(end).type.shape;
    if (shape.rank() > 0 && (shape[0] == kDynamic || shape[0] == 1)) continue;
    return {StatusCode::unsupported,
            fmt::format("'{}' was not exported for one item at a time: '{}' has the shape {}. Export it with an open "
                        "batch (-1) as dimension 0.",
                        model, graph.value(end).name, shape.to_string())};
  }
  return {};
}

Status check_paths_fit(const Graph& graph, std::size_t precisions, const std::string& model) {
  const std::size_t exits = graph.exits().size();
  if (exits * precisions <= kMaxPaths) return {};
  return {StatusCode::limit_exceeded,
          fmt::format("'{}' has {} exits, which in {} precisions, f32 among them, makes {} paths; a ladder holds at "
                      "most {}. Adapt with fewer precisions, or export fewer exits.",
                      model, exits, precisions, exits * precisions, kMaxPaths)};
}

Status check_count(const Workbench& bench, const std::string& data, const AdaptOptions& options) {
  const std::int64_t needed = options.use_estimator ? 2 * std::int64_t{kFewestCalibrationRows} : kFewestItems;
  if (bench.data.size() >= needed) return {};
  return {StatusCode::invalid_argument,
          fmt::format("'{}' has {} inputs; adapt needs at least {}, half of them to tune{} and half to certify.", data,
                      bench.data.size(), needed, options.use_estimator ? " and to calibrate the estimator" : "")};
}

std::vector<Precision> with_reference(std::vector<Precision> precisions) {
  if (precisions.empty()) precisions = {Precision::bf16, Precision::int8};
  precisions.push_back(Precision::f32);
  std::sort(precisions.begin(), precisions.end());
  precisions.erase(std::unique(precisions.begin(), precisions.end()), precisions.end());
  return precisions;
}

Status calibrate(Workbench& bench, const AdaptOptions& options) {
  PlanOptions plain;
  plain.isa = bench.isa;
  plain.joins = false;  // every value is looked at
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, make_plan(bench.graph, plain));
  const auto count = std::min(bench.tuning.size(), kRangeItems);
  RHEO_ASSIGN_OR_RETURN(bench.ranges, calibrate_ranges(plan, bench.data, std::span(bench.tuning).first(count),
                                                       kRangeCoverage, options.stop));
  return {};
}

Status measure_kernels(Workbench& bench, std::span<const Precision> precisions, const AdaptOptions& options) {
  PlanSetOptions plain;
  plain.isa = bench.isa;
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<PlanSet> lowered,
                        PlanSet::create(bench.graph, bench.ranges, precisions, plain));
  PlanSetOptions measured;
  measured.isa = bench.isa;
  for (const Precision precision : precisions) {
    RHEO_RETURN_IF_ERROR(check_stop(options));
    PlanOptions plan_options;
    plan_options.isa = bench.isa;
    RHEO_ASSIGN_OR_RETURN(bench.choices[static_cast<std::size_t>(precision)],
                          measure_choices(lowered->graph(precision), plan_options));
  }
  measured.choices = bench.choices;
  RHEO_ASSIGN_OR_RETURN(bench.plans, PlanSet::create(bench.graph, bench.ranges, precisions, std::move(measured)));
  return {};
}

Result<Ladder> profiled_ladder(Workbench& bench, std::span<const Precision> precisions, const AdaptOptions& options) {
  RHEO_ASSIGN_OR_RETURN(const auto single, profile_paths(*bench.plans, precisions, 1, bench.data, bench.tuning,
                                                         kProfileRounds, options.stop));
  RHEO_RETURN_IF_ERROR(check_stop(options));
  // A model that was exported for one item can run no more at once; it has no latency of a batch.
  std::vector<std::vector<Latency>> batched;
  if (has_open_batch(*bench.graph)) {
    RHEO_ASSIGN_OR_RETURN(batched, profile_paths(*bench.plans, precisions, kProfileBatch, bench.data, bench.tuning,
                                                 kProfileRounds / kProfileBatch, options.stop));
  }
  std::vector<Ladder::Rung> rungs;
  for (std::size_t p = 0; p < precisions.size(); ++p) {
    for (std::size_t exit = 0; exit < bench.graph->exits().size(); ++exit) {
      Ladder::Rung rung;
      rung.path = {precisions[p], bench.graph->exits()[exit].name, static_cast<int>(exit)};
      rung.profile.latency_us = single[p][exit].median_us;
      rung.profile.latency_p99_us = single[p][exit].p99_us;
      rung.profile.batches = {{1, single[p][exit].median_us}};
      if (!batched.empty()) rung.profile.batches.push_back({kProfileBatch, batched[p][exit].median_us});
      RHEO_ASSIGN_OR_RETURN(const std::int64_t work, multiply_adds(*bench.graph, static_cast<int>(exit)));
      rung.profile.multiply_adds = static_cast<double>(work);
      rungs.push_back(std::move(rung));
    }
  }
  const auto is_reference = [&](const Ladder::Rung& rung) {
    return rung.path.precision == Precision::f32 && rung.path.exit_index + 1 == bench.graph->stage_count();
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
  const Graph& graph = *plans.graph(Precision::f32);
  const Shape& logits_shape = graph.value(graph.exits().back().value).type.shape;
  const auto inputs = static_cast<std::size_t>(data.size());
  RHEO_ASSIGN_OR_RETURN(AgreementTable table,
                        AgreementTable::create(ladder.size(), inputs, static_cast<std::size_t>(logits_shape[1])));
  std::array<std::unique_ptr<Frame>, kPrecisionCount> frames;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Precision precision = ladder.path(PathId{static_cast<std::uint8_t>(i)}).precision;
    auto& frame = frames[static_cast<std::size_t>(precision)];
    if (frame != nullptr) continue;
    RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans.plan(precision, 1));
    RHEO_ASSIGN_OR_RETURN(frame, Frame::create(plan));
  }
  RunControl control;
  control.stop = options.stop;
  Tensor input;
  for (std::size_t item = 0; item < inputs; ++item) {
    RHEO_RETURN_IF_ERROR(data.read_item(static_cast<std::int64_t>(item), input));
    table.set_statistics(item, input_statistics(input, plans.options().isa));
    table.set_label(item, data.labels.empty() ? -1 : data.labels[item]);
    for (auto& frame : frames) {
      if (frame == nullptr) continue;
      RHEO_RETURN_IF_ERROR(frame->set_input(0, 0, input));
      RHEO_RETURN_IF_ERROR(frame->run_to(graph.stage_count() - 1, control));
    }
    for (std::size_t i = 0; i < ladder.size(); ++i) {
      const PathId id{static_cast<std::uint8_t>(i)};
      const Frame& frame = *frames[static_cast<std::size_t>(ladder.path(id).precision)];
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
  RHEO_ASSIGN_OR_RETURN(const Package package, open_model(model, options.model, {}));
  bench.graph = package.graph;
  RHEO_RETURN_IF_ERROR(check_classifier(*bench.graph, model, options));
  RHEO_RETURN_IF_ERROR(check_batch(*bench.graph, model));
  RHEO_RETURN_IF_ERROR(check_paths_fit(*bench.graph, with_reference(options.precisions).size(), model));
  const Labels need = options.max_accuracy_drop >= 0 ? Labels::required : Labels::optional;
  RHEO_ASSIGN_OR_RETURN(bench.data, open_dataset(data, labels, *bench.graph, need));
  RHEO_RETURN_IF_ERROR(check_count(bench, data, options));
  split_items(static_cast<int>(bench.data.size()), options.seed, bench.tuning, bench.certification);
  return bench;
}

Status fill_workbench(Workbench& bench, const AdaptOptions& options) {
  report(options, "calibrate ranges", 0);
  RHEO_RETURN_IF_ERROR(calibrate(bench, options));
  report(options, "measure kernels", 0);
  const std::vector<Precision> precisions = with_reference(options.precisions);
  RHEO_RETURN_IF_ERROR(measure_kernels(bench, precisions, options));
  report(options, "profile paths", 0);
  RHEO_ASSIGN_OR_RETURN(bench.ladder, profiled_ladder(bench, precisions, options));
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
