// SPDX-License-Identifier: Apache-2.0
// Convolution kernels on one thread and batch 1, each interleaved with oneDNN's direct f32 convolution in nhwc:
// `vs_f32_direct` is the ratio of the two medians, which drifts less than either. `make_us`: preparing the kernel.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/kernel.h"

namespace rheo {
namespace {

struct Layer {
  const char* name;
  std::int64_t in, size, out, kernel, stride, pad, groups;
};

const Layer kLayers[] = {
    {"5x5s2 1->64 28", 1, 28, 64, 5, 2, 2, 1},        {"3x3s2 64->64 14", 64, 14, 64, 3, 2, 1, 1},
    {"3x3 64->64 7", 64, 7, 64, 3, 1, 1, 1},          {"3x3 64->64 14", 64, 14, 64, 3, 1, 1, 1},
    {"3x3s2 64->128 14", 64, 14, 128, 3, 2, 1, 1},    {"1x1 64->128 7", 64, 7, 128, 1, 1, 0, 1},
    {"3x3 128->128 7", 128, 7, 128, 3, 1, 1, 1},      {"3x3 32->64 14", 32, 14, 64, 3, 1, 1, 1},
    {"3x3 64->64 56", 64, 56, 64, 3, 1, 1, 1},        {"3x3 128->128 28", 128, 28, 128, 3, 1, 1, 1},
    {"3x3 256->256 14", 256, 14, 256, 3, 1, 1, 1},    {"3x3 512->512 7", 512, 7, 512, 3, 1, 1, 1},
    {"7x7s2 3->64 112", 3, 112, 64, 7, 2, 3, 1},      {"1x1 64->256 56", 64, 56, 256, 1, 1, 0, 1},
    {"depthwise 3x3 64 28", 64, 28, 64, 3, 1, 1, 64},
};

struct Variant {
  const char* entry;
  DType dtype;
  Layout layout;
};

const Variant kBaseline = {"dnnl.conv2d", DType::f32, Layout::nhwc};
const Variant kVariants[] = {
    {"own.conv2d", DType::f32, Layout::nhwc},
    {"own.conv2d.winograd", DType::f32, Layout::nhwc},
    {"dnnl.conv2d", DType::f32, Layout::nchw16c},
    {"dnnl.conv2d.winograd", DType::f32, Layout::nchw16c},
    {"own.conv2d", DType::bf16, Layout::nhwc},
    {"dnnl.conv2d", DType::bf16, Layout::nhwc},
    {"own.conv2d", DType::u8, Layout::nhwc},
    {"own.conv2d", DType::i8, Layout::nhwc},
    {"own.conv2d.depthwise", DType::f32, Layout::nhwc},
    {"own.conv2d.depthwise", DType::u8, Layout::nhwc},
};

// One kernel with its memory.
class Call {
 public:
  Call(const Layer& layer, const Variant& variant) {
    const std::int64_t out_size = (layer.size + 2 * layer.pad - layer.kernel) / layer.stride + 1;
    const bool bytes = variant.dtype == DType::u8 || variant.dtype == DType::i8;
    const bool blocked = variant.layout == Layout::nchw16c;
    x_ = {variant.dtype, {1, layer.in, layer.size, layer.size}, {}};
    w_ = {bytes ? DType::i8 : variant.dtype, {layer.out, layer.in / layer.groups, layer.kernel, layer.kernel}, {}};
    b_ = {DType::f32, {layer.out}, {}};
    y_ = {bytes ? DType::u8 : variant.dtype, {1, layer.out, out_size, out_size}, {}};
    if (bytes) {
      x_.quantization.scales = {0.01F};
      w_.quantization.scales.assign(static_cast<std::size_t>(layer.out), 0.01F);
      y_.quantization.scales = {0.05F};
    }
    weights_ = Tensor::zeros(w_.dtype, w_.shape).value();
    bias_ = Tensor::zeros(DType::f32, b_.shape).value();
    input_ = Tensor::zeros(DType::u8, {static_cast<std::int64_t>(storage_bytes(x_, Layout::nchw16c))}).value();
    output_ = Tensor::zeros(DType::u8, {static_cast<std::int64_t>(storage_bytes(y_, Layout::nchw16c))}).value();
    using Integers = std::vector<std::int64_t>;
    const Attributes attributes = {{"strides", Integers{layer.stride, layer.stride}},
                                   {"pads", Integers(4, layer.pad)},
                                   {"groups", layer.groups},
                                   {"activation", "relu"},
                                   {"out_dtype", std::string(name_of(y_.dtype))}};
    const Layout x_layout = blocked && layer.in < 16 ? Layout::plain : variant.layout;
    const Operand inputs[] = {{&x_, x_layout, nullptr}, {&w_, Layout::plain, &weights_}, {&b_, Layout::plain, &bias_}};
    const Operand outputs[] = {{&y_, variant.layout, nullptr}};
    const KernelRequest request{OpKind::conv2d, &attributes, inputs, outputs, select_isa("").value(), 1, &store_};
    prepare(variant, request);
  }

  bool is_refused() const { return bound_ == nullptr; }
  const std::string& label() const { return label_; }
  double make_us() const { return make_us_; }
  double run_seconds(int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) bound_->run(nullptr).ok();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
  }

 private:
  void prepare(const Variant& variant, const KernelRequest& request) {
    for (const KernelEntry& entry : cpu_kernels()) {
      if (entry.name != variant.entry) continue;
      const auto start = std::chrono::steady_clock::now();
      auto kernel = entry.make(request);
      make_us_ = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
      label_ = kernel ? (*kernel)->implementation() : kernel.status().message();
      if (!kernel) return;
      kernel_ = std::move(*kernel);
    }
    scratch_ = Tensor::zeros(DType::u8, {static_cast<std::int64_t>(kernel_->scratch_bytes()) + 1}).value();
    const void* inputs[] = {input_.data(), weights_.data(), bias_.data()};
    void* outputs[] = {output_.mutable_data()};
    bound_ = kernel_->bind({inputs, outputs, scratch_.mutable_data()}).value();
  }

  TensorType x_, w_, b_, y_;
  Tensor weights_, bias_, input_, output_, scratch_;
  WeightStore store_;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<BoundKernel> bound_;
  std::string label_;
  double make_us_ = 0;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void measure(benchmark::State& state, const Layer& layer, const Variant& variant) {
  Call baseline(layer, kBaseline);
  Call call(layer, variant);
  if (call.is_refused() || baseline.is_refused()) {
    state.SkipWithError(call.label().c_str());
    return;
  }
  const std::int64_t out_size = (layer.size + 2 * layer.pad - layer.kernel) / layer.stride + 1;
  const double products =
      static_cast<double>(out_size * out_size * layer.out * layer.in / layer.groups * layer.kernel * layer.kernel);
  const int times = std::max(1, static_cast<int>(5e6 / products));
  std::vector<double> baseline_s, call_s;
  for (auto _ : state) {
    baseline_s.push_back(baseline.run_seconds(times));
    call_s.push_back(call.run_seconds(times));
    state.SetIterationTime(call_s.back());
  }
  state.SetLabel(call.label());
  state.counters["vs_f32_direct"] = median(call_s) / median(baseline_s);
  state.counters["median_us"] = median(call_s) * 1e6;
  state.counters["gop_per_s"] = 2 * products / median(call_s) * 1e-9;
  state.counters["make_us"] = call.make_us();
}

}  // namespace
}  // namespace rheo

int main(int argc, char** argv) {
  for (const rheo::Layer& layer : rheo::kLayers) {
    for (const rheo::Variant& variant : rheo::kVariants) {
      const bool wants_depthwise = std::string(variant.entry).ends_with("depthwise");
      if (wants_depthwise != (layer.groups > 1) && std::string(variant.entry).starts_with("own")) continue;
      const std::string name = std::string(layer.name) + "/" + variant.entry + "/" +
                               std::string(rheo::name_of(variant.dtype)) + "/" +
                               std::string(rheo::name_of(variant.layout));
      benchmark::RegisterBenchmark(
          name.c_str(), [&layer, &variant](benchmark::State& state) { rheo::measure(state, layer, variant); })
          ->UseManualTime()
          ->Iterations(30)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
