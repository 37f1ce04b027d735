// SPDX-License-Identifier: Apache-2.0
// Ops other than conv2d on one thread: own loops turn by turn with oneDNN on the same shapes and types.
// `own_vs_onednn` is the ratio of the two lower quartiles: below 1 own loops win.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/kernel_call.h"

namespace rheo {
namespace {

using Integers = std::vector<std::int64_t>;

struct Case {
  std::string name;
  std::string op;  // entries are own.<op> and dnnl.<op>
  bench::CallRequest request;
};

bool is_byte(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

Case linear(DType dtype, std::int64_t rows, std::int64_t in, std::int64_t out, const char* activation) {
  const bool bytes = is_byte(dtype);
  TensorType weights = bench::type_of(bytes ? DType::i8 : dtype, {out, in});
  if (bytes) weights.quantization.scales.assign(static_cast<std::size_t>(out), 0.01F);
  bench::CallRequest request;
  request.op = OpKind::linear;
  request.attributes = {{"activation", activation}, {"out_dtype", std::string(name_of(dtype))}};
  request.inputs = {{bench::type_of(dtype, {rows, in})},
                    {weights, Layout::plain, true},
                    {bench::type_of(DType::f32, {out}), Layout::plain, true}};
  request.output = bench::type_of(dtype, {rows, out}, 0.05F);
  return {std::to_string(rows) + "x" + std::to_string(in) + "->" + std::to_string(out) + " " + activation, "linear",
          std::move(request)};
}

Case matmul(DType dtype, const Shape& a, const Shape& b) {
  Shape y = a;
  y[y.rank() - 1] = b[b.rank() - 1];
  bench::CallRequest request{OpKind::matmul, {}, {{bench::type_of(dtype, a)}, {bench::type_of(dtype, b)}}, {}, {}};
  request.output = bench::type_of(dtype, y);
  return {a.to_string() + b.to_string(), "matmul", std::move(request)};
}

Case pool(OpKind op, DType dtype, const Shape& x, const Shape& y, Integers kernel, Integers strides, std::int64_t pad) {
  bench::CallRequest request{op, {}, {{bench::type_of(dtype, x), Layout::nhwc}}, {}, Layout::nhwc};
  if (!kernel.empty()) {
    request.attributes = {{"kernel", std::move(kernel)}, {"strides", std::move(strides)}, {"pads", Integers(4, pad)}};
  }
  if (op == OpKind::adaptive_avg_pool2d) request.attributes = {{"output_size", Integers{y[2], y[3]}}};
  request.output = bench::type_of(dtype, y);
  return {x.to_string() + "->" + y.to_string(), std::string(name_of(op)), std::move(request)};
}

// Ops that keep the shape.
Case same(OpKind op, DType dtype, const Shape& x) {
  bench::CallRequest request{op, {}, {{bench::type_of(dtype, x)}}, bench::type_of(dtype, x), Layout::plain};
  const Shape last{x[x.rank() - 1]};
  if (op == OpKind::layer_norm) {
    request.inputs.resize(3, {bench::type_of(DType::f32, last), Layout::plain, true});
  }
  const bool takes_two = op == OpKind::add || op == OpKind::sub || op == OpKind::mul || op == OpKind::div;
  if (takes_two) request.inputs.push_back(request.inputs[0]);
  return {x.to_string(), std::string(name_of(op)), std::move(request)};
}

// One value per channel, as a scale or a gate has.
Case gated(OpKind op, DType dtype, const Shape& x) {
  bench::CallRequest request{
      op, {}, {{bench::type_of(dtype, x), Layout::nhwc}}, bench::type_of(dtype, x), Layout::nhwc};
  request.inputs.push_back({bench::type_of(dtype, {x[0], x[1], 1, 1}), Layout::nhwc});
  return {x.to_string() + " by channel", std::string(name_of(op)), std::move(request)};
}

void add_products(std::vector<Case>& cases, DType dtype) {
  for (const auto& [rows, in, out] : std::initializer_list<std::array<std::int64_t, 3>>{{1, 128, 10},
                                                                                        {1, 576, 10},
                                                                                        {1, 512, 1000},
                                                                                        {1, 1024, 4096},
                                                                                        {8, 1024, 4096},
                                                                                        {16, 128, 10},
                                                                                        {64, 512, 512},
                                                                                        {128, 384, 384},
                                                                                        {128, 384, 1536},
                                                                                        {197, 192, 768}}) {
    cases.push_back(linear(dtype, rows, in, out, rows == 128 ? "gelu" : "relu"));
  }
  if (is_byte(dtype)) return;
  for (const auto& [a, b] : std::initializer_list<std::pair<Shape, Shape>>{{{1, 12, 128, 32}, {1, 12, 32, 128}},
                                                                           {{1, 12, 128, 128}, {1, 12, 128, 32}},
                                                                           {{1, 3, 197, 64}, {1, 3, 64, 197}},
                                                                           {{64, 512}, {512, 512}},
                                                                           {{1, 512}, {512, 512}},
                                                                           {{7, 33}, {33, 17}}}) {
    cases.push_back(matmul(dtype, a, b));
  }
}

void add_pools(std::vector<Case>& cases, DType dtype) {
  cases.push_back(pool(OpKind::max_pool2d, dtype, {1, 64, 112, 112}, {1, 64, 56, 56}, {3, 3}, {2, 2}, 1));
  cases.push_back(pool(OpKind::max_pool2d, dtype, {1, 64, 14, 14}, {1, 64, 7, 7}, {2, 2}, {2, 2}, 0));
  if (is_byte(dtype)) return;
  cases.push_back(pool(OpKind::avg_pool2d, dtype, {1, 64, 28, 28}, {1, 64, 14, 14}, {2, 2}, {2, 2}, 0));
  cases.push_back(pool(OpKind::avg_pool2d, dtype, {1, 192, 35, 35}, {1, 192, 35, 35}, {3, 3}, {1, 1}, 1));
  cases.push_back(pool(OpKind::global_avg_pool, dtype, {1, 512, 7, 7}, {1, 512, 1, 1}, {}, {}, 0));
  cases.push_back(pool(OpKind::global_avg_pool, dtype, {1, 64, 14, 14}, {1, 64, 1, 1}, {}, {}, 0));
  cases.push_back(pool(OpKind::adaptive_avg_pool2d, dtype, {1, 512, 14, 14}, {1, 512, 7, 7}, {}, {}, 0));
}

void add_rows(std::vector<Case>& cases, DType dtype) {
  for (const Shape& shape : {Shape{1, 384}, Shape{128, 384}, Shape{197, 192}, Shape{64, 1024}}) {
    cases.push_back(same(OpKind::layer_norm, dtype, shape));
  }
  for (OpKind op : {OpKind::hardswish, OpKind::gelu, OpKind::sigmoid, OpKind::tanh}) {
    for (const Shape& shape : {Shape{1000}, Shape{128, 1536}}) cases.push_back(same(op, dtype, shape));
  }
  for (OpKind op : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div}) {
    for (const Shape& shape : {Shape{1000}, Shape{128, 1536}}) cases.push_back(same(op, dtype, shape));
    cases.push_back(gated(op, dtype, {1, 96, 28, 28}));
  }
}

void measure(benchmark::State& state, const Case& c) {
  bench::KernelCall own("own." + c.op, c.request);
  bench::KernelCall other("dnnl." + c.op, c.request);
  if (own.is_refused() || other.is_refused()) {
    state.SkipWithError((own.is_refused() ? own : other).label().c_str());
    return;
  }
  const int times = bench::calls_per_turn(own);
  std::vector<double> own_s, other_s;
  for (auto _ : state) {
    own_s.push_back(own.run_seconds(times));
    other_s.push_back(other.run_seconds(times));
    state.SetIterationTime(other_s.back());
  }
  state.SetLabel(other.label());
  state.counters["own_vs_onednn"] = bench::quartile(own_s) / bench::quartile(other_s);
  state.counters["own_us"] = bench::quartile(own_s) * 1e6;
  state.counters["onednn_us"] = bench::quartile(other_s) * 1e6;
  state.counters["make_us"] = other.make_us();
}

}  // namespace
}  // namespace rheo

int main(int argc, char** argv) {
  std::vector<rheo::Case> cases;
  std::vector<std::string> names;
  using rheo::DType;
  for (DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8}) {
    const std::size_t first = cases.size();
    rheo::add_products(cases, dtype);
    rheo::add_pools(cases, dtype);
    if (!rheo::is_byte(dtype)) rheo::add_rows(cases, dtype);
    for (std::size_t i = first; i < cases.size(); ++i) {
      names.push_back(cases[i].op + "/" + std::string(rheo::name_of(dtype)) + "/" + cases[i].name);
    }
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    benchmark::RegisterBenchmark(names[i].c_str(),
                                 [&c = cases[i]](benchmark::State& state) { rheo::measure(state, c); })
        ->UseManualTime()
        ->Iterations(201)
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
