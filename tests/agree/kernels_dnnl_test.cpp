// SPDX-License-Identifier: Apache-2.0
// What only the kernels by oneDNN have: residuals of every width and type, 8-bit weights in groups, slices for threads.
// And each kept entry accepts what it is for, with a fast implementation. Tests kernels/cpu/dnnl.
#include <cmath>

#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

bool is_byte(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

KernelInput values(DType dtype, const Shape& shape, std::uint64_t seed, float scale = 0.02F) {
  if (dtype == DType::u8) return {random_tensor_of(dtype, shape, seed, 0, 255), {{scale}, 0}};
  if (dtype == DType::i8) return {random_tensor_of(dtype, shape, seed, -127, 127), {{scale}, 0}};
  return {random_tensor_of(dtype, shape, seed)};
}

KernelInput weights_of(DType x, const Shape& shape) {
  KernelInput weights = values(is_byte(x) ? DType::i8 : x, shape, 2);
  if (is_byte(x)) {
    weights.quantization.scales.clear();
    for (std::int64_t o = 0; o < shape[0]; ++o) {
      weights.quantization.scales.push_back(0.002F + 0.0001F * static_cast<float>(o % 7));
    }
  }
  weights.is_constant = true;
  return weights;
}

KernelInput bias_of(std::int64_t channels) { return {random_tensor_of(DType::f32, {channels}, 3), {}, {}, true}; }

struct Types {
  DType x, result, residual;
};
// Every pair of result and residual that conv2d and linear allow.
const Types kTypes[] = {
    {DType::f32, DType::f32, DType::f32},   {DType::bf16, DType::bf16, DType::bf16},
    {DType::bf16, DType::bf16, DType::f32}, {DType::bf16, DType::f32, DType::bf16},
    {DType::bf16, DType::f32, DType::f32},  {DType::u8, DType::u8, DType::u8},
    {DType::u8, DType::u8, DType::i8},      {DType::u8, DType::i8, DType::u8},
    {DType::u8, DType::u8, DType::f32},     {DType::u8, DType::f32, DType::f32},
    {DType::u8, DType::f32, DType::i8},     {DType::i8, DType::i8, DType::i8},
    {DType::i8, DType::u8, DType::f32},     {DType::i8, DType::f32, DType::u8},
};
const char* const kActivations[] = {"", "relu", "clamp", "hardsigmoid", "gelu", "leaky_relu"};

void set_result(KernelRun& run, const Types& types, const char* activation, double scale) {
  run.attributes.set("activation", activation);
  if (std::string(activation) == "clamp") {
    run.attributes.set("alpha", -0.5);
    run.attributes.set("beta", 1.5);
  }
  run.attributes.set("out_dtype", std::string(name_of(types.result)));
  if (is_byte(types.result)) run.attributes.set("out_scale", scale);
}

TEST(AgreeResiduals, OfConvolutions) {
  for (const Types& types : kTypes) {
    for (const char* activation : {"relu", "gelu"}) {
      SCOPED_TRACE(fmt::format("{} + {} -> {}, {}", name_of(types.x), name_of(types.residual), name_of(types.result),
                               activation));
      KernelRun run;
      run.inputs = {values(types.x, {2, 16, 5, 4}, 1), weights_of(types.x, {32, 16, 3, 3}), bias_of(32),
                    values(types.residual, {2, 32, 5, 4}, 4, 0.03F)};
      run.attributes = {{"pads", Integers{1, 1, 1, 1}}};
      set_result(run, types, activation, 0.04);
      expect_agreement(OpKind::conv2d, run, 4 * 144);
    }
  }
}

TEST(AgreeResiduals, OfLinear) {
  for (const Types& types : kTypes) {
    for (const char* activation : kActivations) {
      SCOPED_TRACE(fmt::format("{} + {} -> {}, {}", name_of(types.x), name_of(types.residual), name_of(types.result),
                               activation));
      KernelRun run;
      run.inputs = {values(types.x, {5, 37}, 1), weights_of(types.x, {21, 37}), bias_of(21),
                    values(types.residual, {5, 21}, 4, 0.03F)};
      set_result(run, types, activation, 0.04);
      expect_agreement(OpKind::linear, run, 16 * 37);
    }
  }
}

// One scale for all channels, none of bias and residual, and groups, whose weights have one dimension more.
TEST(AgreeBytes, WithOneScaleWithoutBiasAndInGroups) {
  for (const Types& types : kTypes) {
    if (!is_byte(types.x)) continue;
    for (std::int64_t groups : {2, 32}) {
      SCOPED_TRACE(fmt::format("{} -> {}, {} groups", name_of(types.x), name_of(types.result), groups));
      KernelRun run;
      run.inputs = {values(types.x, {1, 32, 7, 6}, 1), weights_of(types.x, {32, 32 / groups, 3, 3})};
      run.attributes = {{"pads", Integers{1, 1, 1, 1}}, {"groups", groups}};
      set_result(run, types, "relu", 0.04);
      expect_agreement(OpKind::conv2d, run, 4 * 288);
      run.inputs[1].quantization.scales = {0.003F};
      expect_agreement(OpKind::conv2d, run, 4 * 288);
    }
  }
}

// Sums that only 32 bits hold: where oneDNN adds pairs of 8-bit products in 16 bits it must refuse.
TEST(AgreeBytes, OfLargestValues) {
  for (DType x : {DType::u8, DType::i8}) {
    KernelRun run;
    const double largest = x == DType::u8 ? 255 : 127;
    run.inputs = {{tensor_of(x, {3, 64}, std::vector<double>(192, largest)), {{1.0F}, 0}},
                  {tensor_of(DType::i8, {16, 64}, std::vector<double>(1024, 127)), {{1.0F}, 0}, {}, true}};
    expect_agreement(OpKind::linear, run, 1);
  }
}

// An answer that is not finite must look like it: oneDNN's own relu would make 0 of a NaN.
TEST(OneDnnKernels, KeepANanUnderAFusedRelu) {
  const Isa host = select_isa(environment("RHEO_MAX_ISA")).value();
  if (host < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  for (DType x : {DType::f32, DType::bf16}) {
    if (x == DType::bf16 && host < Isa::avx512_vnni_bf16) continue;
    KernelRun run{.attributes = {{"activation", "relu"}}, .isa = host};
    std::vector<double> row(64, -1);
    row[5] = std::nan("");
    run.inputs = {{tensor_of(x, {1, 64}, row)}, weights_of(x, {32, 64})};
    const auto linear = run_kernel(entry_of(cpu_kernels(), "dnnl.linear"), run);
    ASSERT_TRUE(linear.ok()) << linear.status().message();
    run.inputs = {{tensor_of(x, {1, 64, 1, 1}, row), {}, Layout::nhwc}, weights_of(x, {32, 64, 1, 1})};
    run.output_layout = Layout::nhwc;
    const auto convolution = run_kernel(entry_of(cpu_kernels(), "dnnl.conv2d"), run);
    ASSERT_TRUE(convolution.ok()) << convolution.status().message();
    for (const Tensor& y : {linear->outputs[0], convolution->outputs[0]}) {
      for (const double value : values_of(y)) EXPECT_TRUE(std::isnan(value)) << value;
    }
    run.attributes = {{"activation", "relu6"}};
    EXPECT_FALSE(run_kernel(entry_of(cpu_kernels(), "dnnl.conv2d"), run).ok());
  }
}

struct Accepted {
  std::string entry;
  KernelRun run;
};

// What each entry is kept for.
std::vector<Accepted> kept_entries(Isa host) {
  std::vector<Accepted> kept;
  const auto add = [&](const std::string& entry, Attributes attributes, std::vector<KernelInput> inputs,
                       Layout layout) {
    KernelRun run{.attributes = std::move(attributes), .inputs = std::move(inputs), .output_layout = layout};
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : layout;
    kept.push_back({entry, std::move(run)});
  };
  for (DType x : {DType::f32, DType::bf16, DType::u8, DType::i8}) {
    const Attributes padded = {{"pads", Integers{1, 1, 1, 1}}};
    const Attributes depthwise = {{"pads", Integers{1, 1, 1, 1}}, {"groups", 32}};
    add("dnnl.conv2d", padded, {values(x, {1, 32, 8, 8}, 1), weights_of(x, {48, 32, 3, 3})}, Layout::nhwc);
    add("dnnl.conv2d.depthwise", depthwise, {values(x, {1, 32, 8, 8}, 1), weights_of(x, {32, 1, 3, 3})}, Layout::nhwc);
    add("dnnl.linear", {}, {values(x, {3, 64}, 1), weights_of(x, {48, 64}), bias_of(48)}, Layout::plain);
  }
  for (DType x : {DType::f32, DType::bf16}) {
    add("dnnl.matmul", {}, {values(x, {2, 5, 7}, 1), values(x, {2, 7, 9}, 2)}, Layout::plain);
    const Attributes window = {{"kernel", Integers{3, 3}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}};
    const Attributes half = {{"output_size", Integers{4, 4}}};
    for (Layout layout : {Layout::nhwc, Layout::nchw16c}) {
      if (layout == Layout::nchw16c && host < Isa::avx512) continue;  // where oneDNN's own blocks hold 8
      const KernelInput picture = values(x, {2, 19, 8, 8}, 1);
      add("dnnl.avg_pool2d", window, {picture}, layout);
      add("dnnl.global_avg_pool", {}, {picture}, layout);
      add("dnnl.adaptive_avg_pool2d", half, {picture}, layout);
    }
    const KernelInput rows = values(x, {7, 33}, 1);
    add("dnnl.layer_norm", {}, {rows, bias_of(33), bias_of(33)}, Layout::plain);
    add("dnnl.hardswish", {}, {rows}, Layout::plain);
    add("dnnl.gelu", {}, {rows}, Layout::plain);
    add("dnnl.sigmoid", {}, {rows}, Layout::plain);
    add("dnnl.tanh", {}, {rows}, Layout::plain);
    for (OpKind op : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div}) {
      const KernelInput gate = values(x, {2, 19, 1, 1}, 2);
      add("dnnl." + std::string(name_of(op)), {}, {values(x, {2, 19, 8, 8}, 1), gate}, Layout::nhwc);
      add("dnnl." + std::string(name_of(op)), {}, {rows, rows}, Layout::plain);
    }
  }
  if (host >= Isa::avx512) {
    add("dnnl.conv2d.winograd", {{"pads", Integers{1, 1, 1, 1}}},
        {values(DType::f32, {1, 64, 14, 14}, 1), weights_of(DType::f32, {64, 64, 3, 3})}, Layout::nchw16c);
  }
  for (DType x : {DType::u8, DType::i8}) {
    const Attributes window = {{"kernel", Integers{3, 3}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}};
    add("dnnl.max_pool2d", window, {values(x, {2, 19, 8, 8}, 1)}, Layout::nhwc);
  }
  return kept;
}

TEST(OneDnnKernels, AcceptWhatTheyAreKeptForWithAFastImplementation) {
  const Isa host = select_isa(environment("RHEO_MAX_ISA")).value();
  for (const Accepted& kept : kept_entries(host)) {
    const DType x = kept.run.inputs[0].tensor.dtype();
    if (x == DType::bf16 && host < Isa::avx512_vnni_bf16) continue;
    if (is_byte(x) && host < Isa::avx512_vnni) continue;
    if (host < Isa::avx2) continue;
    for (int threads : {1, 2}) {
      KernelRun run = kept.run;
      run.isa = host;
      run.threads = threads;
      const auto outcome = run_kernel(entry_of(cpu_kernels(), kept.entry), run);
      ASSERT_TRUE(outcome.ok()) << kept.entry << " of " << name_of(x) << ": " << outcome.status().message();
      const std::string& name = outcome->implementation;
      const std::initializer_list<std::string_view> fast = {"br", "jit", "gemm:jit", "simple"};
      EXPECT_TRUE(
          std::any_of(fast.begin(), fast.end(), [&](std::string_view start) { return name.starts_with(start); }))
          << kept.entry << " of " << name_of(x) << " runs " << name;
    }
  }
}

}  // namespace
}  // namespace rheo::testing
