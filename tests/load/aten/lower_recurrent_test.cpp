// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

AtenSample lstm(std::vector<std::string> params, bool trains = false) {
  AtenSample sample;
  sample.input("x", DType::f32, {kDynamic, 6, 3});
  sample.input("h", DType::f32, {1, 2, 4});
  sample.constant("wi", testing::random_tensor_of(DType::f32, {16, 3}, 1));
  sample.constant("wh", testing::random_tensor_of(DType::f32, {16, 4}, 2));
  sample.constant("odd", testing::random_tensor_of(DType::f32, {15, 4}, 2));
  sample.node("aten.zeros.default", {{"size", numbers({1, 1, 4})}}, {"zero"});
  sample.node("aten.lstm.input",
              {{"input", value_named("x")},
               {"hx", values_named({"zero", "zero"})},
               {"params", values_named(std::move(params))},
               {"has_biases", truth(false)},
               {"num_layers", number(1)},
               {"dropout", real(0.5)},
               {"train", truth(trains)},
               {"bidirectional", truth(false)},
               {"batch_first", truth(true)}},
              {"y", "", ""});
  return sample.output("y");
}

TEST(AtenRecurrent, StartsFromZerosWithoutAState) {
  EXPECT_EQ(lstm({"wi", "wh"}).shape(), (Shape{kDynamic, 6, 4}));
  EXPECT_EQ(lstm({"wi", "wh"}).ops(), (Ops{"lstm", "reshape"}));
}

TEST(AtenRecurrent, RefusesWeightsThatDoNotFit) {
  EXPECT_FALSE(lstm({"wi"}).refusal().ok());
  EXPECT_FALSE(lstm({"wi", "odd"}).refusal().ok());
  EXPECT_FALSE(lstm({"wi", ""}).refusal().ok());
  EXPECT_FALSE(lstm({"wi", "wh"}, true).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten
