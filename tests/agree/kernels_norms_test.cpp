// SPDX-License-Identifier: Apache-2.0
// Norms over groups, roots of squares, windows of channels and axes of the CPU backend against the reference.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

const DType kFloats[] = {DType::f32, DType::bf16};

KernelInput input_of(DType dtype, const Shape& shape, double low = -3, double high = 3) {
  return {random_tensor_of(dtype, shape, 7, low, high)};
}

KernelInput parameter_of(std::int64_t count, std::uint64_t seed) {
  return {random_tensor_of(DType::f32, {count}, seed, 0.5, 2), {}, {}, true};
}

TEST(AgreeGroupNorm, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape :
         {Shape{2, 6, 5, 3}, Shape{1, 32, 4, 4}, Shape{3, 34, 7}, Shape{1, 66, 1, 9}, Shape{3, 8}}) {
      for (std::int64_t groups : {std::int64_t{1}, std::int64_t{2}, shape[1]}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), shape.to_string(), groups));
        if (shape.rank() == 2 && groups == shape[1]) continue;  // one element has no spread
        KernelRun run{.attributes = {{"groups", groups}}, .inputs = {input_of(dtype, shape)}};
        expect_agreement(OpKind::group_norm, run, 64);
        run.inputs.push_back(parameter_of(shape[1], 20));
        run.inputs.push_back(parameter_of(shape[1], 21));
        expect_agreement(OpKind::group_norm, run, 64);
      }
    }
  }
}

TEST(AgreeGroupNorm, FarFromZero) {
  const KernelRun run{.attributes = {{"groups", 2}}, .inputs = {input_of(DType::f32, {1, 16, 5, 7}, 999, 1001)}};
  // The mean itself is rounded to a part of 2^24 of 1000.
  expect_agreement(OpKind::group_norm, run,
                   [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
                     return is_close(outcome.outputs[0], expected, Tolerance{.absolute = 2e-3, .relative = 1e-3});
                   });
}

TEST(AgreeRmsNorm, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape : {Shape{2, 1}, Shape{3, 7}, Shape{4, 6, 33}, Shape{2, 3, 4, 64}}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), shape.to_string()));
      KernelRun run{.inputs = {input_of(dtype, shape)}};
      expect_agreement(OpKind::rms_norm, run, 64);
      run.inputs.push_back(parameter_of(shape[shape.rank() - 1], 20));
      expect_agreement(OpKind::rms_norm, run, 64);
    }
    expect_agreement(OpKind::rms_norm, {.attributes = {{"axes", 2}}, .inputs = {input_of(dtype, {4, 6, 33})}}, 64);
  }
}

TEST(AgreeLocalResponseNorm, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape :
         {Shape{2, 19, 5, 3}, Shape{1, 64, 7, 7}, Shape{1, 33, 1, 1}, Shape{2, 3, 70}, Shape{3, 8}}) {
      for (std::int64_t size : {1, 2, 5, 40}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), shape.to_string(), size));
        KernelRun run{.attributes = {{"size", size}, {"alpha", 0.5}}, .inputs = {input_of(dtype, shape)}};
        expect_agreement(OpKind::local_response_norm, run, 16);
        run.attributes = {{"size", size}, {"alpha", 1.5}, {"beta", 1.25}, {"bias", 0.25}};
        expect_agreement(OpKind::local_response_norm, run, 64);
      }
    }
  }
}

TEST(AgreeLpNormalize, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape : {Shape{3, 1}, Shape{2, 19, 5, 3}, Shape{7, 70}}) {
      for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
        for (std::int64_t p : {1, 2}) {
          SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(dtype), shape.to_string(), axis, p));
          expect_agreement(OpKind::lp_normalize,
                           {.attributes = {{"axis", axis}, {"p", p}}, .inputs = {input_of(dtype, shape)}}, 16);
        }
      }
    }
  }
}

TEST(AgreeLpNormalize, OnZeros) {
  for (std::int64_t axis : {0, 1}) {
    expect_agreement(OpKind::lp_normalize,
                     {.attributes = {{"axis", axis}}, .inputs = {{f32_of({2, 3}, {0, 0, 0, 1, 0, 2})}}});
  }
}

TEST(AgreeNorms, OnNoElementsAndWhenShared) {
  for (const Shape& shape : {Shape{0, 8, 3, 3}, Shape{1, 40, 33, 35}}) {
    SCOPED_TRACE(shape.to_string());
    const KernelRun run{.inputs = {input_of(DType::f32, shape)}};
    expect_agreement(OpKind::rms_norm, run, 64);
    expect_agreement(OpKind::group_norm, {.attributes = {{"groups", 4}}, .inputs = run.inputs}, 1024);
    expect_agreement(OpKind::local_response_norm, {.attributes = {{"size", 3}}, .inputs = run.inputs}, 16);
    expect_agreement(OpKind::lp_normalize, {.attributes = {{"axis", 1}}, .inputs = run.inputs}, 16);
  }
}

// What is not a number, or too large to be squared, must not come out as one.
TEST(AgreeNorms, NeverMakeANumberOfNan) {
  for (double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 3e38}) {
    std::vector<double> values(64, 1);
    values[5] = value;
    const KernelRun run{.inputs = {{f32_of({2, 2, 4, 4}, values)}}};
    const Compare at_the_place = [](const KernelEntry&, const KernelOutcome& outcome, const Tensor&) {
      const double y = values_of(outcome.outputs[0])[5];
      return std::isfinite(y) ? ::testing::AssertionFailure() << y : ::testing::AssertionSuccess();
    };
    expect_agreement(OpKind::group_norm, run, at_the_place);
    expect_agreement(OpKind::rms_norm, run, at_the_place);
    expect_agreement(OpKind::lp_normalize, run, at_the_place);
    if (value > 1e38 && std::isfinite(value)) continue;  // divided by infinity, it rightly is 0
    expect_agreement(OpKind::local_response_norm, {.attributes = {{"size", 2}, {"alpha", 1.0}}, .inputs = run.inputs},
                     at_the_place);
  }
}

}  // namespace
}  // namespace rheo::testing
