// SPDX-License-Identifier: Apache-2.0
// attention of the CPU backend against the reference.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const DType kFloats[] = {DType::f32, DType::bf16};

struct Sizes {
  std::int64_t batch, heads, queries, keys, depth, out_depth;
};

// More than one block of keys, rows that fill no block, and depths that fill no vector.
const Sizes kSizes[] = {{1, 1, 1, 1, 1, 1},     {2, 3, 5, 7, 8, 16},     {1, 2, 25, 33, 13, 19},
                        {1, 1, 49, 300, 16, 5}, {1, 2, 24, 512, 32, 32}, {1, 1, 3, 777, 4, 48}};

KernelRun run_of(DType dtype, const Sizes& sizes, const Attributes& attributes = {}) {
  const auto input = [&](std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    return KernelInput{random_tensor_of(dtype, {sizes.batch, sizes.heads, rows, columns}, seed, -2, 2)};
  };
  return {.attributes = attributes,
          .inputs = {input(sizes.queries, sizes.depth, 1), input(sizes.keys, sizes.depth, 2),
                     input(sizes.keys, sizes.out_depth, 3)}};
}

// An operand of 8 bits: its type and zero point.
struct Form {
  DType dtype;
  int zero_point;
};
const std::vector<std::vector<Form>> kForms = {{{DType::u8, 128}, {DType::u8, 134}, {DType::u8, 118}},
                                               {{DType::i8, 0}, {DType::i8, 0}, {DType::i8, 0}},
                                               {{DType::u8, 0}, {DType::i8, -128}, {DType::u8, 255}},
                                               {{DType::i8, 127}, {DType::u8, 3}, {DType::i8, -7}}};

// What is furthest from the zero point stands for 2 or -2.
Quantization spread(const Form& form) {
  const int lowest = form.dtype == DType::u8 ? 0 : -128;
  const int furthest = std::max(form.zero_point - lowest, lowest + 255 - form.zero_point);
  return {.scales = {2.0F / static_cast<float>(furthest)}, .zero_point = form.zero_point};
}

KernelRun byte_run_of(const std::vector<Form>& forms, const Sizes& sizes, const Attributes& attributes = {}) {
  KernelRun run = run_of(DType::f32, sizes, attributes);
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const double lowest = forms[i].dtype == DType::u8 ? 0 : -128;
    run.inputs[i] = {random_tensor_of(forms[i].dtype, run.inputs[i].tensor.shape(), i + 4, lowest, lowest + 255),
                     spread(forms[i])};
  }
  return run;
}

// Errors of a score come out multiplied by values of up to 2, and the weights sum to 1. Weights that are rounded to
// bf16 before they meet the values add half a step of 2^-8 of each to that.
void expect(const KernelRun& run, const Sizes& sizes) {
  expect_agreement(OpKind::attention, run,
                   [&](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
                     Tolerance tolerance = tolerance_of(outcome.types[0].dtype, 16 * (sizes.depth + 16));
                     if (outcome.implementation.ends_with("_bf16")) tolerance.absolute += 2 * 0x1p-9;
                     return is_close(outcome.outputs[0], expected, tolerance);
                   });
}

TEST(AgreeAttention, WithReference) {
  for (DType dtype : kFloats) {
    for (const Sizes& sizes : kSizes) {
      SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), sizes.queries, sizes.keys));
      expect(run_of(dtype, sizes), sizes);
      expect(run_of(dtype, sizes, {{"scale", 0.25}, {"causal", 1}}), sizes);
    }
  }
}

TEST(AgreeAttention, WithMasks) {
  for (const Sizes& sizes : {Sizes{2, 3, 5, 7, 8, 16}, Sizes{2, 2, 30, 290, 8, 8}}) {
    for (const Shape& shape :
         {Shape{sizes.keys}, Shape{sizes.queries, sizes.keys}, Shape{sizes.batch, 1, 1, sizes.keys},
          Shape{1, sizes.heads, sizes.queries, 1}, Shape{sizes.batch, sizes.heads, sizes.queries, sizes.keys}}) {
      SCOPED_TRACE(shape.to_string());
      KernelRun run = run_of(DType::f32, sizes);
      run.inputs.push_back({random_tensor_of(DType::f32, shape, 9, -3, 3)});
      expect(run, sizes);
      run.inputs.back() = {random_tensor_of(DType::boolean, shape, 9, 0, 2)};
      expect(run, sizes);
      run.attributes = {{"causal", 1}};
      expect(run, sizes);
    }
  }
}

// The mask of half of the keys, at the front so that whole blocks are masked before anything is seen.
TEST(AgreeAttention, WhereNothingIsSeen) {
  const Sizes sizes{1, 1, 3, 600, 4, 16};
  std::vector<double> mask(1800, 0);
  std::fill(mask.begin(), mask.begin() + 500, -kInfinity);
  std::fill(mask.begin() + 600, mask.begin() + 1200, -kInfinity);
  KernelRun run = run_of(DType::f32, sizes);
  run.inputs.push_back({f32_of({3, 600}, mask)});
  expect(run, sizes);
  for (double& each : mask) each = each == 0 ? 1 : 0;
  run.inputs.back() = {tensor_of(DType::boolean, {3, 600}, mask)};
  expect(run, sizes);
}

TEST(AgreeAttention, OnLargeScoresAndNan) {
  const Sizes sizes{1, 1, 4, 300, 4, 16};
  for (DType dtype : kFloats) {
    expect(run_of(dtype, sizes, {{"scale", 1000.0}}), {1, 1, 4, 300, 4000, 16});
    for (std::size_t input : {0U, 1U, 2U}) {
      for (std::size_t element : {0U, 3U, 15U}) {
        KernelRun run = run_of(dtype, sizes);
        std::vector<double> values = values_of(run.inputs[input].tensor);
        values[element] = std::numeric_limits<double>::quiet_NaN();
        run.inputs[input].tensor = tensor_of(dtype, run.inputs[input].tensor.shape(), values);
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), input, element));
        expect(run, sizes);
      }
    }
  }
}

TEST(AgreeAttention, OfEightBitValues) {
  const std::vector<Attributes> results = {
      {},
      {{"out_dtype", "bf16"}},
      {{"out_dtype", "u8"}, {"out_scale", 0.02}, {"out_zero_point", 117}, {"causal", 1}},
      {{"out_dtype", "i8"}, {"out_scale", 0.015}, {"out_zero_point", -3}, {"scale", 0.4}}};
  std::int64_t depth = 1;
  for (const std::int64_t keys : {1, 15, 16, 17, 64, 65, 255, 256, 257, 300}) {
    for (std::size_t i = 0; i < results.size(); ++i) {
      depth = depth % 67 + 5;  // of all remainders
      const Sizes sizes{1, 2, i == 1 ? 7 : 25, keys, depth, i == 2 ? 70 : 19};
      SCOPED_TRACE(fmt::format("{} keys, depth {}, {}", keys, depth, i));
      expect(byte_run_of(kForms[i], sizes, results[i]), sizes);
    }
  }
}

TEST(AgreeAttention, OfEightBitValuesWithMasks) {
  const Sizes sizes{2, 2, 30, 290, 32, 16};
  for (const Shape& shape :
       {Shape{sizes.keys}, Shape{sizes.batch, 1, 1, sizes.keys}, Shape{1, sizes.heads, 1, 1},
        Shape{1, sizes.heads, sizes.queries, 1}, Shape{sizes.batch, sizes.heads, sizes.queries, sizes.keys}}) {
    for (const DType dtype : {DType::f32, DType::boolean}) {
      SCOPED_TRACE(shape.to_string());
      KernelRun run = byte_run_of(kForms[2], sizes, {{"causal", dtype == DType::f32 ? 1 : 0}});
      run.inputs.push_back({random_tensor_of(dtype, shape, 9, dtype == DType::f32 ? -3 : 0, 2)});
      expect(run, sizes);
    }
  }
}

// One score lies 6 above all others, whose weights add up to more than the largest all the same: 500 e^-6 = 1.24.
TEST(AgreeAttention, WhereManySmallWeightsMatter) {
  const Sizes sizes{1, 1, 2, 501, 4, 16};
  std::vector<double> keys(501 * 4, 0);
  std::vector<double> values(501 * 16, -100);
  keys[200 * 4] = 60;
  std::fill(values.begin() + 200 * 16, values.begin() + 201 * 16, 100);
  KernelRun run = byte_run_of(kForms[1], sizes, {{"scale", 1.0}});
  run.inputs[0] = {tensor_of(DType::i8, {1, 1, 2, 4}, {10, 0, 0, 0, 10, 5, 5, 5}), {.scales = {0.1F}}};
  run.inputs[1] = {tensor_of(DType::i8, {1, 1, 501, 4}, keys), {.scales = {0.1F}}};
  run.inputs[2] = {tensor_of(DType::i8, {1, 1, 501, 16}, values), {.scales = {0.02F}}};
  expect(run, sizes);
}

// The operands of `run` as heads side by side in rows, with `gaps` of other numbers before and behind each.
KernelRun in_rows(KernelRun run, const Sizes& sizes, std::int64_t gap) {
  const std::int64_t widths[] = {sizes.depth, sizes.depth, sizes.out_depth};
  for (std::size_t i = 0; i < std::size(widths); ++i) {
    KernelInput& input = run.inputs[i];
    const Shape shape{sizes.batch, i == 0 ? sizes.queries : sizes.keys, sizes.heads * widths[i] + 2 * gap};
    const bool is_8_bit = input.tensor.dtype() == DType::u8 || input.tensor.dtype() == DType::i8;
    const double lowest = !is_8_bit ? -2 : input.tensor.dtype() == DType::u8 ? 0 : -128;
    input.tensor = random_tensor_of(input.tensor.dtype(), shape, i + 20, lowest, is_8_bit ? lowest + 255 : 2);
  }
  run.attributes.set("heads", sizes.heads);
  run.attributes.set("depths", std::vector{sizes.depth, sizes.out_depth});
  run.attributes.set("columns", std::vector{gap, gap, gap});
  return run;
}

TEST(AgreeAttention, OfHeadsInRows) {
  std::vector<Sizes> all(std::begin(kSizes), std::end(kSizes));
  all.push_back({2, 2, 26, 41, 64, 64});
  for (const Sizes& sizes : all) {
    for (const std::int64_t gap : {1, 16}) {
      SCOPED_TRACE(fmt::format("{} {} {}", sizes.queries, sizes.keys, gap));
      for (DType dtype : kFloats) expect(in_rows(run_of(dtype, sizes, {{"causal", 1}}), sizes, gap), sizes);
      expect(in_rows(byte_run_of(kForms[0], sizes), sizes, gap), sizes);
      const Attributes as_u8 = {{"out_dtype", "u8"}, {"out_scale", 0.02}, {"out_zero_point", 117}};
      expect(in_rows(byte_run_of(kForms[2], sizes, as_u8), sizes, gap), sizes);
    }
  }
}

TEST(AgreeAttention, OfHeadsInRowsWithMasks) {
  const Sizes sizes{2, 3, 30, 290, 8, 16};
  for (const Shape& shape : {Shape{sizes.batch, 1, 1, sizes.keys}, Shape{sizes.heads, sizes.queries, sizes.keys}}) {
    for (KernelRun run : {run_of(DType::f32, sizes), byte_run_of(kForms[1], sizes)}) {
      run.inputs.push_back({random_tensor_of(DType::f32, shape, 9, -3, 3)});
      expect(in_rows(std::move(run), sizes, 4), sizes);
    }
  }
}

TEST(AgreeAttention, OfEightBitValuesRunsOnBytesWhereItCan) {
  const Agreed agreed = expect_agreement(OpKind::attention,
                                         byte_run_of(kForms[0], kSizes[1], {{"out_dtype", "u8"}, {"out_scale", 0.02}}));
  if (allowed_isas().back() >= Isa::avx512_vnni_bf16) {
    EXPECT_TRUE(agreed.contains("own.attention own:avx512_vnni_bf16"));
  }
}

TEST(AgreeAttention, OnNoElementsAndWhenShared) {
  const Sizes none{0, 2, 3, 4, 8, 8};
  expect(run_of(DType::f32, none), none);
  const Sizes no_queries{1, 2, 0, 4, 8, 8};
  expect(run_of(DType::f32, no_queries), no_queries);
  const Sizes large{1, 5, 100, 130, 24, 40};
  expect(run_of(DType::f32, large), large);
  expect(run_of(DType::bf16, large, {{"causal", 1}}), large);
  expect(byte_run_of(kForms[3], large, {{"causal", 1}}), large);
}

}  // namespace
}  // namespace rheo::testing
