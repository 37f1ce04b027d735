// SPDX-License-Identifier: Apache-2.0
// bf16 and int8 against f32 direct convolution, on the network's own convolutions of 64 channels and more.
#include <algorithm>
#include <map>
#include <memory>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "demo/contender.h"
#include "infer/plan_set.h"
#include "load/package.h"
#include "numbers/number.h"
#include "plan/bind.h"

namespace rheo::numbers {

namespace {

constexpr int kRounds = 300;
constexpr std::int64_t kChannels = 64;

struct BoundPlan {
  std::shared_ptr<const Plan> plan;
  Arena arena;
  std::vector<std::unique_ptr<BoundKernel>> ops;
};

Result<BoundPlan> bind(PlanSet& plans, Precision precision) {
  BoundPlan bound;
  RHEO_ASSIGN_OR_RETURN(bound.plan, plans.plan(precision, 1));
  RHEO_ASSIGN_OR_RETURN(bound.arena, allocate_arena(bound.plan->arena_bytes()));
  RHEO_ASSIGN_OR_RETURN(bound.ops, bind_ops(*bound.plan, bound.arena.get()));
  return bound;
}

// A convolution whose input and output both have that many channels.
bool is_wide(const Plan& plan, const PlanOp& op) {
  if (op.kind != OpKind::conv2d) return false;
  const auto channels = [&](int slot) { return plan.slots()[static_cast<std::size_t>(slot)].type.shape[1]; };
  return channels(op.inputs[0]) >= kChannels && channels(op.outputs[0]) >= kChannels;
}

// The base of both ratios is oneDNN's direct convolution, though Winograd's is faster and would be chosen.
KernelChoices direct_convolutions(const Graph& graph) {
  KernelChoices choices;
  for (const Node& node : graph.nodes()) {
    if (node.kind == OpKind::conv2d) choices[node.name] = {"dnnl.conv2d", Layout::nhwc};
  }
  return choices;
}

}  // namespace

Status measure_layers(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(demo::package_file(sources, demo::kPackages[3])));
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(environment("RHEO_MAX_ISA")));
  options.choices["f32"] = direct_convolutions(*package.graph);
  const Precision all[] = {Precision::f32, Precision::bf16, Precision::int8};
  RHEO_ASSIGN_OR_RETURN(const auto plans, PlanSet::create(package.graph, package.ranges, all, std::move(options)));
  std::map<std::string, std::map<Precision, std::vector<double>>> samples;  // by layer
  std::vector<BoundPlan> bound;
  for (const Precision precision : all) {
    RHEO_ASSIGN_OR_RETURN(BoundPlan one, bind(*plans, precision));
    bound.push_back(std::move(one));
  }
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t p = 0; p < bound.size(); ++p) {
      for (std::size_t i = 0; i < bound[p].ops.size(); ++i) {
        const std::int64_t started = now_ns();
        RHEO_RETURN_IF_ERROR(bound[p].ops[i]->run(nullptr));
        const PlanOp& op = bound[p].plan->ops()[i];
        if (!is_wide(*bound[p].plan, op)) continue;
        if (all[p] == Precision::f32 && op.kernel_name != "dnnl.conv2d")
          return {StatusCode::internal, "Layer " + op.name + " runs on " + op.kernel_name + ", not on dnnl.conv2d."};
        samples[op.name][all[p]].push_back(static_cast<double>(now_ns() - started) * 1e-3);
      }
    }
  }
  std::map<Precision, double> total;
  for (auto& [layer, by_precision] : samples) {
    if (by_precision.size() != std::size(all))
      return {StatusCode::internal, "Layer " + layer + " is not found in every precision."};
    for (auto& [precision, values] : by_precision) total[precision] += demo::percentile(values, 0.5);
  }
  const std::string layers = std::to_string(samples.size()) + " convolutions of 64 channels and more, sum of medians";
  numbers.push_back(
      {"bf16_vs_f32", "bf16 against f32 direct, " + layers, total[Precision::bf16] / total[Precision::f32], "x", 0.6});
  numbers.push_back(
      {"int8_vs_f32", "int8 against f32 direct, " + layers, total[Precision::int8] / total[Precision::f32], "x", 0.35});
  return {};
}

}  // namespace rheo::numbers
