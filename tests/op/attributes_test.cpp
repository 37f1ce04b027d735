// SPDX-License-Identifier: Apache-2.0
#include "op/attributes.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(Attributes, AreSortedByNameAndOverwritten) {
  Attributes attributes{{"pads", std::vector<std::int64_t>{1, 2}}, {"axis", 3}, {"mode", "fast"}};
  attributes.set("axis", 4);
  ASSERT_EQ(attributes.items().size(), 3U);
  EXPECT_EQ(attributes.items()[0].first, "axis");
  EXPECT_EQ(attributes.items()[1].first, "mode");
  EXPECT_EQ(attributes.items()[2].first, "pads");
  EXPECT_EQ(attributes.integer("axis"), 4);
  EXPECT_EQ(attributes, (Attributes{{"mode", "fast"}, {"axis", 4}, {"pads", std::vector<std::int64_t>{1, 2}}}));
}

TEST(Attributes, GiveTheFallbackForWhatIsAbsentOrOfAnotherKind) {
  const Attributes attributes{{"axis", 3}, {"scale", 0.5}};
  EXPECT_EQ(attributes.find("none"), nullptr);
  EXPECT_EQ(attributes.integer("none", 7), 7);
  EXPECT_EQ(attributes.integer("scale", 7), 7);
  EXPECT_EQ(attributes.text("axis", "x"), "x");
  EXPECT_EQ(attributes.integers("axis", {1}), std::vector<std::int64_t>{1});
  EXPECT_EQ(attributes.real("scale"), 0.5);
}

TEST(Attributes, TakeAListOfWholeNumbersForOneOfReals) {
  const Attributes attributes{{"scales", std::vector<double>{0.5, 2}}, {"sizes", std::vector<std::int64_t>{1, 2}}};
  EXPECT_EQ(attributes.reals("scales"), (std::vector<double>{0.5, 2}));
  EXPECT_EQ(attributes.reals("sizes"), (std::vector<double>{1, 2}));
  EXPECT_EQ(attributes.reals("none", {3}), std::vector<double>{3});
  EXPECT_EQ(attributes.integers("scales", {7}), std::vector<std::int64_t>{7});
}

TEST(Attributes, TakeAWholeNumberForAReal) {
  const Attributes attributes{{"scale", 2}};
  EXPECT_EQ(attributes.real("scale"), 2.0);
}

}  // namespace
}  // namespace rheo
