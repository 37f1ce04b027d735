// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefReduce, JoinsTheNamedAxes) {
  const Tensor x = f32_of({2, 2, 2}, {1, -2, 3, 4, -5, 6, 7, 8});
  const auto reduced = [&](OpKind op, const Integers& axes) {
    return reference_output(op, {.attributes = {{"axes", axes}}, .inputs = {{x}}});
  };
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_sum, {0, 2}), f32_of({2}, {0, 22})));
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_max, {1}), f32_of({2, 2}, {3, 4, 7, 8})));
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_min, {-1}), f32_of({2, 2}, {-2, 3, -5, 7})));
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_prod, {2}), f32_of({2, 2}, {-2, 12, -30, 56})));
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_l1, {0, 1, 2}), f32_of({}, {36})));
  EXPECT_TRUE(is_identical(reduced(OpKind::reduce_sum_square, {0}), f32_of({2, 2}, {26, 40, 58, 80})));
  EXPECT_TRUE(is_close(reduced(OpKind::reduce_l2, {2}), f32_of({2, 2}, {2.2360680, 5, 7.8102497, 10.6301458})));
  EXPECT_TRUE(
      is_close(reduced(OpKind::reduce_log_sum, {1}), f32_of({2, 2}, {1.3862944, 0.6931472, 0.6931472, 2.6390573})));
  EXPECT_TRUE(
      is_close(reduced(OpKind::reduce_log_sum_exp, {2}), f32_of({2, 2}, {1.0485874, 4.3132617, 6.0000167, 8.3132617})));
}

TEST(RefReduce, TakesAllAxesAndKeepsThem) {
  const Tensor x = f32_of({2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_sum, {.inputs = {{x}}}), f32_of({}, {10})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_sum, {.attributes = {{"keep_dims", 1}}, .inputs = {{x}}}),
                           f32_of({1, 1}, {10})));
}

TEST(RefReduce, OfNothingLeavesOthersAlone) {
  const KernelRun run{.attributes = {{"axes", Integers{1}}}, .inputs = {{f32_of({1, 0}, {})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_sum, run), f32_of({1}, {0})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_prod, run), f32_of({1}, {1})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_max, run), f32_of({1}, {-INFINITY})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::reduce_log_sum_exp, run), f32_of({1}, {-INFINITY})));
}

TEST(RefReduce, IntegersWrapAround) {
  const Tensor x = tensor_of(DType::i32, {3}, {2147483647, 2, -5});
  EXPECT_EQ(values_of(reference_output(OpKind::reduce_sum, {.inputs = {{x}}}))[0], 2147483644);
  EXPECT_EQ(values_of(reference_output(OpKind::reduce_prod, {.inputs = {{x}}}))[0], 10);
  EXPECT_EQ(values_of(reference_output(OpKind::reduce_max, {.inputs = {{x}}}))[0], 2147483647);
  EXPECT_EQ(values_of(reference_output(OpKind::reduce_min, {.inputs = {{x}}}))[0], -5);
  const Tensor large = Tensor::of<std::int64_t>({(std::int64_t{1} << 53) + 1, 2}, {2}).value();
  EXPECT_EQ(reference_output(OpKind::reduce_sum, {.inputs = {{large}}}).as<std::int64_t>()[0],
            (std::int64_t{1} << 53) + 3);
}

TEST(RefReduce, ANanWins) {
  const Tensor x = f32_of({2, 2}, {NAN, 1, 1, NAN});
  for (OpKind op : {OpKind::reduce_max, OpKind::reduce_min, OpKind::reduce_log_sum_exp}) {
    for (std::int64_t axis : {0, 1}) {
      const KernelRun run{.attributes = {{"axes", Integers{axis}}}, .inputs = {{x}}};
      EXPECT_TRUE(is_close(reference_output(op, run), f32_of({2}, {NAN, NAN}))) << name_of(op);
    }
  }
}

}  // namespace
}  // namespace rheo::testing
