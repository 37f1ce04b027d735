// SPDX-License-Identifier: Apache-2.0
#include "adapt/verify.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <memory>
#include <span>

#include "base/environment.h"
#include "base/try.h"
#include "infer/choices_json.h"
#include "kernels/evaluate.h"
#include "kernels/kernel.h"
#include "run/frame.h"

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

// Largest difference of a logit, as a share of the largest expected one.
double difference(std::span<const float> got, std::span<const float> expected) {
  double largest = 1e-6;
  double error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(expected[i])));
    const double distance = std::fabs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    error = std::isnan(distance) ? HUGE_VAL : std::max(error, distance);
  }
  return error / largest;
}

std::ptrdiff_t answer_of(std::span<const float> logits) {
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

// What the frame, which has run, answers at every exit of the paths that share its plan with `plan`. `stored` is
// [paths, classes]; `expected` holds the reference kernels' answers by exit, or nothing.
void check_answers(const Frame& frame, const Ladder& ladder, const Path& plan, const Tensor& stored,
                   std::span<const Tensor> expected, std::span<PathCheck> checks) {
  const std::size_t classes = stored.as<float>().size() / ladder.size();
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Path& path = ladder.path(PathId{static_cast<std::uint8_t>(i)});
    if (!path.shares_plan(plan)) continue;
    const auto got = frame.exit_output(path.exit_index).as<float>();
    const auto carried = stored.as<float>().subspan(i * classes, classes);
    if (!expected.empty()) {
      const auto computed = expected[static_cast<std::size_t>(path.exit_index)].as<float>();
      checks[i].largest_error = std::max(checks[i].largest_error, difference(got, computed));
    }
    checks[i].largest_change = std::max(checks[i].largest_change, difference(got, carried));
    checks[i].answers_equal += answer_of(got) == answer_of(carried) ? 1 : 0;
    ++checks[i].inputs;
  }
}

Status check_plan(PlanSet& plans, const Package& package, const Path& path, std::span<PathCheck> checks) {
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, plans.plan(path, 1));
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(plan));
  for (std::size_t i = 0; i < package.self_test_inputs.size(); ++i) {
    const Tensor& input = package.self_test_inputs[i];
    std::vector<Tensor> expected;
    if (i < kReferenceInputs) {
      RHEO_ASSIGN_OR_RETURN(expected, reference_exits(*plans.graph(path), input));
    }
    RHEO_RETURN_IF_ERROR(frame->set_input(0, 0, input));
    RHEO_RETURN_IF_ERROR(frame->run_to(plan->stage_count() - 1, {}));
    check_answers(*frame, package.ladder, path, package.self_test_outputs[i], expected, checks);
  }
  return {};
}

// The plans that an engine makes of the package on this host.
Result<std::shared_ptr<PlanSet>> plans_for(const Package& package, Isa isa) {
  PlanSetOptions options;
  options.isa = isa;
  if (made_on(package, name_of(isa), library_versions()) && !package.choices.empty()) {
    RHEO_ASSIGN_OR_RETURN(options.choices, choices_by_plan_from_json(package.choices));
  }
  return PlanSet::create(variants_of(package), plans_of(package.ladder), std::move(options));
}

}  // namespace

double allowed_error(Precision precision) {
  switch (precision) {
    case Precision::f32: return 1e-3;   // Winograd included
    case Precision::bf16: return 3e-2;  // sums in another order round to other steps of 2^-8
    case Precision::int8:
    case Precision::mixed: return 5e-2;  // a value on the border of two steps may fall to either side
  }
  return 0;
}

Result<std::vector<PathCheck>> check_paths(PlanSet& plans, const Package& package) {
  const Ladder& ladder = package.ladder;
  if (package.self_test_outputs.empty() || package.graph->inputs().size() != 1 || ladder.size() == 0) {
    return Status(StatusCode::invalid_argument,
                  "The package carries no self-test inputs; make it again with 'rheo adapt'.");
  }
  std::vector<PathCheck> checks(ladder.size());
  for (std::size_t i = 0; i < ladder.size(); ++i) checks[i].path = ladder.name(PathId{static_cast<std::uint8_t>(i)});
  for (const Path& path : plans_of(ladder)) RHEO_RETURN_IF_ERROR(check_plan(plans, package, path, checks));
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const double allowed = allowed_error(ladder.path(PathId{static_cast<std::uint8_t>(i)}).precision);
    checks[i].passed = checks[i].largest_error <= allowed && checks[i].largest_change <= allowed;
  }
  return checks;
}

VerifiedHost this_host(Isa isa) {
  return {std::string(name_of(isa)), library_versions(),
          fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))};
}

bool Verification::passed() const {
  return !paths.empty() && std::all_of(paths.begin(), paths.end(), [](const PathCheck& check) { return check.passed; });
}

Result<Verification> verify_package(const std::string& file, std::string_view max_isa, WhenVerified then) {
  RHEO_ASSIGN_OR_RETURN(Package package, read_package(file));
  RHEO_ASSIGN_OR_RETURN(const Isa isa,
                        select_isa(max_isa.empty() ? environment("RHEO_MAX_ISA") : std::string(max_isa)));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<PlanSet> plans, plans_for(package, isa));
  Verification verification;
  verification.host = this_host(isa);
  Result<std::vector<PathCheck>> checks = check_paths(*plans, package);
  if (!checks) return checks.status().with_context(file);
  verification.paths = std::move(*checks);
  verification.known = verified_on(package, verification.host.isa, verification.host.library_versions);
  if (!verification.passed() || verification.known || then == WhenVerified::only_say) return verification;
  if (package.hosts.empty() && package.certificate) {
    const Certificate& certificate = *package.certificate;
    package.hosts.push_back({certificate.isa, certificate.library_versions, certificate.created});
  }
  package.hosts.push_back(verification.host);
  RHEO_RETURN_IF_ERROR(write_package(package, file));
  verification.known = verification.written = true;
  return verification;
}

}  // namespace rheo
