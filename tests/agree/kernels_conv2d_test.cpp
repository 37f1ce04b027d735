// SPDX-License-Identifier: Apache-2.0
// conv2d of the CPU backend against the reference. Tests kernels/cpu: conv2d, dot_kernel, dot_pack, dot_source,
// conv2d_shape, activation, refusal, finish, winograd and the loops under lanes/.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

struct ConvCase {
  const char* name;
  std::int64_t batch, in, height, width, out, kernel_h, kernel_w;
  Integers strides{1, 1}, pads{0, 0, 0, 0}, dilations{1, 1};
  std::int64_t groups = 1;
};

const ConvCase kCases[] = {
    {"one", 1, 1, 1, 1, 1, 1, 1},
    {"stem", 1, 1, 28, 28, 64, 5, 5, {2, 2}, {2, 2, 2, 2}},
    {"rgb", 1, 3, 15, 13, 24, 3, 3, {2, 2}, {1, 1, 1, 1}},
    {"odd", 2, 7, 9, 11, 37, 3, 3, {1, 1}, {1, 1, 1, 1}},
    {"prime", 1, 13, 7, 5, 17, 3, 1, {1, 2}, {2, 0, 1, 0}},
    {"dilated", 1, 16, 9, 9, 32, 3, 3, {1, 1}, {2, 2, 2, 2}, {2, 2}},
    {"pointwise", 3, 64, 7, 7, 128, 1, 1},
    {"strided", 1, 64, 14, 14, 64, 3, 3, {2, 2}, {1, 1, 1, 1}},
    {"square", 1, 64, 14, 14, 64, 3, 3, {1, 1}, {1, 1, 1, 1}},
    {"late", 2, 128, 7, 7, 128, 3, 3, {1, 1}, {1, 1, 1, 1}},
    {"late_odd", 1, 32, 7, 5, 48, 3, 3, {1, 1}, {1, 1, 1, 1}},
    {"border", 2, 32, 9, 11, 48, 3, 3, {1, 1}, {0, 2, 1, 1}},
    {"rounds", 1, 16, 45, 43, 16, 3, 3, {1, 1}, {1, 1, 1, 1}},
    {"grouped", 1, 24, 6, 6, 36, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 3},
    {"depthwise", 2, 19, 8, 8, 19, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 19},
    {"depthwise32", 1, 32, 14, 14, 32, 3, 3, {2, 2}, {1, 1, 1, 1}, {1, 1}, 32},
    {"depthwise5", 1, 70, 9, 11, 70, 5, 5, {1, 1}, {2, 2, 2, 2}, {1, 1}, 70},
    {"depthwise5s2", 2, 64, 11, 10, 64, 5, 5, {2, 2}, {1, 2, 2, 1}, {1, 1}, 64},
    {"depthwise5_odd", 1, 35, 9, 17, 35, 5, 5, {1, 1}, {2, 2, 2, 2}, {1, 1}, 35},
    {"depthwise_wide", 1, 99, 3, 31, 99, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 99},
    {"depthwise_dilated", 1, 33, 11, 19, 33, 3, 3, {2, 2}, {2, 2, 2, 2}, {2, 2}, 33},
    {"depthwise_tall", 2, 17, 11, 9, 17, 7, 1, {1, 1}, {3, 0, 3, 0}, {1, 1}, 17},
    {"colours", 1, 3, 9, 53, 16, 3, 3, {2, 2}, {1, 1, 1, 1}},
    {"lines", 2, 20, 5, 40, 33, 3, 3},
    {"pointwise_odd", 2, 23, 9, 5, 41, 1, 1},
    {"pointwise_wide", 1, 16, 13, 11, 144, 1, 1},
};

struct TypeCase {
  const char* name;
  DType x, weights;
  const char* out;  // "" for the default
  DType residual;   // boolean: none
  int x_zero = 0, out_zero = 0, residual_zero = 0;
};

const TypeCase kTypes[] = {
    {"f32", DType::f32, DType::f32, "", DType::f32},
    {"bf16", DType::bf16, DType::bf16, "", DType::bf16},
    {"bf16_f32", DType::bf16, DType::bf16, "f32", DType::f32},
    {"u8_u8", DType::u8, DType::i8, "u8", DType::u8},
    {"i8_i8", DType::i8, DType::i8, "i8", DType::i8},
    {"u8_f32", DType::u8, DType::i8, "", DType::f32},
    {"i8_u8", DType::i8, DType::i8, "u8", DType::boolean},
    {"u8_u8_shifted", DType::u8, DType::i8, "u8", DType::u8, 114, 131, 97},
    {"i8_i8_shifted", DType::i8, DType::i8, "i8", DType::i8, -23, 11, 5},
    {"u8_i8_alone", DType::u8, DType::i8, "i8", DType::boolean, 114, -31},
    {"u8_bf16", DType::u8, DType::i8, "bf16", DType::bf16, 255},
    {"f32_bf16", DType::f32, DType::f32, "bf16", DType::f32},
};

void PrintTo(const ConvCase& c, std::ostream* out) { *out << c.name; }
void PrintTo(const TypeCase& t, std::ostream* out) { *out << t.name; }

bool is_byte(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

Tensor values(DType dtype, const Shape& shape, std::uint64_t seed) {
  if (dtype == DType::u8) return random_tensor_of(dtype, shape, seed, 0, 255);
  if (dtype == DType::i8) return random_tensor_of(dtype, shape, seed, -127, 127);
  return random_tensor_of(dtype, shape, seed);
}

KernelRun run_of(const ConvCase& c, const TypeCase& t, const std::string& activation) {
  KernelRun run;
  const std::int64_t depth = c.in / c.groups * c.kernel_h * c.kernel_w;
  const auto extent = [](std::int64_t in, std::int64_t pads, std::int64_t kernel, std::int64_t dilation,
                         std::int64_t stride) { return (in + pads - (kernel - 1) * dilation - 1) / stride + 1; };
  const Shape y{c.batch, c.out, extent(c.height, c.pads[0] + c.pads[2], c.kernel_h, c.dilations[0], c.strides[0]),
                extent(c.width, c.pads[1] + c.pads[3], c.kernel_w, c.dilations[1], c.strides[1])};
  Quantization x_scale, w_scale, residual_scale;
  if (is_byte(t.x)) {
    x_scale.scales = {0.02F};
    for (std::int64_t o = 0; o < c.out; ++o) w_scale.scales.push_back(0.002F + 0.0001F * static_cast<float>(o % 7));
  }
  if (is_byte(t.residual)) residual_scale.scales = {0.03F};
  x_scale.zero_point = t.x_zero;
  residual_scale.zero_point = t.residual_zero;
  run.inputs.push_back({values(t.x, {c.batch, c.in, c.height, c.width}, 1), x_scale});
  run.inputs.push_back({values(t.weights, {c.out, c.in / c.groups, c.kernel_h, c.kernel_w}, 2), w_scale, {}, true});
  run.inputs.push_back({values(DType::f32, {c.out}, 3), {}, {}, true});
  if (t.residual != DType::boolean) run.inputs.push_back({values(t.residual, y, 4), residual_scale});
  run.attributes = {{"strides", c.strides},
                    {"pads", c.pads},
                    {"dilations", c.dilations},
                    {"groups", c.groups},
                    {"activation", activation}};
  if (*t.out != '\0') run.attributes.set("out_dtype", std::string(t.out));
  if (std::string(t.out) == "u8" || std::string(t.out) == "i8") {
    run.attributes.set("out_scale", 0.02 * 0.002 * 80 * std::sqrt(static_cast<double>(depth)));
    run.attributes.set("out_zero_point", std::int64_t{t.out_zero});
  }
  if (activation == "clamp") {
    run.attributes.set("alpha", -0.5);
    run.attributes.set("beta", 1.5);
  }
  return run;
}

class AgreeConv2d : public ::testing::TestWithParam<std::tuple<ConvCase, TypeCase>> {};

TEST_P(AgreeConv2d, WithReference) {
  const auto& [shape, types] = GetParam();
  // Four times: the sums grow well past the values around 1 that the tolerance is stated for.
  const std::int64_t summands = 4 * shape.in / shape.groups * shape.kernel_h * shape.kernel_w;
  const Agreed agreed = expect_agreement(OpKind::conv2d, run_of(shape, types, "relu"), summands);
  for (const std::string& name : agreed) RecordProperty(name, 1);
}

INSTANTIATE_TEST_SUITE_P(All, AgreeConv2d, ::testing::Combine(::testing::ValuesIn(kCases), ::testing::ValuesIn(kTypes)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param).name;
                         });

TEST(AgreeConv2dActivations, WithReference) {
  const ConvCase shape{"small", 1, 8, 6, 6, 24, 3, 3, {1, 1}, {1, 1, 1, 1}};
  for (const char* activation : {"", "relu", "relu6", "clamp", "hardswish", "hardsigmoid", "silu", "gelu", "sigmoid",
                                 "tanh", "leaky_relu", "elu"}) {
    SCOPED_TRACE(activation);
    for (const TypeCase& types : kTypes) {
      SCOPED_TRACE(types.name);
      expect_agreement(OpKind::conv2d, run_of(shape, types, activation), 72);
    }
  }
}

TEST(AgreeConv2dActivations, WithTheirSettings) {
  const ConvCase shape{"small", 1, 8, 6, 6, 24, 3, 3, {1, 1}, {1, 1, 1, 1}};
  const std::pair<const char*, Attributes> cases[] = {{"gelu", {{"approximate", "tanh"}}},
                                                      {"leaky_relu", {{"alpha", 0.3}}},
                                                      {"leaky_relu", {{"alpha", 0}}},
                                                      {"elu", {{"alpha", 0.5}}},
                                                      {"hardsigmoid", {{"alpha", 0.3}, {"beta", 0.4}}}};
  for (const auto& [activation, settings] : cases) {
    for (const TypeCase& types : kTypes) {
      SCOPED_TRACE(fmt::format("{} {}", activation, types.name));
      KernelRun run = run_of(shape, types, activation);
      for (const auto& [name, value] : settings.items()) run.attributes.set(name, value);
      expect_agreement(OpKind::conv2d, run, 72);
    }
  }
}

// Steps that 32 bits cannot hold are cut at the bounds of the type like all others.
TEST(AgreeConv2dBytes, WithReferenceWhereStepsAreTiny) {
  const ConvCase shapes[] = {{"small", 1, 8, 6, 6, 24, 3, 3, {1, 1}, {1, 1, 1, 1}},
                             {"pointwise", 1, 16, 5, 7, 80, 1, 1},
                             {"depthwise", 1, 70, 6, 9, 70, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 70}};
  for (const ConvCase& shape : shapes) {
    for (const TypeCase& types : kTypes) {
      if (std::string(types.out) != "u8" && std::string(types.out) != "i8") continue;
      for (const double scale : {1e-4, 1e-12}) {
        SCOPED_TRACE(fmt::format("{} {} {}", shape.name, types.name, scale));
        KernelRun run = run_of(shape, types, "");
        run.attributes.set("out_scale", scale);
        expect_agreement(OpKind::conv2d, run, 72);
      }
    }
  }
}

// The largest and smallest products there are, in every mix of signs within a pair and a step: nothing on the way to
// the sum may be cut. Whole numbers below 2^24 are exact in f32.
TEST(AgreeConv2dBytes, AreSummedExactlyAtTheEndsOfTheirRange) {
  const ConvCase shape{"ends", 1, 64, 3, 5, 24, 1, 1};
  for (const int zero_point : {0, 255}) {
    const TypeCase types{"u8_f32", DType::u8, DType::i8, "", DType::boolean, zero_point};
    KernelRun run = run_of(shape, types, "");
    run.inputs[0].quantization.scales = {1.0F};
    run.inputs[1].quantization.scales.assign(24, 1.0F);
    for (float& bias : run.inputs[2].tensor.as_mutable<float>()) bias = 0;
    const auto x = run.inputs[0].tensor.as_mutable<std::uint8_t>();
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 15 == 7 ? 0 : 255;  // one pixel of 0, the others of 255
    const auto weights = run.inputs[1].tensor.as_mutable<std::int8_t>();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::size_t channel = i / 64;
      const bool is_negative = channel % 3 == 0 || (channel % 3 == 1 && i % 2 == 0);
      weights[i] = is_negative ? std::int8_t{-128} : std::int8_t{127};
    }
    int served = 0;
    for (const KernelEntry& entry : cpu_kernels()) {
      if (entry.op != OpKind::conv2d) continue;
      for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
      run.output_layout = Layout::nhwc;
      run.isa = select_isa(environment("RHEO_MAX_ISA")).value();
      const auto outcome = run_kernel(entry, run);
      if (!outcome.ok()) continue;
      ++served;
      const auto y = outcome->outputs[0].as<float>();
      for (std::size_t channel = 0; channel < 24; ++channel) {
        const int pair = channel % 3 == 0 ? -256 : channel % 3 == 1 ? -1 : 254;
        for (std::size_t pixel = 0; pixel < 15; ++pixel) {
          const int value = (pixel == 7 ? 0 : 255) - zero_point;
          EXPECT_EQ(y[channel * 15 + pixel], static_cast<float>(32 * pair * value)) << entry.name << " " << zero_point;
        }
      }
    }
    EXPECT_GT(served, 0);
  }
}

// Falling back to slow code must be seen: what the kernels of a shape call themselves is part of the contract.
TEST(Conv2dKernels, NeverNameAReferenceImplementation) {
  for (const ConvCase& shape : kCases) {
    for (const std::string& name : expect_agreement(OpKind::conv2d, run_of(shape, kTypes[0], ""), 8192)) {
      EXPECT_EQ(name.find(" ref"), std::string::npos) << shape.name << ": " << name;
      EXPECT_TRUE(name.find(" own:") != std::string::npos || name.starts_with("dnnl.")) << shape.name << ": " << name;
    }
  }
}

TEST(Conv2dKernels, RefuseWhatOneDnnWouldRunBeyondTheCap) {
  if (select_isa(environment("RHEO_MAX_ISA")).value() < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  KernelRun run = run_of(kCases[8], kTypes[0], "relu");
  run.isa = Isa::portable;
  for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
  run.output_layout = Layout::nhwc;
  const auto outcome = run_kernel(entry_of(cpu_kernels(), "dnnl.conv2d"), run);
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.status().message().find("ONEDNN_MAX_CPU_ISA"), std::string::npos) << outcome.status().message();
}

// Which kernels serve what they are for. Without this a oneDNN that refuses everything would pass all tests.
TEST(Conv2dKernels, ServeTheShapesTheyAreFor) {
  const Isa isa = select_isa(environment("RHEO_MAX_ISA")).value();
  if (isa < Isa::avx512) GTEST_SKIP() << "Only " << name_of(isa) << " is allowed here.";
  struct Case {
    const char* entry;
    ConvCase shape;
    Layout layout;
    std::vector<std::string> implementations;  // that may run: beginnings of their names
  };
  const Integers ones{1, 1}, padded{1, 1, 1, 1};
  const ConvCase square{"square", 1, 64, 14, 14, 64, 3, 3, ones, padded};
  const ConvCase small_square{"small_square", 1, 64, 7, 7, 64, 3, 3, ones, padded};
  const ConvCase pointwise{"pointwise", 1, 64, 7, 7, 128, 1, 1};
  const ConvCase strided{"strided", 1, 64, 14, 14, 64, 3, 3, {2, 2}, padded};
  const ConvCase rgb{"rgb", 1, 3, 15, 13, 24, 3, 3, {2, 2}, padded};
  const ConvCase grouped{"grouped", 1, 32, 8, 8, 64, 3, 3, ones, padded, ones, 2};
  const ConvCase depthwise{"depthwise", 1, 32, 14, 14, 32, 3, 3, ones, padded, ones, 32};
  const std::vector<std::string> fast{"jit", "brg", "brdgmm"};
  for (const Case& c :
       {Case{"own.conv2d.winograd", square, Layout::nhwc, {"own:avx512_winograd4"}},
        Case{"own.conv2d.winograd", small_square, Layout::nhwc, {"own:avx512_winograd2"}},
        Case{"dnnl.conv2d.winograd", square, Layout::nchw16c, {"jit"}},
        Case{"dnnl.conv2d.depthwise", depthwise, Layout::nhwc, fast},
        Case{"dnnl.conv2d.depthwise", depthwise, Layout::nchw16c, fast},
        Case{"own.conv2d.depthwise", depthwise, Layout::nhwc, {"own:avx512"}},
        Case{"own.conv2d.depthwise.f32", depthwise, Layout::nhwc, {"own:avx512"}},
        Case{"dnnl.conv2d", square, Layout::nhwc, fast}, Case{"dnnl.conv2d", pointwise, Layout::nhwc, fast},
        Case{"dnnl.conv2d", strided, Layout::nhwc, fast}, Case{"dnnl.conv2d", rgb, Layout::nhwc, fast},
        Case{"dnnl.conv2d", grouped, Layout::nhwc, fast}, Case{"dnnl.conv2d", square, Layout::nchw16c, fast},
        Case{"own.conv2d.pointwise", pointwise, Layout::nhwc, {"own:avx512"}},
        Case{"own.conv2d", square, Layout::nhwc, {"own:avx512"}}}) {
    KernelRun run = run_of(c.shape, kTypes[0], "");
    run.isa = isa;
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : c.layout;
    run.output_layout = c.layout;
    const auto outcome = run_kernel(entry_of(cpu_kernels(), c.entry), run);
    const std::string what = fmt::format("{}, {} in {}", c.entry, c.shape.name, name_of(c.layout));
    // Capped below what oneDNN would use, which is another test's matter.
    if (!outcome.ok() && outcome.status().message().find("ONEDNN_MAX_CPU_ISA") != std::string::npos) continue;
    ASSERT_TRUE(outcome.ok()) << what << ": " << outcome.status().message();
    EXPECT_TRUE(std::any_of(c.implementations.begin(), c.implementations.end(),
                            [&](const std::string& name) { return outcome->implementation.starts_with(name); }))
        << what << " runs " << outcome->implementation;
  }
}

TEST(Conv2dKernels, OwnLoopsServeDeepSumsOnAvx2Alone) {
  const Isa host = select_isa(environment("RHEO_MAX_ISA")).value();
  const auto outcome_of = [](const ConvCase& shape, Isa isa) {
    KernelRun run = run_of(shape, kTypes[0], "relu");
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
    run.output_layout = Layout::nhwc;
    run.isa = isa;
    return run_kernel(entry_of(cpu_kernels(), "own.conv2d.deep"), run);
  };
  const ConvCase strided{"strided", 1, 64, 14, 14, 64, 3, 3, {2, 2}, {1, 1, 1, 1}};
  const ConvCase colours{"colours", 1, 3, 14, 14, 64, 3, 3, {2, 2}, {1, 1, 1, 1}};
  const ConvCase narrow{"narrow", 1, 64, 14, 14, 8, 3, 3};
  EXPECT_FALSE(outcome_of(strided, Isa::portable).ok());
  if (host < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  const auto served = outcome_of(strided, Isa::avx2);
  ASSERT_TRUE(served.ok()) << served.status().message();
  EXPECT_EQ(served->implementation, "own:avx2");
  EXPECT_FALSE(outcome_of(colours, Isa::avx2).ok());
  EXPECT_FALSE(outcome_of(narrow, Isa::avx2).ok());
  EXPECT_EQ(outcome_of(strided, host).ok(), host == Isa::avx2);
}

// bf16 has instructions of its own from AVX512-BF16 on.
TEST(Conv2dKernels, OfOneDnnServeBf16) {
  if (select_isa(environment("RHEO_MAX_ISA")).value() < Isa::avx512_vnni_bf16) GTEST_SKIP() << "No AVX512-BF16 here.";
  for (const ConvCase& shape : {kCases[8], kCases[14]}) {
    KernelRun run = run_of(shape, kTypes[1], "");
    run.isa = Isa::avx512_vnni_bf16;
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
    run.output_layout = Layout::nhwc;
    const auto outcome = run_kernel(entry_of(cpu_kernels(), "dnnl.conv2d"), run);
    ASSERT_TRUE(outcome.ok()) << shape.name << ": " << outcome.status().message();
    EXPECT_TRUE(outcome->implementation.starts_with("jit") || outcome->implementation.starts_with("br"))
        << shape.name << " runs " << outcome->implementation;
  }
}

TEST(Conv2dKernels, OwnWinogradLeavesSmallPicturesOfBf16ToDirectProducts) {
  if (select_isa(environment("RHEO_MAX_ISA")).value() < Isa::avx512_vnni_bf16) GTEST_SKIP() << "No AVX512-BF16 here.";
  const auto is_served = [](std::int64_t channels, std::int64_t size) {
    const ConvCase shape{"square", 1, channels, size, size, 64, 3, 3, {1, 1}, {1, 1, 1, 1}};
    KernelRun run = run_of(shape, kTypes[1], "relu");
    run.isa = Isa::avx512_vnni_bf16;
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
    run.output_layout = Layout::nhwc;
    return run_kernel(entry_of(cpu_kernels(), "own.conv2d.winograd"), run).ok();
  };
  EXPECT_TRUE(is_served(64, 14));
  EXPECT_FALSE(is_served(64, 7));
  EXPECT_FALSE(is_served(256, 14));
}

// The planner takes the first that accepts, so a kernel must refuse where it can only lose or would be wrong.
TEST(Conv2dKernels, OwnWinogradRefusesWhatItCannotServeOrOnlySlowly) {
  const auto outcome_of = [](const ConvCase& shape, const TypeCase& types) {
    KernelRun run = run_of(shape, types, "relu");
    for (KernelInput& input : run.inputs) input.layout = input.is_constant ? Layout::plain : Layout::nhwc;
    run.output_layout = Layout::nhwc;
    return run_kernel(entry_of(cpu_kernels(), "own.conv2d.winograd"), run);
  };
  const Integers ones{1, 1}, padded{1, 1, 1, 1};
  EXPECT_TRUE(outcome_of({"served", 1, 32, 7, 7, 16, 3, 3, ones, padded}, kTypes[0]).ok());
  const std::pair<ConvCase, TypeCase> refused[] = {
      {{"mixed", 1, 32, 7, 7, 16, 3, 3, ones, padded}, kTypes[2]},
      {{"strided", 1, 32, 7, 7, 16, 3, 3, {2, 1}, padded}, kTypes[0]},
      {{"dilated", 1, 32, 7, 7, 16, 3, 3, ones, padded, {1, 2}}, kTypes[0]},
      {{"kernel", 1, 32, 7, 7, 16, 3, 1, ones, padded}, kTypes[0]},
      {{"grouped", 1, 32, 7, 7, 32, 3, 3, ones, padded, ones, 2}, kTypes[0]},
      {{"channels", 1, 32, 7, 7, 24, 3, 3, ones, padded}, kTypes[0]},
      {{"small", 1, 32, 1, 1, 16, 3, 3, ones, padded}, kTypes[0]},
  };
  for (const auto& [shape, types] : refused) {
    const auto outcome = outcome_of(shape, types);
    ASSERT_FALSE(outcome.ok()) << shape.name;
    EXPECT_EQ(outcome.status().code(), StatusCode::unsupported) << shape.name;
  }
}

TEST(Conv2dKernels, RefuseWeightsThatAreNoConstant) {
  KernelRun run = run_of(kCases[3], kTypes[0], "");
  run.inputs[1].is_constant = false;
  run.inputs[1].layout = Layout::plain;
  for (const KernelEntry& entry : cpu_kernels()) {
    if (entry.op != OpKind::conv2d) continue;
    const auto outcome = run_kernel(entry, run);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.status().code(), StatusCode::unsupported) << outcome.status().message();
  }
}

}  // namespace
}  // namespace rheo::testing
