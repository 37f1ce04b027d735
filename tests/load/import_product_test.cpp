// SPDX-License-Identifier: Apache-2.0
#include "load/import_product.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/tensors.h"

namespace rheo {
namespace {

class ImportProduct : public ::testing::Test {
 protected:
  ImportEmitter emitter{LoadLimits()};
  ImportCall call{emitter, {"here", "Op"}};
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 3, 2}, {}}).value();
  ImportValue weights = ImportValue::known(testing::f32_of({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}));

  std::vector<std::string> ops(ImportValue value) {
    EXPECT_TRUE(emitter.add_exit("y", value).ok());
    return testing::kinds(*emitter.builder().build().value());
  }
};

TEST_F(ImportProduct, WithConstantsIsALinearLayer) {
  const ImportValue y = product_of(call, x, weights).value();
  EXPECT_EQ(call.shape_of(y), (Shape{kDynamic, 3, 4}));
  EXPECT_EQ(ops(y), std::vector<std::string>{"linear"});
}

TEST_F(ImportProduct, OfComputedValuesIsAMatmul) {
  ImportValue other = emitter.add_input("o", {DType::f32, {kDynamic, 2, 5}, {}}).value();
  EXPECT_EQ(ops(product_of(call, x, other).value()), std::vector<std::string>{"matmul"});
}

TEST_F(ImportProduct, TakesVectorsForRowsAndColumns) {
  ImportValue vector = ImportValue::known(testing::f32_of({2}, {1, 2}));
  EXPECT_EQ(call.shape_of(product_of(call, x, vector).value()), (Shape{kDynamic, 3}));
  EXPECT_TRUE(
      testing::is_identical(product_of(call, vector, weights).value().only(), testing::f32_of({4}, {11, 14, 17, 20})));
  EXPECT_TRUE(testing::is_identical(product_of(call, vector, vector).value().only(), testing::f32_of({}, {5})));
  ImportValue number = ImportValue::known(testing::f32_of({}, {1}));
  EXPECT_FALSE(product_of(call, x, number).ok());
}

TEST_F(ImportProduct, ScalesByMoreThanOne) {
  EXPECT_EQ(scaled(call, x, 1).value().id(), x.id());
  EXPECT_TRUE(testing::is_identical(scaled(call, ImportValue::known(testing::f32_of({2}, {1, -2})), 0.5).value().only(),
                                    testing::f32_of({2}, {0.5, -1})));
}

}  // namespace
}  // namespace rheo
