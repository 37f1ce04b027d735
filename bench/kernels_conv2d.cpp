// SPDX-License-Identifier: Apache-2.0
// Convolution kernels on one thread and batch 1, each turn by turn with a base: oneDNN's direct f32 convolution in
// nhwc, and own loops with oneDNN in the same type. `ratio` is that of the two lower quartiles, which drifts less
// than either.
// `make_us`: preparing the kernel. `--benchmark_filter=oneDNN` shows only the rivals.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/kernel_call.h"

namespace rheo {
namespace {

struct Layer {
  const char* name;
  std::int64_t in, size, out, kernel, stride, pad, groups;
};

const Layer kLayers[] = {
    {"5x5s2 1->64 28", 1, 28, 64, 5, 2, 2, 1},
    {"3x3s2 64->64 14", 64, 14, 64, 3, 2, 1, 1},
    {"3x3 64->64 7", 64, 7, 64, 3, 1, 1, 1},
    {"3x3 64->64 14", 64, 14, 64, 3, 1, 1, 1},
    {"3x3s2 64->128 14", 64, 14, 128, 3, 2, 1, 1},
    {"1x1 64->128 7", 64, 7, 128, 1, 1, 0, 1},
    {"3x3 128->128 7", 128, 7, 128, 3, 1, 1, 1},
    {"3x3 32->64 14", 32, 14, 64, 3, 1, 1, 1},
    {"3x3 64->64 56", 64, 56, 64, 3, 1, 1, 1},
    {"3x3 128->128 28", 128, 28, 128, 3, 1, 1, 1},
    {"3x3 256->256 14", 256, 14, 256, 3, 1, 1, 1},
    {"3x3 512->512 7", 512, 7, 512, 3, 1, 1, 1},
    {"7x7s2 3->64 112", 3, 112, 64, 7, 2, 3, 1},
    {"1x1 64->256 56", 64, 56, 256, 1, 1, 0, 1},
    {"1x1 24->144 56", 24, 56, 144, 1, 1, 0, 1},
    {"1x1 576->96 14", 576, 14, 96, 1, 1, 0, 1},
    {"depthwise 3x3 64 28", 64, 28, 64, 3, 1, 1, 64},
    {"depthwise 3x3s2 32 112", 32, 112, 32, 3, 2, 1, 32},
    {"depthwise 3x3 512 14", 512, 14, 512, 3, 1, 1, 512},
    {"depthwise 5x5 240 7", 240, 7, 240, 5, 1, 2, 240},
};

struct Variant {
  const char* entry;
  DType dtype;
  Layout layout;
};

// Each is measured turn by turn with its base: oneDNN's direct f32 convolution, or in the second table the rival.
const Variant kDirect = {"dnnl.conv2d", DType::f32, Layout::nhwc};
const Variant kVariants[] = {
    {"own.conv2d", DType::f32, Layout::nhwc},
    {"own.conv2d.winograd", DType::f32, Layout::nhwc},
    {"dnnl.conv2d", DType::f32, Layout::nchw16c},
    {"dnnl.conv2d.winograd", DType::f32, Layout::nchw16c},
    {"own.conv2d", DType::bf16, Layout::nhwc},
    {"dnnl.conv2d", DType::bf16, Layout::nhwc},
    {"own.conv2d.winograd", DType::bf16, Layout::nhwc},
    {"own.conv2d.depthwise.rows", DType::u8, Layout::nhwc},
    {"own.conv2d", DType::u8, Layout::nhwc},
    {"dnnl.conv2d", DType::u8, Layout::nhwc},
    {"own.conv2d", DType::i8, Layout::nhwc},
    {"dnnl.conv2d", DType::i8, Layout::nhwc},
    {"own.conv2d.depthwise", DType::f32, Layout::nhwc},
    {"own.conv2d.depthwise", DType::u8, Layout::nhwc},
};

struct Rivals {
  Variant oneDnn, own;
};
const Rivals kRivals[] = {
    {{"dnnl.conv2d", DType::f32, Layout::nhwc}, {"own.conv2d", DType::f32, Layout::nhwc}},
    {{"dnnl.conv2d", DType::f32, Layout::nhwc}, {"own.conv2d.pointwise", DType::f32, Layout::nhwc}},
    {{"dnnl.conv2d", DType::bf16, Layout::nhwc}, {"own.conv2d", DType::bf16, Layout::nhwc}},
    {{"dnnl.conv2d", DType::u8, Layout::nhwc}, {"own.conv2d", DType::u8, Layout::nhwc}},
    {{"dnnl.conv2d", DType::i8, Layout::nhwc}, {"own.conv2d", DType::i8, Layout::nhwc}},
    {{"dnnl.conv2d.depthwise", DType::f32, Layout::nhwc}, {"own.conv2d.depthwise", DType::f32, Layout::nhwc}},
    {{"dnnl.conv2d.depthwise", DType::bf16, Layout::nhwc}, {"own.conv2d.depthwise", DType::bf16, Layout::nhwc}},
    {{"dnnl.conv2d.depthwise", DType::u8, Layout::nhwc}, {"own.conv2d.depthwise", DType::u8, Layout::nhwc}},
};

std::int64_t out_size(const Layer& layer) { return (layer.size + 2 * layer.pad - layer.kernel) / layer.stride + 1; }

bench::CallRequest request_of(const Layer& layer, const Variant& variant) {
  const bool bytes = variant.dtype == DType::u8 || variant.dtype == DType::i8;
  const DType out = bytes ? DType::u8 : variant.dtype;
  const bool few_channels = variant.layout == Layout::nchw16c && layer.in < 16;
  bench::CallRequest request;
  request.op = OpKind::conv2d;
  TensorType weights = bench::type_of(bytes ? DType::i8 : variant.dtype,
                                      {layer.out, layer.in / layer.groups, layer.kernel, layer.kernel});
  if (bytes) weights.quantization.scales.assign(static_cast<std::size_t>(layer.out), 0.01F);
  request.inputs = {{bench::type_of(variant.dtype, {1, layer.in, layer.size, layer.size}),
                     few_channels ? Layout::plain : variant.layout},
                    {weights, Layout::plain, true},
                    {bench::type_of(DType::f32, {layer.out}), Layout::plain, true}};
  request.output = bench::type_of(out, {1, layer.out, out_size(layer), out_size(layer)}, 0.05F);
  request.output_layout = variant.layout;
  using Integers = std::vector<std::int64_t>;
  request.attributes = {{"strides", Integers{layer.stride, layer.stride}},
                        {"pads", Integers(4, layer.pad)},
                        {"groups", layer.groups},
                        {"activation", "relu"},
                        {"out_dtype", std::string(name_of(out))}};
  return request;
}

void measure(benchmark::State& state, const Layer& layer, const Variant& base, const Variant& variant) {
  bench::KernelCall baseline(base.entry, request_of(layer, base));
  bench::KernelCall call(variant.entry, request_of(layer, variant));
  if (call.is_refused() || baseline.is_refused()) {
    state.SkipWithError((call.is_refused() ? call : baseline).label().c_str());
    return;
  }
  const double products = static_cast<double>(out_size(layer) * out_size(layer) * layer.out * layer.in / layer.groups *
                                              layer.kernel * layer.kernel);
  const int times = bench::calls_per_turn(baseline);
  std::vector<double> baseline_s, call_s;
  for (auto _ : state) {
    baseline_s.push_back(baseline.run_seconds(times));
    call_s.push_back(call.run_seconds(times));
    state.SetIterationTime(call_s.back());
  }
  state.SetLabel(call.label() + " against " + baseline.label());
  state.counters["ratio"] = bench::quartile(call_s) / bench::quartile(baseline_s);
  state.counters["base_us"] = bench::quartile(baseline_s) * 1e6;
  state.counters["us"] = bench::quartile(call_s) * 1e6;
  state.counters["gop_per_s"] = 2 * products / bench::quartile(call_s) * 1e-9;
  state.counters["make_us"] = call.make_us();
}

// Own depthwise and pointwise kernels take such layers only, and the other own kernels would be slow on depthwise ones.
bool fits(const Layer& layer, const Variant& variant) {
  if (std::string(variant.entry).ends_with("pointwise")) return layer.kernel == 1 && layer.stride == 1;
  const bool is_depthwise = std::string(variant.entry).ends_with("depthwise");
  return is_depthwise == (layer.groups > 1) || variant.entry[0] == 'd';
}

void add(const Layer& layer, const std::string& base_name, const Variant& base, const Variant& variant) {
  if (!fits(layer, variant)) return;
  const std::string name = std::string(layer.name) + "/" + variant.entry + "/" + std::string(name_of(variant.dtype)) +
                           "/" + std::string(name_of(variant.layout)) + "/against " + base_name;
  benchmark::RegisterBenchmark(name.c_str(),
                               [&, base](benchmark::State& state) { measure(state, layer, base, variant); })
      ->UseManualTime()
      ->Iterations(41)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace rheo

int main(int argc, char** argv) {
  for (const rheo::Layer& layer : rheo::kLayers) {
    for (const rheo::Variant& variant : rheo::kVariants) rheo::add(layer, "f32 direct", rheo::kDirect, variant);
    for (const rheo::Rivals& rivals : rheo::kRivals) rheo::add(layer, "oneDNN", rivals.oneDnn, rivals.own);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
