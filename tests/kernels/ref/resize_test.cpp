// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor resized(const Tensor& x, Attributes attributes) {
  return reference_output(OpKind::resize, {.attributes = std::move(attributes), .inputs = {{x}}});
}

TEST(RefResize, CopiesTheNearest) {
  const Tensor x = f32_of({1, 1, 2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(is_identical(resized(x, {{"sizes", Integers{4, 3}}, {"coordinates", "asymmetric"}, {"nearest", "floor"}}),
                           f32_of({1, 1, 4, 3}, {1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4})));
  EXPECT_TRUE(is_identical(resized(tensor_of(DType::i64, {1, 1, 2}, {5, 6}), {{"scales", Integers{2}}}),
                           tensor_of(DType::i64, {1, 1, 4}, {5, 5, 6, 6})));
}

// Numbers of the ONNX operator's own examples.
TEST(RefResize, BlendsNeighbours) {
  const Tensor x = f32_of({1, 1, 2, 2}, {1, 2, 3, 4});
  const Attributes twice{{"scales", Integers{2, 2}}, {"mode", "linear"}};
  EXPECT_TRUE(is_close(resized(x, twice), f32_of({1, 1, 4, 4}, {1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25,
                                                                3.5, 3, 3.25, 3.75, 4})));
  const Attributes corners{{"scales", Integers{2, 2}}, {"mode", "linear"}, {"coordinates", "align_corners"}};
  EXPECT_TRUE(is_close(resized(x, corners),
                       f32_of({1, 1, 4, 4}, {1, 1.33333333, 1.66666667, 2, 1.66666667, 2, 2.33333333, 2.66666667,
                                             2.33333333, 2.66666667, 3, 3.33333333, 3, 3.33333333, 3.66666667, 4})));
  std::vector<double> sixteen;
  for (int i = 1; i <= 16; ++i) sixteen.push_back(i);
  const Tensor picture = f32_of({1, 1, 4, 4}, sixteen);
  const Tensor cubic = resized(picture, {{"scales", std::vector<double>{0.8, 0.8}}, {"mode", "cubic"}});
  EXPECT_TRUE(is_close(cubic, f32_of({1, 1, 3, 3}, {1.47119141, 2.78125, 4.08251953, 6.71142578, 8.02148438, 9.32275391,
                                                    11.91650391, 13.2265625, 14.52783203})));
}

// Numbers of the ONNX operator's own example of antialiasing.
TEST(RefResize, AveragesWhatBecomesSmaller) {
  std::vector<double> sixteen;
  for (int i = 1; i <= 16; ++i) sixteen.push_back(i);
  const Tensor smaller = resized(
      f32_of({1, 1, 4, 4}, sixteen),
      {{"scales", std::vector<double>{0.6, 0.6}}, {"mode", std::string("linear")}, {"antialias", std::int64_t{1}}});
  EXPECT_TRUE(is_close(smaller, f32_of({1, 1, 2, 2}, {2.875, 4.5, 9.375, 11})));
}

TEST(RefResize, RoundsBytesToTheirSteps) {
  const KernelRun run{.attributes = {{"sizes", Integers{4}}, {"mode", "linear"}},
                      .inputs = {{tensor_of(DType::u8, {1, 1, 2}, {0, 10}), {{0.5F}, 0}}}};
  EXPECT_EQ(values_of(reference_output(OpKind::resize, run)), (std::vector<double>{0, 2, 8, 10}));
}

}  // namespace
}  // namespace rheo::testing
