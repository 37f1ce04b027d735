// SPDX-License-Identifier: Apache-2.0
// Inverted bottlenecks as a plan runs them: their three ops joined, turn by turn with the same ops one after the other.
// `ratio` is that of the two lower quartiles; below 1 joining wins.
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/kernel_call.h"
#include "plan/bind.h"

namespace rheo {
namespace {

struct Bottleneck {
  const char* name;
  std::int64_t in, wide, out, size, kernel, stride;
};

const Bottleneck kBottlenecks[] = {
    {"16->96->24 112 3x3s2", 16, 96, 24, 112, 3, 2},   {"24->144->24 56 3x3", 24, 144, 24, 56, 3, 1},
    {"40->240->40 28 5x5", 40, 240, 40, 28, 5, 1},     {"96->576->96 14 3x3", 96, 576, 96, 14, 3, 1},
    {"112->672->112 14 5x5", 112, 672, 112, 14, 5, 1},
};

class Network {
 public:
  explicit Network(const Bottleneck& shape) {
    const ValueId x = builder_.add_input("x", {DType::f32, {kDynamic, shape.in, shape.size, shape.size}, {}}).value();
    const ValueId wide = conv(x, shape.wide, shape.in, 1, 1, 1);
    const ValueId seen = conv(wide, shape.wide, 1, shape.kernel, shape.stride, shape.wide);
    builder_.add_exit("y", conv(seen, shape.out, shape.wide, 1, 1, 1)).ok();
  }
  std::shared_ptr<const Graph> build() { return builder_.build().value(); }

 private:
  ValueId conv(ValueId x, std::int64_t out, std::int64_t in, std::int64_t kernel, std::int64_t stride,
               std::int64_t groups) {
    Tensor weights = Tensor::zeros(DType::f32, {out, in, kernel, kernel}).value();
    bench::fill(weights.mutable_data(), weights.size_bytes(), DType::f32);
    using Integers = std::vector<std::int64_t>;
    const Attributes attributes = {{"strides", Integers{stride, stride}},
                                   {"pads", Integers(4, kernel / 2)},
                                   {"groups", groups},
                                   {"activation", "relu6"}};
    return builder_.add_node(OpKind::conv2d, {x, builder_.add_constant("", weights).value()}, attributes).value();
  }
  GraphBuilder builder_;
};

// A plan with its memory.
struct Bound {
  Bound(const std::shared_ptr<const Graph>& graph, std::int64_t batch, bool joins) {
    PlanOptions options;
    options.batch = batch;
    options.isa = select_isa("").value();
    options.joins = joins;
    plan = make_plan(graph, options).value();
    arena = allocate_arena(plan->arena_bytes()).value();
    ops = bind_ops(*plan, arena.get()).value();
  }
  double run_seconds() {
    const auto start = std::chrono::steady_clock::now();
    for (const auto& op : ops) op->run(nullptr).ok();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::shared_ptr<const Plan> plan;
  Arena arena;
  std::vector<std::unique_ptr<BoundKernel>> ops;
};

void measure(benchmark::State& state, const Bottleneck& shape, std::int64_t batch) {
  const std::shared_ptr<const Graph> graph = Network(shape).build();
  Bound apart(graph, batch, false);
  Bound joined(graph, batch, true);
  std::vector<double> apart_s, joined_s;
  for (auto _ : state) {
    apart_s.push_back(apart.run_seconds());
    joined_s.push_back(joined.run_seconds());
    state.SetIterationTime(joined_s.back());
  }
  state.counters["ratio"] = bench::quartile(joined_s) / bench::quartile(apart_s);
  state.counters["apart_us"] = bench::quartile(apart_s) * 1e6;
  state.counters["us"] = bench::quartile(joined_s) * 1e6;
}

}  // namespace
}  // namespace rheo

int main(int argc, char** argv) {
  for (const rheo::Bottleneck& shape : rheo::kBottlenecks) {
    for (const std::int64_t batch : {1, 8}) {
      const std::string name = std::string(shape.name) + "/batch " + std::to_string(batch);
      benchmark::RegisterBenchmark(name.c_str(), [&, batch](benchmark::State& state) { measure(state, shape, batch); })
          ->UseManualTime()
          ->Iterations(101)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
