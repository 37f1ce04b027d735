// SPDX-License-Identifier: Apache-2.0
#include "load/aten/signature.h"

#include <gtest/gtest.h>

#include "support/aten_sample.h"

namespace rheo::aten {
namespace {

using testing::number;
using testing::value_named;

Node node_with(testing::AtenArguments arguments) { return {"aten.some.default", std::move(arguments), {"y"}, {}, {}}; }

TEST(AtenSignature, ReadsDefaults) {
  EXPECT_TRUE(default_argument("None").is_none());
  EXPECT_TRUE(*default_argument("True").as<bool>());
  EXPECT_EQ(*default_argument("-3").as<std::int64_t>(), -3);
  EXPECT_EQ(*default_argument("1e-05").as<double>(), 1e-5);
  EXPECT_EQ(*default_argument("'none'").as<std::string>(), "none");
  EXPECT_EQ(default_argument("[0,1]").as<Argument::List>()->size(), 2U);
  EXPECT_TRUE(default_argument("[]").as<Argument::List>()->empty());
}

TEST(AtenSignature, BindsByNameInAnyOrder) {
  const Node node = node_with({{"other", number(2)}, {"self", value_named("x")}, {"memory_format", number(0)}});
  const auto bound = Arguments::bind("self other alpha=1", node);
  ASSERT_TRUE(bound.ok()) << bound.status().message();
  EXPECT_EQ((*bound)["self"].as<ValueName>()->name, "x");
  EXPECT_EQ(*(*bound)["other"].as<std::int64_t>(), 2);
  EXPECT_EQ(*(*bound)["alpha"].as<std::int64_t>(), 1);
}

TEST(AtenSignature, RefusesWhatDoesNotFit) {
  const auto says = [](const Node& node) { return Arguments::bind("self other alpha=1", node).status().message(); };
  EXPECT_EQ(says(node_with({{"self", number(1)}})), "lacks its argument 'other'");
  EXPECT_EQ(says(node_with({{"self", number(1)}, {"other", number(1)}, {"beta", number(1)}})),
            "has the unknown argument 'beta'");
  EXPECT_EQ(says(node_with({{"self", number(1)}, {"self", number(2)}, {"other", number(1)}})), "is given 'self' twice");
}

}  // namespace
}  // namespace rheo::aten
