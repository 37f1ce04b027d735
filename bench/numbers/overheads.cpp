// SPDX-License-Identifier: Apache-2.0
// What Rheo adds to its kernels: per op, and at load.
#include <cstring>
#include <memory>

#include "base/clock.h"
#include "base/try.h"
#include "demo/comparison.h"
#include "engine/engine_core.h"
#include "numbers/number.h"
#include "plan/bind.h"

namespace rheo::numbers {

namespace {

constexpr int kRounds = 4000;
constexpr int kWarmUp = 40;

// The ops of the reference path, bound to an arena of their own: the engine's very plan and weights without the engine.
struct BareKernels {
  Arena arena;
  std::vector<std::unique_ptr<BoundKernel>> ops;
  std::byte* input = nullptr;

  static Result<BareKernels> of(const Plan& plan) {
    BareKernels bare;
    RHEO_ASSIGN_OR_RETURN(bare.arena, allocate_arena(plan.arena_bytes()));
    RHEO_ASSIGN_OR_RETURN(bare.ops, bind_ops(plan, bare.arena.get()));
    bare.input = slot_address(plan, plan.input_slot(0), bare.arena.get());
    return bare;
  }
  void set_input(const Tensor& picture) { std::memcpy(input, picture.data(), picture.size_bytes()); }
  Status run() {
    for (const auto& op : ops) RHEO_RETURN_IF_ERROR(op->run(nullptr));
    return {};
  }
};

double microseconds_since(std::int64_t started_ns) { return static_cast<double>(now_ns() - started_ns) * 1e-3; }

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

// Both compute the same picture with the same weights, in an order that changes from round to round. The median of
// their differences, because each pair saw the same machine.
Status measure_overheads(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(Package package, read_package(demo::package_file(sources, demo::kSinglePath)));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<EngineCore> engine, EngineCore::create(std::move(package), {}));
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, demo::open_test(sources));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, engine->plans().plan(Precision::f32, 1));
  RHEO_ASSIGN_OR_RETURN(BareKernels bare, BareKernels::of(*plan));
  const std::string reference(engine->ladder().name(engine->ladder().reference()));
  Tensor picture;
  std::vector<double> added_us;
  for (int round = 0; round < kWarmUp + sources.rounds(kRounds); ++round) {
    RHEO_RETURN_IF_ERROR(pictures.read_item(round % pictures.size(), picture));
    bare.set_input(picture);
    double bare_us = 0;
    double request_us = 0;
    for (const bool is_request : {round % 2 == 0, round % 2 != 0}) {
      const std::int64_t started_ns = now_ns();
      const NamedInput input{engine->inputs().front().name, picture.view()};
      const Status status = is_request ? engine->run(std::span(&input, 1), {.path = reference}).status() : bare.run();
      (is_request ? request_us : bare_us) = microseconds_since(started_ns);
      RHEO_RETURN_IF_ERROR(status);
    }
    if (round >= kWarmUp) added_us.push_back((request_us - bare_us) / static_cast<double>(bare.ops.size()));
  }
  numbers.push_back({"op_overhead_us",
                     "median difference: a whole request minus its bare kernels, same weights, per op, reference path",
                     demo::median(added_us), "us", 0.5});
  return {};
}

}  // namespace rheo::numbers
