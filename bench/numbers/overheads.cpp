// SPDX-License-Identifier: Apache-2.0
// What Rheo adds to its kernels: per op, and at load.
#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "demo/contender.h"
#include "infer/choices_json.h"
#include "infer/plan_set.h"
#include "load/dataset.h"
#include "load/package.h"
#include "numbers/number.h"
#include "plan/bind.h"

namespace rheo::numbers {

namespace {

constexpr int kRounds = 2000;

struct Opened {
  std::shared_ptr<PlanSet> plans;
  Dataset pictures;
};

Result<Opened> open(const demo::Sources& sources, const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(file));
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(environment("RHEO_MAX_ISA")));
  RHEO_ASSIGN_OR_RETURN(options.choices, choices_by_precision_from_json(package.choices));
  const Precision f32[] = {Precision::f32};
  Opened opened;
  RHEO_ASSIGN_OR_RETURN(opened.plans, PlanSet::create(package.graph, package.ranges, f32, std::move(options)));
  RHEO_ASSIGN_OR_RETURN(opened.pictures, open_dataset(sources.test_images, sources.test_labels, *package.graph));
  return opened;
}

}  // namespace

Result<double> first_answer_ms(const std::string& package) {
  const std::int64_t started = now_ns();
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(package));
  Shape shape = engine.inputs().front().shape;
  shape[0] = 1;
  RHEO_ASSIGN_OR_RETURN(const Tensor input, Tensor::zeros(DType::f32, shape));
  RHEO_ASSIGN_OR_RETURN(const Outcome outcome, engine.run(input));
  return static_cast<double>(now_ns() - started) * 1e-6;
}

Status measure_overheads(const demo::Sources& sources, Numbers& numbers) {
  const std::string file = demo::package_file(sources, demo::kSinglePath);
  RHEO_ASSIGN_OR_RETURN(const Opened opened, open(sources, file));
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(file));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, opened.plans->plan(Precision::f32, 1));
  RHEO_ASSIGN_OR_RETURN(const Arena arena, allocate_arena(plan->arena_bytes()));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::unique_ptr<BoundKernel>> kernels, bind_ops(*plan, arena.get()));
  const std::string reference(engine.ladder().name(engine.ladder().reference()));
  Tensor picture;
  std::vector<double> bare_us;
  std::vector<double> request_us;
  for (int round = -20; round < sources.rounds(kRounds); ++round) {
    RHEO_RETURN_IF_ERROR(opened.pictures.read_item((round + 20) % opened.pictures.size(), picture));
    const std::int64_t started = now_ns();
    for (const auto& kernel : kernels) RHEO_RETURN_IF_ERROR(kernel->run(nullptr));
    const std::int64_t ran = now_ns();
    const Result<Outcome> outcome = engine.run(picture, {.path = reference});
    const std::int64_t ended = now_ns();
    if (!outcome) return outcome.status();
    if (round < 0) continue;
    bare_us.push_back(static_cast<double>(ran - started) * 1e-3);
    request_us.push_back(static_cast<double>(ended - ran) * 1e-3);
  }
  const double added_us = demo::median(request_us) - demo::median(bare_us);
  numbers.push_back({"op_overhead_us",
                     "difference of medians: a whole request minus its bare kernels, per op, reference path",
                     added_us / static_cast<double>(kernels.size()), "us", 0.5});
  return {};
}

}  // namespace rheo::numbers
