// SPDX-License-Identifier: Apache-2.0
// All other ops of the CPU backend against the reference: linear, pools, unary, arithmetic, conversions and layouts.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

const Shape kPictures[] = {{1, 1, 1, 1}, {1, 16, 7, 7}, {2, 19, 5, 3}, {1, 3, 17, 33}, {3, 64, 4, 4}};
const DType kNumeric[] = {DType::f32, DType::bf16, DType::u8, DType::i8};

bool is_byte(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

KernelInput input_of(DType dtype, const Shape& shape, std::uint64_t seed = 7) {
  if (dtype == DType::u8) return {random_tensor_of(dtype, shape, seed, 0, 255), {{0.05F}, 0}};
  if (dtype == DType::i8) return {random_tensor_of(dtype, shape, seed, -127, 127), {{0.05F}, 0}};
  return {random_tensor_of(dtype, shape, seed, -4, 4)};
}

TEST(AgreeLinear, WithReference) {
  struct Case {
    Shape x;
    std::int64_t out;
  };
  for (const Case& c : {Case{{1, 1}, 1}, Case{{1, 128}, 10}, Case{{1, 576}, 10}, Case{{7, 33}, 70},
                        Case{{2, 3, 64}, 64}, Case{{5, 257}, 129}}) {
    const std::int64_t depth = c.x[c.x.rank() - 1];
    for (DType dtype : kNumeric) {
      KernelRun run;
      const bool bytes = is_byte(dtype);
      run.inputs = {input_of(dtype, c.x)};
      run.inputs.push_back(input_of(bytes ? DType::i8 : dtype, {c.out, depth}, 8));
      if (bytes) run.inputs[1].quantization.scales.assign(static_cast<std::size_t>(c.out), 0.01F);
      run.inputs[1].is_constant = true;
      run.inputs.push_back({random_tensor_of(DType::f32, {c.out}, 9), {}, {}, true});
      SCOPED_TRACE(fmt::format("{} {} -> {}", name_of(dtype), c.x.to_string(), c.out));
      expect_agreement(OpKind::linear, run, 16 * depth);
      run.attributes = {{"activation", "gelu"}};
      expect_agreement(OpKind::linear, run, 16 * depth);
      if (!bytes) continue;
      run.attributes = {{"out_dtype", "u8"}, {"out_scale", 0.5}};
      expect_agreement(OpKind::linear, run, depth);
    }
  }
}

// 255 * 127 * 66,304 is the last that 32 bits hold; from there on the products go to loops that hold more.
TEST(AgreeLinear, OfSumsThatPass32Bits) {
  struct Case {
    std::int64_t depth;
    DType dtype;
    bool is_wide;
  };
  for (const Case& c : {Case{66'304, DType::u8, false}, Case{70'001, DType::u8, true}, Case{70'001, DType::i8, true}}) {
    SCOPED_TRACE(fmt::format("{} {}", c.depth, name_of(c.dtype)));
    const auto depth = static_cast<std::size_t>(c.depth);
    std::vector<double> weights(3 * depth);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = i < depth ? 127 : i < 2 * depth ? -127 : i % 2 == 0 ? 127 : -127;
    }
    std::vector<double> x(2 * depth, c.dtype == DType::u8 ? 255 : -128);
    for (std::size_t i = depth; i < x.size(); ++i) x[i] = static_cast<double>(i % 120);
    KernelRun run;
    run.inputs.push_back({tensor_of(c.dtype, {2, c.depth}, x), {{0.05F}, 0}});
    run.inputs.push_back({tensor_of(DType::i8, {3, c.depth}, weights), {{0.01F}, 0}, {}, true});
    // What is multiplied in f32 without being wide rounds each sum beyond 2^24: by 2^-15 of the largest at most.
    const Compare compare = [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
      const bool is_exact =
          outcome.implementation.ends_with("_wide") || outcome.implementation.find("_vnni") != std::string::npos;
      constexpr double kLargest = 0x1p31 * 0.05 * 0.01;
      return is_close(outcome.outputs[0], expected,
                      Tolerance{.absolute = is_exact ? 1e-3 : kLargest * 0x1p-15, .relative = 0x1p-22});
    };
    const Agreed agreed = expect_agreement(OpKind::linear, run, compare);
    for (const std::string& name : agreed) EXPECT_EQ(name.ends_with("_wide"), c.is_wide) << name;
  }
}

TEST(AgreePools, WithReference) {
  for (const Shape& shape : {Shape{1, 64, 7, 7}, Shape{2, 19, 9, 6}, Shape{1, 1, 5, 5}}) {
    for (DType dtype : kNumeric) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), shape.to_string()));
      KernelRun run{.inputs = {input_of(dtype, shape)}};
      expect_agreement(OpKind::global_avg_pool, run, 49);
      run.attributes = {{"output_size", Integers{3, 2}}};
      expect_agreement(OpKind::adaptive_avg_pool2d, run, 16);
      run.attributes = {{"kernel", Integers{3, 3}}, {"strides", Integers{2, 2}}};
      expect_agreement(OpKind::avg_pool2d, run, 9);
      expect_agreement(OpKind::max_pool2d, run);
      run.attributes = {
          {"kernel", Integers{3, 2}}, {"strides", Integers{2, 1}}, {"pads", Integers{1, 0, 1, 1}}, {"ceil_mode", 1}};
      expect_agreement(OpKind::avg_pool2d, run, 9);
      expect_agreement(OpKind::max_pool2d, run);
      run.attributes.set("count_include_pad", std::int64_t{0});
      expect_agreement(OpKind::avg_pool2d, run, 9);
    }
  }
}

TEST(AgreeUnary, WithReference) {
  for (OpKind op : {OpKind::relu, OpKind::relu6, OpKind::hardswish, OpKind::hardsigmoid, OpKind::silu, OpKind::gelu,
                    OpKind::sigmoid, OpKind::tanh, OpKind::clamp}) {
    const bool bytes_too = op == OpKind::relu || op == OpKind::relu6 || op == OpKind::clamp;
    for (DType dtype : kNumeric) {
      if (is_byte(dtype) && !bytes_too) continue;
      for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{2, 19, 5, 3}, Shape{1, 32, 4, 4}, Shape{1009}}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), name_of(dtype), shape.to_string()));
        KernelRun run{.inputs = {input_of(dtype, shape)}};
        if (op == OpKind::clamp) run.attributes = {{"min", -1.0}, {"max", 2.0}};
        expect_agreement(op, run, 16);
      }
    }
  }
}

TEST(AgreeArithmetic, WithReference) {
  struct Case {
    Shape a, b;
  };
  for (OpKind op : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div}) {
    for (const Case& c : {Case{{2, 19, 5, 3}, {2, 19, 5, 3}}, Case{{2, 19, 5, 3}, {19, 1, 1}}, Case{{1, 32, 4, 4}, {1}},
                          Case{{1, 32, 4, 4}, {1, 32, 1, 1}}, Case{{3, 1, 7}, {1, 5, 7}}, Case{{5, 1}, {1, 5}},
                          Case{{7, 64}, {64}}, Case{{1}, {1009}}, Case{{}, {}}}) {
      for (DType dtype : {DType::f32, DType::bf16}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), c.a.to_string(), c.b.to_string()));
        KernelRun run{.inputs = {input_of(dtype, c.a, 1), {random_tensor_of(dtype, c.b, 2, 1, 2)}}};
        expect_agreement(op, run, 4);
      }
    }
  }
}

TEST(AgreeConversions, WithReference) {
  for (const Shape& shape : kPictures) {
    SCOPED_TRACE(shape.to_string());
    for (DType dtype : kNumeric) expect_agreement(OpKind::reorder, {.inputs = {input_of(dtype, shape)}});
    for (DType dtype : {DType::f32, DType::bf16}) {
      KernelRun run{.inputs = {input_of(dtype, shape)}};
      for (const char* target : {"u8", "i8"}) {
        run.attributes = {{"dtype", target}, {"scale", 0.02}};
        expect_agreement(OpKind::quantize, run);
      }
      for (const char* target : {"f32", "bf16"}) {
        run.attributes = {{"dtype", target}};
        expect_agreement(OpKind::cast, run);
      }
    }
    for (DType dtype : {DType::u8, DType::i8}) {
      for (const char* target : {"f32", "bf16"}) {
        expect_agreement(OpKind::dequantize, {.attributes = {{"dtype", target}}, .inputs = {input_of(dtype, shape)}});
      }
    }
  }
}

// Models that come quantised bring zero points, and what reads or makes such values must take them off or add them.
TEST(AgreeZeroPoints, WithReference) {
  for (const Shape& shape : kPictures) {
    SCOPED_TRACE(shape.to_string());
    for (const auto& [dtype, zero_point] :
         {std::pair(DType::u8, 113), std::pair(DType::u8, 255), std::pair(DType::i8, -7)}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), zero_point));
      KernelInput stored = input_of(dtype, shape);
      stored.quantization = {{0.02F}, 0, zero_point};
      expect_agreement(OpKind::dequantize, {.attributes = {{"dtype", "f32"}}, .inputs = {stored}});
      expect_agreement(OpKind::global_avg_pool, {.inputs = {stored}}, 8);
      expect_agreement(OpKind::reorder, {.inputs = {stored}});
      expect_agreement(OpKind::pad,
                       {.attributes = {{"pads", std::vector<std::int64_t>{0, 0, 1, 2, 0, 0, 2, 1}}, {"value", 0.5}},
                        .inputs = {stored}});
      const Attributes form = {{"dtype", std::string(name_of(dtype))}, {"scale", 0.02}, {"zero_point", zero_point}};
      for (const DType real : {DType::f32, DType::bf16}) {
        expect_agreement(OpKind::quantize, {.attributes = form, .inputs = {input_of(real, shape)}});
      }
    }
  }
}

TEST(AgreeReshape, WithReference) {
  for (DType dtype : kNumeric) {
    KernelRun run{.inputs = {input_of(dtype, {2, 3, 4, 5})}};
    expect_agreement(OpKind::flatten, run);
    run.attributes = {{"shape", Integers{6, -1}}};
    expect_agreement(OpKind::reshape, run);
  }
}

}  // namespace
}  // namespace rheo::testing
