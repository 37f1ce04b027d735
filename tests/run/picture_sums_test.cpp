// SPDX-License-Identifier: Apache-2.0
// The two twins against each other: bins must be equal, sums equal up to the order of addition.
#include "run/picture_sums.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

class Twins : public ::testing::Test {
 protected:
  void SetUp() override {
    if (select_isa({}).value() < Isa::avx512) GTEST_SKIP() << "SKIPPED: no AVX-512 here";
  }
};

void expect_equal_bins(const Picture& picture) {
  Histogram portable{};
  Histogram wide{};
  kPortablePictureLoops.add_histogram(picture, 0.0f, 32.0f, portable);
  kAvx512PictureLoops.add_histogram(picture, 0.0f, 32.0f, wide);
  EXPECT_EQ(portable, wide) << picture.rows << " x " << picture.columns;
  std::uint64_t total = 0;
  for (std::uint64_t bin : wide) total += bin;
  EXPECT_EQ(total, static_cast<std::uint64_t>(picture.rows * picture.columns));
}

void expect_equal_sums(const Picture& picture) {
  PictureSums portable;
  PictureSums wide;
  portable.smallest = portable.largest = wide.smallest = wide.largest = picture.data[0];
  kPortablePictureLoops.add_sums(picture, 0.5f, portable);
  kAvx512PictureLoops.add_sums(picture, 0.5f, wide);
  const double tolerance = 1e-6 * static_cast<double>(picture.rows * picture.columns) + 1e-6;
  EXPECT_NEAR(portable.sum, wide.sum, tolerance) << picture.rows << " x " << picture.columns;
  EXPECT_NEAR(portable.squares, wide.squares, tolerance);
  EXPECT_NEAR(portable.gradients, wide.gradients, 2 * tolerance);
  EXPECT_EQ(portable.smallest, wide.smallest);
  EXPECT_EQ(portable.largest, wide.largest);
}

TEST_F(Twins, AgreeOnRowsOfEveryLength) {
  const Tensor row = testing::random_tensor({1, 800}, 1, 0, 1);
  for (std::int64_t columns = 1; columns <= 800; ++columns) {
    const Picture picture = {row.as<float>().data(), 1, columns, columns, 1};
    expect_equal_bins(picture);
    expect_equal_sums(picture);
  }
}

TEST_F(Twins, AgreeOnPicturesWithGapsBetweenRows) {
  const Tensor tensor = testing::random_tensor({40, 300}, 2, 0, 1);
  for (std::int64_t columns : {1, 15, 16, 17, 28, 33, 256, 257, 300}) {
    for (std::int64_t rows : {1, 2, 7, 40}) {
      const Picture picture = {tensor.as<float>().data(), rows, columns, 300, 1};
      expect_equal_bins(picture);
      expect_equal_sums(picture);
    }
  }
}

TEST_F(Twins, AgreeWhereByteCountersOverflowAndSumsAreFolded) {
  const Tensor row = testing::random_tensor({1, 200001}, 3, 0, 1);
  const Picture picture = {row.as<float>().data(), 1, 200001, 200001, 1};
  expect_equal_bins(picture);
  expect_equal_sums(picture);
}

TEST(PortableLoops, TheLargestElementFallsIntoTheLastBin) {
  const float elements[] = {0.0f, 0.5f, 1.0f};
  Histogram histogram{};
  kPortablePictureLoops.add_histogram({elements, 1, 3, 3, 1}, 0.0f, 32.0f, histogram);
  EXPECT_EQ(histogram[0], 1U);
  EXPECT_EQ(histogram[16], 1U);
  EXPECT_EQ(histogram[31], 1U);
}

}  // namespace
}  // namespace rheo
