// SPDX-License-Identifier: Apache-2.0
#include "load/import_constant.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/tensors.h"

namespace rheo {
namespace {

using testing::f32_of;
using testing::tensor_of;

ImportValue whole(std::int64_t number) { return ImportValue::known(tensor_of(DType::i64, {}, {double(number)})); }
ImportValue real(float number) { return ImportValue::known(f32_of({}, {number})); }

class ImportConstant : public ::testing::Test {
 protected:
  static LoadLimits limits() {
    LoadLimits limits;
    limits.computed_bytes = 1 << 16;
    return limits;
  }
  ImportEmitter emitter{limits()};
  ImportCall call{emitter, {"here", "Op"}};
};

TEST_F(ImportConstant, FillsAShapeForEachBatch) {
  const Sizes sizes = {std::vector<std::int64_t>{2, 2}, {3, 2}};
  const ImportValue value = filled(call, f32_of({}, {0.5}), sizes).value();
  EXPECT_TRUE(testing::is_identical(value.elements()[0], f32_of({2, 2}, {0.5, 0.5, 0.5, 0.5})));
  EXPECT_EQ(value.elements()[1].shape(), (Shape{3, 2}));
  EXPECT_TRUE(filled(call, f32_of({}, {1}), {std::vector<std::int64_t>{4}, {4}}).value().ignores_batch());
}

TEST_F(ImportConstant, BooksBeforeItFills) {
  const Sizes large = {std::vector<std::int64_t>{1 << 20, 1 << 20}, {1 << 20, 1 << 20}};
  EXPECT_EQ(filled(call, f32_of({}, {1}), large).status().code(), StatusCode::limit_exceeded);
  EXPECT_FALSE(filled(call, f32_of({2}, {1, 2}), {std::vector<std::int64_t>{1}, {1}}).ok());
  const std::vector<std::int64_t> nine(9, 1);
  EXPECT_FALSE(filled(call, f32_of({}, {1}), {nine, nine}).ok());
  EXPECT_EQ(range(call, whole(0), whole(1 << 30), whole(1)).status().code(), StatusCode::limit_exceeded);
}

TEST_F(ImportConstant, CountsInEveryDirection) {
  EXPECT_TRUE(testing::is_identical(range(call, whole(1), whole(8), whole(3)).value().only(),
                                    tensor_of(DType::i64, {3}, {1, 4, 7})));
  EXPECT_TRUE(testing::is_identical(range(call, whole(3), whole(0), whole(-2)).value().only(),
                                    tensor_of(DType::i64, {2}, {3, 1})));
  EXPECT_TRUE(testing::is_identical(range(call, real(0), real(1), real(0.5)).value().only(), f32_of({2}, {0, 0.5})));
  EXPECT_EQ(range(call, whole(5), whole(0), whole(1)).value().only().shape(), (Shape{0}));
}

TEST_F(ImportConstant, RefusesToCountForever) {
  EXPECT_FALSE(range(call, whole(0), whole(1), whole(0)).ok());
  EXPECT_FALSE(range(call, real(0), real(1), real(std::nanf(""))).ok());
  EXPECT_FALSE(range(call, whole(0), real(1), whole(1)).ok());
  const ImportValue x = emitter.add_input("x", {DType::i64, {}, {}}).value();
  EXPECT_FALSE(range(call, whole(0), x, whole(1)).ok());
}

}  // namespace
}  // namespace rheo
