// SPDX-License-Identifier: Apache-2.0
#include "load/import_shape.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace rheo {
namespace {

constexpr std::int64_t kHuge = std::int64_t{1} << 40;

class ImportShape : public ::testing::Test {
 protected:
  ImportEmitter emitter{LoadLimits()};
  ImportCall call{emitter, {"here", "Op"}};
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 6}, {}}).value();

  static Sizes with_batch(std::vector<std::int64_t> behind, std::int64_t factor = 1) {
    Sizes sizes{behind, behind};
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      sizes[trial].insert(sizes[trial].begin(), kTrialBatches[trial] * factor);
    }
    return sizes;
  }
};

TEST_F(ImportShape, FindsTheBatchAmongSizes) {
  EXPECT_EQ(merged_shape(call, with_batch({3, 4})).value(), (Shape{kDynamic, 3, 4}));
  EXPECT_EQ(merged_shape(call, {std::vector<std::int64_t>{3}, {3}}).value(), (Shape{3}));
  EXPECT_FALSE(merged_shape(call, with_batch({3}, 2)).ok());
  EXPECT_FALSE(merged_shape(call, {std::vector<std::int64_t>{3}, {3, 1}}).ok());
  EXPECT_FALSE(merged_shape(call, {std::vector<std::int64_t>(9, 1), std::vector<std::int64_t>(9, 1)}).ok());
}

TEST_F(ImportShape, InfersOneSize) {
  EXPECT_EQ(call.shape_of(reshaped(call, x, with_batch({2, -1})).value()), (Shape{kDynamic, 2, 3}));
  const Shape joined = call.shape_of(reshaped(call, x, {std::vector<std::int64_t>{-1, 3}, {-1, 3}}).value());
  EXPECT_EQ(joined, (Shape{kDynamic, 3}));  // twice the batch
  EXPECT_FALSE(reshaped(call, x, with_batch({4, -1})).ok());
  EXPECT_FALSE(reshaped(call, x, with_batch({-2})).ok());
  EXPECT_FALSE(reshaped(call, x, with_batch({-1, -1})).ok());
  EXPECT_FALSE(reshaped(call, x, with_batch({0, -1})).ok());
  EXPECT_FALSE(reshaped(call, x, with_batch({kHuge, kHuge, kHuge, -1})).ok());
}

TEST_F(ImportShape, ExpandsWithoutTouchingTheBatch) {
  ImportValue narrow = emitter.add_input("n", {DType::f32, {kDynamic, 1}, {}}).value();
  EXPECT_EQ(call.shape_of(expanded(call, narrow, with_batch({5})).value()), (Shape{kDynamic, 5}));
  ImportValue row = emitter.add_input("r", {DType::f32, {1, 6}, {}}).value();
  EXPECT_EQ(expanded(call, row, with_batch({6})).status().code(), StatusCode::unsupported);
  ImportValue known = ImportValue::known(testing::f32_of({1, 2}, {1, 2}));
  EXPECT_EQ(expanded(call, known, with_batch({2})).value().elements()[1].shape(), (Shape{kTrialBatches[1], 2}));
}

TEST_F(ImportShape, TellsSizes) {
  const ImportValue batch = sizes_of(call, x, 0, 1, Shape{}).value();
  EXPECT_EQ(batch.elements()[1].as<std::int64_t>()[0], kTrialBatches[1]);
  const ImportValue all = sizes_of(call, x, 0, 2, {2}).value();
  EXPECT_EQ(all.elements()[0].as<std::int64_t>()[1], 6);
  EXPECT_FALSE(sizes_of(call, x, 1, 2, {2}).ok());
}

}  // namespace
}  // namespace rheo
