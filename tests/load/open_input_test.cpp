// SPDX-License-Identifier: Apache-2.0
#include "load/open_input.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace rheo {
namespace {

// x [batch, sequence, 3] f32 and flag [] i64
std::vector<OpenInput> inputs() {
  return {{"x", DType::f32, std::vector<OpenDimension>{{{}, "batch"}, {{}, "sequence"}, {3, {}}}},
          {"flag", DType::i64, std::vector<OpenDimension>()}};
}

Result<Shape> shape_with(const ModelOptions& options, const std::vector<OpenInput>& open = inputs()) {
  ImportEmitter emitter{LoadLimits()};
  if (const Status status = check_options(options, open, {}); !status.ok()) return status;
  const auto values = add_inputs(emitter, options, open);
  if (!values) return values.status();
  return emitter.type_of((*values)[0]).shape;
}

TEST(OpenInput, LeavesTheBatchAloneOpen) {
  EXPECT_EQ(shape_with({}).status().code(), StatusCode::invalid_argument);
  ModelOptions options;
  options.dimensions["sequence"] = 7;
  EXPECT_EQ(shape_with(options).value(), (Shape{kDynamic, 7, 3}));
  options.batch = 4;
  EXPECT_EQ(shape_with(options).value(), (Shape{4, 7, 3}));
  options.dimensions["batch"] = 2;
  EXPECT_EQ(shape_with(options).value(), (Shape{2, 7, 3}));
}

TEST(OpenInput, TakesWholeShapesThatFit) {
  ModelOptions options;
  options.shapes["x"] = Shape{kDynamic, 5, 3};
  EXPECT_EQ(shape_with(options).value(), (Shape{kDynamic, 5, 3}));
  options.shapes["x"] = Shape{2, 5, 4};
  EXPECT_EQ(shape_with(options).status().code(), StatusCode::invalid_argument);
  options.shapes["x"] = Shape{2, 5};
  EXPECT_EQ(shape_with(options).status().code(), StatusCode::invalid_argument);
}

TEST(OpenInput, RefusesNamesThatAreNotThere) {
  ModelOptions dimensions;
  dimensions.dimensions["width"] = 3;
  EXPECT_EQ(shape_with(dimensions).status().code(), StatusCode::not_found);
  ModelOptions shapes;
  shapes.shapes["y"] = Shape{1};
  EXPECT_EQ(shape_with(shapes).status().code(), StatusCode::not_found);
  ModelOptions bound;
  bound.bound["y"] = 1;
  EXPECT_EQ(shape_with(bound).status().code(), StatusCode::not_found);
  ModelOptions zero;
  zero.dimensions["sequence"] = 0;
  EXPECT_EQ(shape_with(zero).status().code(), StatusCode::invalid_argument);
}

TEST(OpenInput, BindsNumbers) {
  ImportEmitter emitter{LoadLimits()};
  ModelOptions options;
  options.dimensions["sequence"] = 2;
  options.bound["flag"] = 9;
  const auto values = add_inputs(emitter, options, inputs()).value();
  ASSERT_TRUE(values[1].is_known());
  EXPECT_TRUE(testing::is_identical(values[1].only(), testing::tensor_of(DType::i64, {}, {9})));
}

TEST(OpenInput, RefusesShapesThatNobodyKnows) {
  EXPECT_EQ(shape_with({}, {{"x", DType::f32, std::nullopt}}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(shape_with({}, {{"x", DType::f32, std::vector<OpenDimension>(9)}}).status().code(),
            StatusCode::limit_exceeded);
}

TEST(OpenInput, TriesAFixedBatchWhereAnOpenOneDoesNotGo) {
  std::vector<std::int64_t> batches;
  const auto attempt = [&](const ModelOptions& options, bool& may_go) -> Result<std::shared_ptr<const Graph>> {
    batches.push_back(options.batch);
    may_go = true;
    return Status(StatusCode::unsupported, "The batch is joined.");
  };
  EXPECT_FALSE(with_open_batch({}, {}, attempt).ok());
  EXPECT_EQ(batches, (std::vector<std::int64_t>{0, 1}));
  ModelOptions fixed;
  fixed.batch = 3;
  EXPECT_FALSE(with_open_batch(fixed, {}, attempt).ok());
  EXPECT_EQ(batches.size(), 3U);
}

}  // namespace
}  // namespace rheo
