// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

testing::AtenArguments batch_norm(bool trains) {
  return {{"weight", Argument()},  {"bias", Argument()}, {"training", truth(trains)},
          {"momentum", real(0.1)}, {"eps", real(1e-5)},  {"cudnn_enabled", truth(true)}};
}

TEST(AtenNormalisation, FillsInWhatIsMissing) {
  const AtenSample sample =
      one_aten("aten.batch_norm.default", {{"input", {kDynamic, 3, 4, 4}}, {"running_mean", {3}}, {"running_var", {3}}},
               batch_norm(false));
  EXPECT_EQ(sample.ops(), Ops{"batch_norm"});
  EXPECT_EQ(sample.shape(), (Shape{kDynamic, 3, 4, 4}));
}

TEST(AtenNormalisation, RefusesTraining) {
  const Status status =
      one_aten("aten.batch_norm.default", {{"input", {kDynamic, 3, 4, 4}}, {"running_mean", {3}}, {"running_var", {3}}},
               batch_norm(true))
          .refusal();
  EXPECT_NE(status.message().find("eval()"), std::string::npos) << status.message();
}

TEST(AtenNormalisation, LooksAtTheShapeThatIsNormalised) {
  const auto norm = [](std::vector<std::int64_t> shape) {
    return one_aten("aten.layer_norm.default", {{"input", {kDynamic, 3, 4}}},
                    {{"normalized_shape", numbers(std::move(shape))}});
  };
  EXPECT_EQ(norm({3, 4}).shape(), (Shape{kDynamic, 3, 4}));
  EXPECT_FALSE(norm({3}).refusal().ok());
  EXPECT_FALSE(norm({}).refusal().ok());
  EXPECT_FALSE(norm({2, 3, 4, 5}).refusal().ok());
}

TEST(AtenNormalisation, RefusesGroupsThatDoNotFit) {
  EXPECT_FALSE(
      one_aten("aten.group_norm.default", {{"input", {kDynamic, 3, 4}}}, {{"num_groups", number(0)}}).refusal().ok());
  EXPECT_FALSE(
      one_aten("aten.group_norm.default", {{"input", {kDynamic, 3, 4}}}, {{"num_groups", number(2)}}).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten
