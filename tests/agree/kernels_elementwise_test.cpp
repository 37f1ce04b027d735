// SPDX-License-Identifier: Apache-2.0
// Element-wise ops of the CPU backend against the reference: functions, arithmetic of floats and integers, comparisons,
// logic and choice. Tests kernels/cpu: function, library_function, integer_unary, classify, arithmetic, pow,
// comparison, logical, where, broadcast and the loops of lanes/element_loops.h.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const DType kFloats[] = {DType::f32, DType::bf16};
const DType kIntegers[] = {DType::i32, DType::i64};
const DType kAll[] = {DType::f32, DType::bf16, DType::f16, DType::i8,
                      DType::u8,  DType::i32,  DType::i64, DType::boolean};

// Vectors and none of them, odd rests, pictures with whole and part-filled blocks.
const Shape kShapes[] = {{1, 1, 1, 1}, {2, 19, 5, 3}, {1, 32, 4, 4}, {1009}, {}, {16}};

struct Pair {
  Shape a, b;
};
const Pair kPairs[] = {{{2, 19, 5, 3}, {2, 19, 5, 3}},
                       {{2, 19, 5, 3}, {19, 1, 1}},
                       {{1, 32, 4, 4}, {1}},
                       {{1, 32, 4, 4}, {1, 32, 1, 1}},
                       {{1}, {2, 17, 3, 3}},
                       {{3, 1, 7}, {1, 5, 7}},
                       {{5, 1}, {1, 5}},
                       {{7, 64}, {64}},
                       {{1}, {1009}},
                       {{}, {}}};

const std::vector<double> kSpecial = {
    kNan, kInfinity, -kInfinity, 3e38, -3e38, 1e30, -1e30, 8388609.5, -8388607.5, 100,    -100, 88.5, -88.5,
    87.2, -87.2,     20.5,       20,   -20,   3,    -3,    2.5,       -2.5,       2,      1.5,  -1.5, 1,
    -1,   0.5,       -0.5,       0.35, -0.35, 0.7,  1e-6,  -1e-6,     1e-40,      -1e-40, -0.0, 0};

Tensor special_values(DType dtype, const Shape& shape) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    values.push_back(kSpecial[static_cast<std::size_t>(i) % kSpecial.size()]);
  }
  return tensor_of(dtype, shape, values);
}

struct Function {
  OpKind op;
  double low, high;  // where its arguments are taken from
};
const Function kFunctions[] = {{OpKind::leaky_relu, -4, 4}, {OpKind::elu, -4, 4},
                               {OpKind::celu, -4, 4},       {OpKind::selu, -4, 4},
                               {OpKind::softplus, -4, 4},   {OpKind::softsign, -4, 4},
                               {OpKind::mish, -4, 4},       {OpKind::thresholded_relu, -4, 4},
                               {OpKind::neg, -4, 4},        {OpKind::abs, -4, 4},
                               {OpKind::sign, -4, 4},       {OpKind::exp, -4, 4},
                               {OpKind::log, 0, 4},         {OpKind::sqrt, 0, 4},
                               {OpKind::reciprocal, 1, 4},  {OpKind::erf, -3, 3},
                               {OpKind::floor, -9, 9},      {OpKind::ceil, -9, 9},
                               {OpKind::round, -9, 9},      {OpKind::sin, -9, 9},
                               {OpKind::cos, -9, 9},        {OpKind::tan, -1, 1},
                               {OpKind::asin, -1, 1},       {OpKind::acos, -1, 1},
                               {OpKind::atan, -9, 9},       {OpKind::sinh, -3, 3},
                               {OpKind::cosh, -3, 3},       {OpKind::asinh, -3, 3},
                               {OpKind::acosh, 1, 4},       {OpKind::atanh, -0.9, 0.9}};

TEST(AgreeFunctions, WithReference) {
  for (const Function& f : kFunctions) {
    for (DType dtype : kFloats) {
      for (const Shape& shape : kShapes) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(f.op), name_of(dtype), shape.to_string()));
        expect_agreement(f.op, {.inputs = {{random_tensor_of(dtype, shape, 7, f.low, f.high)}}}, 16);
      }
    }
  }
}

TEST(AgreeFunctions, OnSpecialValues) {
  for (const Function& f : kFunctions) {
    for (DType dtype : kFloats) {
      for (const Shape& shape : {Shape{static_cast<std::int64_t>(kSpecial.size())}, Shape{1, 16, 3, 3}}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(f.op), name_of(dtype), shape.to_string()));
        expect_agreement(f.op, {.inputs = {{special_values(dtype, shape)}}}, 16);
      }
    }
  }
}

TEST(AgreeFunctions, WithTheirAttributes) {
  struct Case {
    OpKind op;
    Attributes attributes;
  };
  for (const Case& c :
       {Case{OpKind::hardsigmoid, {{"alpha", 0.2}, {"beta", 0.6}}},
        Case{OpKind::hardsigmoid, {{"alpha", 0.16666667163372}}}, Case{OpKind::gelu, {{"approximate", "tanh"}}},
        Case{OpKind::leaky_relu, {{"alpha", 0.25}}}, Case{OpKind::leaky_relu, {{"alpha", 0}}},
        Case{OpKind::elu, {{"alpha", 0.5}}}, Case{OpKind::celu, {{"alpha", 0.5}}}, Case{OpKind::celu, {{"alpha", -2}}},
        Case{OpKind::selu, {{"alpha", 2}, {"gamma", 0.5}}}, Case{OpKind::thresholded_relu, {{"alpha", -0.5}}}}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(c.op), name_of(dtype)));
      expect_agreement(c.op, {.attributes = c.attributes, .inputs = {{special_values(dtype, {1, 19, 3, 3})}}}, 16);
      expect_agreement(c.op, {.attributes = c.attributes, .inputs = {{random_tensor_of(dtype, {301}, 7, -4, 4)}}}, 16);
    }
  }
}

TEST(AgreeFunctions, OfIntegers) {
  for (DType dtype : kIntegers) {
    const double lowest = dtype == DType::i32 ? -0x1p31 : -0x1p63;
    for (const Shape& shape : {Shape{2, 19, 5, 3}, Shape{1009}, Shape{}}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), shape.to_string()));
      std::vector<double> values = values_of(random_tensor_of(dtype, shape, 7, -9, 9));
      values[0] = lowest;
      const KernelRun run{.inputs = {{tensor_of(dtype, shape, values)}}};
      for (OpKind op : {OpKind::neg, OpKind::abs, OpKind::sign, OpKind::clamp}) expect_agreement(op, run);
      expect_agreement(OpKind::clamp, {.attributes = {{"min", -3.5}, {"max", 4.5}}, .inputs = run.inputs});
      expect_agreement(OpKind::clamp, {.attributes = {{"min", 2}}, .inputs = run.inputs});
    }
  }
}

TEST(AgreeClassify, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape : {Shape{1, 19, 3, 3}, Shape{1009}}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), shape.to_string()));
      const KernelRun run{.inputs = {{special_values(dtype, shape)}}};
      expect_agreement(OpKind::is_nan, run);
      expect_agreement(OpKind::is_inf, run);
      expect_agreement(OpKind::is_inf, {.attributes = {{"detect_negative", 0}}, .inputs = run.inputs});
      expect_agreement(OpKind::is_inf, {.attributes = {{"detect_positive", 0}}, .inputs = run.inputs});
    }
  }
}

TEST(AgreePairs, OfFloats) {
  for (OpKind op : {OpKind::min, OpKind::max, OpKind::mod, OpKind::pow, OpKind::prelu}) {
    for (const Pair& pair : kPairs) {
      if (op == OpKind::prelu && pair.a.elements() < pair.b.elements()) continue;
      if (op == OpKind::prelu && (pair.a == Shape{5, 1} || pair.a == Shape{3, 1, 7})) continue;
      for (DType dtype : kFloats) {
        SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(op), name_of(dtype), pair.a.to_string(), pair.b.to_string()));
        const double low = op == OpKind::pow ? 0.1 : -4;
        expect_agreement(
            op, {.inputs = {{random_tensor_of(dtype, pair.a, 1, low, 4)}, {random_tensor_of(dtype, pair.b, 2, 1, 2)}}},
            4);
      }
    }
  }
}

TEST(AgreePairs, OfFloatsOnSpecialValues) {
  const auto count = static_cast<std::int64_t>(kSpecial.size());
  for (OpKind op : {OpKind::min, OpKind::max, OpKind::mod, OpKind::pow}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(op), name_of(dtype)));
      KernelRun run{.inputs = {{special_values(dtype, {count, 1})}, {special_values(dtype, {1, count})}}};
      expect_agreement(op, run, 4);
      run.inputs = {{special_values(dtype, {1, count})}, {special_values(dtype, {count, 1})}};
      expect_agreement(op, run, 4);
      run.attributes = {{"fmod", 1}};
      if (op == OpKind::mod) expect_agreement(op, run, 4);
    }
  }
}

TEST(AgreePairs, PowersOfOneExponent) {
  for (double exponent : {0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.0, 2.5, 7.0}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", exponent, name_of(dtype)));
      const Tensor base = special_values(dtype, {2, 33});
      expect_agreement(OpKind::pow, {.inputs = {{base}, {tensor_of(dtype, {1}, {exponent})}}}, 4);
      if (exponent != std::floor(exponent)) continue;
      for (DType whole : kIntegers) {
        expect_agreement(OpKind::pow, {.inputs = {{base}, {tensor_of(whole, {}, {exponent})}}}, 4);
        expect_agreement(OpKind::pow, {.inputs = {{base}, {random_tensor_of(whole, {33}, 3, -4, 4)}}}, 4);
      }
    }
  }
  // Odd, and no float.
  const Tensor large = Tensor::of<std::int32_t>({(1 << 24) + 1}, {1}).value();
  expect_agreement(OpKind::pow, {.inputs = {{f32_of({3}, {-1, 1, 0.5})}, {large}}});
}

TEST(AgreePairs, OfIntegers) {
  for (DType dtype : kIntegers) {
    const double lowest = dtype == DType::i32 ? -0x1p31 : -0x1p63;
    for (const Pair& pair : kPairs) {
      std::vector<double> values = values_of(random_tensor_of(dtype, pair.a, 1, -9, 9));
      values[0] = lowest;
      std::vector<double> others = values_of(random_tensor_of(dtype, pair.b, 2, -3, 3));
      others[0] = -1;
      const KernelRun run{.inputs = {{tensor_of(dtype, pair.a, values)}, {tensor_of(dtype, pair.b, others)}}};
      for (OpKind op :
           {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div, OpKind::min, OpKind::max, OpKind::mod, OpKind::pow,
            OpKind::equal, OpKind::greater, OpKind::greater_equal, OpKind::less, OpKind::less_equal}) {
        SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(op), name_of(dtype), pair.a.to_string(), pair.b.to_string()));
        expect_agreement(op, run);
      }
      expect_agreement(OpKind::mod, {.attributes = {{"fmod", 1}}, .inputs = run.inputs});
    }
  }
}

TEST(AgreePairs, ComparisonsOfFloats) {
  const auto count = static_cast<std::int64_t>(kSpecial.size());
  for (OpKind op : {OpKind::equal, OpKind::greater, OpKind::greater_equal, OpKind::less, OpKind::less_equal}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(op), name_of(dtype)));
      expect_agreement(op, {.inputs = {{special_values(dtype, {count, 1})}, {special_values(dtype, {count})}}});
      for (const Pair& pair : kPairs) {
        expect_agreement(op, {.inputs = {{random_tensor_of(dtype, pair.a, 1)}, {random_tensor_of(dtype, pair.b, 2)}}});
      }
    }
  }
}

TEST(AgreePairs, OfBool) {
  for (const Pair& pair : kPairs) {
    const KernelRun run{.inputs = {{random_tensor_of(DType::boolean, pair.a, 1, 0, 1)},
                                   {random_tensor_of(DType::boolean, pair.b, 2, 0, 1)}}};
    for (OpKind op : {OpKind::logical_and, OpKind::logical_or, OpKind::logical_xor, OpKind::equal}) {
      SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), pair.a.to_string(), pair.b.to_string()));
      expect_agreement(op, run);
    }
    expect_agreement(OpKind::logical_not, {.inputs = {run.inputs[0]}});
  }
}

TEST(AgreeWhere, WithReference) {
  for (const Pair& pair : kPairs) {
    for (DType dtype : kAll) {
      SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), pair.a.to_string(), pair.b.to_string()));
      const KernelInput condition{random_tensor_of(DType::boolean, pair.a, 1, 0, 1)};
      const KernelInput other{random_tensor_of(DType::boolean, pair.b, 1, 0, 1)};
      const KernelInput a{random_tensor_of(dtype, pair.a, 2, 0, 9)};
      const KernelInput b{random_tensor_of(dtype, pair.b, 3, 0, 9)};
      expect_agreement(OpKind::where, {.inputs = {condition, a, b}});
      expect_agreement(OpKind::where, {.inputs = {other, b, a}});
      expect_agreement(OpKind::where, {.inputs = {condition, b, b}});
    }
  }
}

TEST(AgreeReorder, OfTypesThatAreNotComputedWith) {
  for (DType dtype : {DType::f16, DType::i32, DType::i64, DType::boolean}) {
    for (const Shape& shape : {Shape{2, 19, 5, 3}, Shape{1, 1, 1, 1}, Shape{2, 0, 3, 3}}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), shape.to_string()));
      expect_agreement(OpKind::reorder, {.inputs = {{random_tensor_of(dtype, shape, 7, 0, 99)}}});
    }
  }
}

// Values without elements, and such that go through more than the 128 KiB from which the kernels split their work.
TEST(AgreeElementwise, OnNoElementsAndOnMany) {
  for (const Shape& shape : {Shape{0}, Shape{2, 0, 5, 3}, Shape{1, 40, 33, 35}}) {
    SCOPED_TRACE(shape.to_string());
    const KernelInput x{random_tensor_of(DType::f32, shape, 7, 0.5, 3)};
    const KernelInput one{f32_of({1}, {1.5})};
    for (OpKind op : {OpKind::exp, OpKind::sin, OpKind::is_nan, OpKind::floor})
      expect_agreement(op, {.inputs = {x}}, 16);
    for (OpKind op : {OpKind::pow, OpKind::min, OpKind::less}) {
      expect_agreement(op, {.inputs = {x, one}}, 4);
      expect_agreement(op, {.inputs = {x, x}}, 4);
    }
    const KernelInput whole{random_tensor_of(DType::i64, shape, 7, -9, 9)};
    expect_agreement(OpKind::abs, {.inputs = {whole}});
    expect_agreement(OpKind::div, {.inputs = {whole, whole}});
    expect_agreement(OpKind::where, {.inputs = {{random_tensor_of(DType::boolean, shape, 7, 0, 1)}, x, one}});
  }
}

}  // namespace
}  // namespace rheo::testing
