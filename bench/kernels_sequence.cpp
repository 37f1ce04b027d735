// SPDX-License-Identifier: Apache-2.0
// Ops over sequences on one thread. Attention turn by turn with what it replaces, the faster kernels of matmul, softmax
// and matmul: `own_vs_chain` is the ratio of the two lower quartiles, below 1 attention wins. Recurrent ops alone.
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/kernel_call.h"

namespace rheo {
namespace {

struct AttentionCase {
  DType dtype;
  std::int64_t heads, rows, depth;
};

bench::KernelCall attention(const AttentionCase& c) {
  const TensorType x = bench::type_of(c.dtype, {1, c.heads, c.rows, c.depth});
  return {"own.attention", {OpKind::attention, {}, {{x}, {x}, {x}}, x}};
}

bench::CallRequest product(DType dtype, const Shape& a, const Shape& b) {
  Shape y = a;
  y[3] = b[3];
  return {OpKind::matmul, {}, {{bench::type_of(dtype, a)}, {bench::type_of(dtype, b)}}, bench::type_of(dtype, y)};
}

// The seconds of one call each: the best of the entries, one after the other.
class Chain {
 public:
  explicit Chain(const AttentionCase& c) {
    const Shape q{1, c.heads, c.rows, c.depth};
    const Shape k{1, c.heads, c.depth, c.rows};
    const Shape scores{1, c.heads, c.rows, c.rows};
    for (const char* entry : {"dnnl.matmul", "own.matmul"}) {
      first_.push_back(std::make_unique<bench::KernelCall>(entry, product(c.dtype, q, k)));
      last_.push_back(std::make_unique<bench::KernelCall>(entry, product(c.dtype, scores, q)));
    }
    const TensorType type = bench::type_of(c.dtype, scores);
    softmax_ = std::make_unique<bench::KernelCall>(
        "own.softmax", bench::CallRequest{OpKind::softmax, {{"axis", std::int64_t{3}}}, {{type}}, type});
  }

  double run_seconds() { return best(first_) + softmax_->run_seconds(1) + best(last_); }

 private:
  static double best(std::vector<std::unique_ptr<bench::KernelCall>>& calls) {
    double seconds = 1e9;
    for (const auto& call : calls) {
      if (!call->is_refused()) seconds = std::min(seconds, call->run_seconds(1));
    }
    return seconds;
  }

  std::vector<std::unique_ptr<bench::KernelCall>> first_, last_;
  std::unique_ptr<bench::KernelCall> softmax_;
};

void measure_attention(benchmark::State& state, const AttentionCase& c) {
  bench::KernelCall own = attention(c);
  if (own.is_refused()) return state.SkipWithError(own.label().c_str());
  Chain chain(c);
  std::vector<double> own_s, chain_s;
  for (auto _ : state) {
    own_s.push_back(own.run_seconds(1));
    chain_s.push_back(chain.run_seconds());
    state.SetIterationTime(own_s.back());
  }
  state.SetLabel(own.label());
  state.counters["own_vs_chain"] = bench::quartile(own_s) / bench::quartile(chain_s);
  state.counters["own_us"] = bench::quartile(own_s) * 1e6;
  state.counters["chain_us"] = bench::quartile(chain_s) * 1e6;
}

struct RecurrentCase {
  OpKind op;
  std::int64_t batch, steps, input, hidden;
};

void measure_recurrent(benchmark::State& state, const RecurrentCase& c) {
  const std::int64_t gates = c.op == OpKind::lstm ? 4 : 3;
  const auto type = [](const Shape& shape) { return bench::type_of(DType::f32, shape); };
  bench::CallRequest request{c.op, {}, {{type({c.batch, c.steps, c.input})}}, type({c.batch, c.steps, 1, c.hidden})};
  for (const Shape& shape :
       {Shape{1, gates * c.hidden, c.input}, Shape{1, gates * c.hidden, c.hidden}, Shape{1, 2 * gates * c.hidden}})
    request.inputs.push_back({type(shape), Layout::plain, true});
  request.more_outputs.resize(c.op == OpKind::lstm ? 2 : 1, type({c.batch, 1, c.hidden}));
  bench::KernelCall own("own." + std::string(name_of(c.op)), std::move(request));
  if (own.is_refused()) return state.SkipWithError(own.label().c_str());
  std::vector<double> own_s;
  for (auto _ : state) {
    own_s.push_back(own.run_seconds(1));
    state.SetIterationTime(own_s.back());
  }
  state.SetLabel(own.label());
  state.counters["own_us"] = bench::quartile(own_s) * 1e6;
}

}  // namespace
}  // namespace rheo

int main(int argc, char** argv) {
  using rheo::DType;
  using rheo::OpKind;
  for (const DType dtype : {DType::f32, DType::bf16}) {
    for (const auto& [heads, rows, depth] : std::initializer_list<std::array<std::int64_t, 3>>{
             {12, 128, 32}, {3, 197, 64}, {12, 197, 64}, {8, 1024, 64}}) {
      const std::string name = "attention/" + std::string(rheo::name_of(dtype)) + "/" + std::to_string(heads) + "x" +
                               std::to_string(rows) + "x" + std::to_string(depth);
      benchmark::RegisterBenchmark(name.c_str(), [c = rheo::AttentionCase{dtype, heads, rows, depth}](
                                                     benchmark::State& state) { rheo::measure_attention(state, c); })
          ->UseManualTime()
          ->Iterations(201)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  for (const rheo::RecurrentCase& c :
       {rheo::RecurrentCase{OpKind::lstm, 1, 1, 128, 128}, rheo::RecurrentCase{OpKind::lstm, 1, 64, 128, 128},
        rheo::RecurrentCase{OpKind::lstm, 6, 64, 128, 128}, rheo::RecurrentCase{OpKind::gru, 1, 64, 256, 256}}) {
    const std::string name = std::string(rheo::name_of(c.op)) + "/" + std::to_string(c.batch) + "x" +
                             std::to_string(c.steps) + "x" + std::to_string(c.input) + "->" + std::to_string(c.hidden);
    benchmark::RegisterBenchmark(name.c_str(), [c](benchmark::State& state) { rheo::measure_recurrent(state, c); })
        ->UseManualTime()
        ->Iterations(201)
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
