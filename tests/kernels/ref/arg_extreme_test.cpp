// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefArgExtreme, FindsTheFirstOrTheLast) {
  const Tensor x = f32_of({2, 4}, {1, 3, 3, 0, 5, -2, 5, -2});
  const auto found = [&](OpKind op, std::int64_t last) {
    return values_of(reference_output(op, {.attributes = {{"axis", 1}, {"select_last", last}}, .inputs = {{x}}}));
  };
  EXPECT_EQ(found(OpKind::argmax, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(found(OpKind::argmax, 1), (std::vector<double>{2, 2}));
  EXPECT_EQ(found(OpKind::argmin, 0), (std::vector<double>{3, 1}));
  EXPECT_EQ(found(OpKind::argmin, 1), (std::vector<double>{3, 3}));
}

TEST(RefArgExtreme, GoesAlongAnyAxisOfAnyOrderedType) {
  const Tensor x = tensor_of(DType::u8, {2, 3}, {1, 9, 4, 2, 9, 3});
  const KernelRun run{.attributes = {{"keep_dims", 1}}, .inputs = {{x, {{0.5F}, 0}}}};
  const Tensor places = reference_output(OpKind::argmax, run);
  EXPECT_EQ(places.shape(), (Shape{1, 3}));
  EXPECT_EQ(values_of(places), (std::vector<double>{1, 0, 0}));
  const std::int64_t large = std::int64_t{1} << 60;
  const Tensor whole = Tensor::of<std::int64_t>({large, large + 1}, {2}).value();
  EXPECT_EQ(values_of(reference_output(OpKind::argmax, {.inputs = {{whole}}}))[0], 1);
}

TEST(RefArgExtreme, ANanComesFirst) {
  const Tensor x = f32_of({4}, {1, NAN, 9, NAN});
  for (OpKind op : {OpKind::argmax, OpKind::argmin}) {
    EXPECT_EQ(values_of(reference_output(op, {.inputs = {{x}}}))[0], 1);
    EXPECT_EQ(values_of(reference_output(op, {.attributes = {{"select_last", 1}}, .inputs = {{x}}}))[0], 3);
  }
}

}  // namespace
}  // namespace rheo::testing
