// SPDX-License-Identifier: Apache-2.0
#include "adapt/verify.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "load/package.h"
#include "run/frame.h"
#include "transform/evaluate.h"

namespace rheo {

namespace {

// Every exit of `graph` for one input, node by node on the reference kernels.
Result<std::vector<Tensor>> reference_exits(const Graph& graph, const Tensor& input) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> types, concrete_types(graph, 1));
  std::vector<Tensor> values(graph.values().size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = graph.values()[i].constant;
  values[graph.inputs().front().value] = input;
  for (const Node& node : graph.nodes()) {
    std::vector<Argument> arguments;
    for (const ValueId id : node.inputs) {
      const bool absent = id == kNoValue;
      arguments.push_back(absent ? Argument{} : Argument{&values[id], &types[id], graph.value(id).is_constant()});
    }
    std::vector<TensorType> outputs;
    for (const ValueId id : node.outputs) outputs.push_back(types[id]);
    auto made = evaluate(node.kind, node.attributes, arguments, outputs);
    if (!made) return made.status().with_context(node.name);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) values[node.outputs[i]] = std::move((*made)[i]);
  }
  std::vector<Tensor> exits;
  for (const Exit& exit : graph.exits()) exits.push_back(values[exit.value]);
  return exits;
}

void compare(std::span<const float> got, std::span<const float> expected, PathCheck& check) {
  double largest = 1e-6;
  double error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(expected[i])));
    const double difference = std::fabs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    error = std::isnan(difference) ? HUGE_VAL : std::max(error, difference);
  }
  const auto answer = [](std::span<const float> logits) {
    return std::max_element(logits.begin(), logits.end()) - logits.begin();
  };
  check.largest_error = std::max(check.largest_error, error / largest);
  check.answers_equal += answer(got) == answer(expected) ? 1 : 0;
  ++check.inputs;
}

Status check_input(PlanSet& plans, const Ladder& ladder, Precision precision, const Tensor& input,
                   std::span<PathCheck> checks) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<Tensor> expected, reference_exits(*plans.graph(precision), input));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans.plan(precision, 1));
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(plan));
  RHEO_RETURN_IF_ERROR(frame->set_input(0, 0, input));
  RHEO_RETURN_IF_ERROR(frame->run_to(plan->stage_count() - 1, {}));
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Path& path = ladder.path(PathId{static_cast<std::uint8_t>(i)});
    if (path.precision != precision) continue;
    const auto exit = static_cast<std::size_t>(path.exit_index);
    compare(frame->exit_output(path.exit_index).as<float>(), expected[exit].as<float>(), checks[i]);
  }
  return {};
}

}  // namespace

double allowed_error(Precision precision) {
  switch (precision) {
    case Precision::f32: return 1e-3;   // Winograd included
    case Precision::bf16: return 3e-2;  // sums in another order round to other steps of 2^-8
    case Precision::int8: return 5e-2;  // a value on the border of two steps may fall to either side
  }
  return 0;
}

Result<std::vector<PathCheck>> check_paths(PlanSet& plans, const Ladder& ladder, std::span<const Tensor> inputs) {
  std::vector<PathCheck> checks(ladder.size());
  std::array<bool, kPrecisionCount> used{};
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    checks[i].path = ladder.name(id);
    used[static_cast<std::size_t>(ladder.path(id).precision)] = true;
  }
  for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    if (!used[static_cast<std::size_t>(precision)]) continue;
    for (const Tensor& input : inputs) {
      RHEO_RETURN_IF_ERROR(check_input(plans, ladder, precision, input, checks));
    }
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const Precision precision = ladder.path(PathId{static_cast<std::uint8_t>(i)}).precision;
    checks[i].passed = checks[i].largest_error <= allowed_error(precision);
  }
  return checks;
}

Result<std::vector<PathCheck>> verify_package(const std::string& file, std::string_view max_isa) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(file));
  if (package.self_test_inputs.empty() || package.graph->inputs().size() != 1) {
    return Status(StatusCode::unavailable, file + " carries no self-test inputs; make it again with 'rheo adapt'.");
  }
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(max_isa.empty() ? environment("RHEO_MAX_ISA") : std::string(max_isa)));
  const std::array<Precision, kPrecisionCount> all = {Precision::f32, Precision::bf16, Precision::int8};
  const std::size_t count = package.ranges.empty() ? 2 : all.size();
  RHEO_ASSIGN_OR_RETURN(
      const std::shared_ptr<PlanSet> plans,
      PlanSet::create(package.graph, package.ranges, std::span(all).first(count), std::move(options)));
  RHEO_ASSIGN_OR_RETURN(std::vector<PathCheck> checks, check_paths(*plans, package.ladder, package.self_test_inputs));
  // The reference path must also give what it gave where the package was made.
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans->plan(Precision::f32, 1));
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(plan));
  PathCheck stored;
  for (std::size_t i = 0; i < package.self_test_outputs.size(); ++i) {
    RHEO_RETURN_IF_ERROR(frame->set_input(0, 0, package.self_test_inputs[i]));
    RHEO_RETURN_IF_ERROR(frame->run_to(plan->stage_count() - 1, {}));
    compare(frame->exit_output(plan->stage_count() - 1).as<float>(), package.self_test_outputs[i].as<float>(), stored);
  }
  checks.back().largest_error = std::max(checks.back().largest_error, stored.largest_error);
  checks.back().passed = checks.back().passed && stored.largest_error <= allowed_error(Precision::f32);
  return checks;
}

}  // namespace rheo
