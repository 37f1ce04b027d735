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

TEST(AgreeAttention, OnNoElementsAndWhenShared) {
  const Sizes none{0, 2, 3, 4, 8, 8};
  expect(run_of(DType::f32, none), none);
  const Sizes no_queries{1, 2, 0, 4, 8, 8};
  expect(run_of(DType::f32, no_queries), no_queries);
  const Sizes large{1, 5, 100, 130, 24, 40};
  expect(run_of(DType::f32, large), large);
  expect(run_of(DType::bf16, large, {{"causal", 1}}), large);
}

}  // namespace
}  // namespace rheo::testing
