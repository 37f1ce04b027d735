// SPDX-License-Identifier: Apache-2.0
#include "load/einsum.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

Result<Einsum> parsed(std::string_view equation, std::vector<std::size_t> ranks) {
  return parse_einsum(equation, ranks);
}

TEST(Einsum, ReadsLettersAndSpellsEllipsesOut) {
  const Einsum product = parsed("bij, bjk -> bik", {3, 3}).value();
  EXPECT_EQ(product.inputs, (std::vector<std::string>{"bij", "bjk"}));
  EXPECT_EQ(product.output, "bik");
  const Einsum hidden = parsed("...ij,...jk->...ik", {4, 3}).value();
  EXPECT_EQ(hidden.inputs, (std::vector<std::string>{"ABij", "Bjk"}));
  EXPECT_EQ(hidden.output, "ABik");
}

TEST(Einsum, ImpliesTheLettersThatOccurOnce) {
  EXPECT_EQ(parsed("ij,jk", {2, 2}).value().output, "ik");
  EXPECT_EQ(parsed("ba", {2}).value().output, "ab");
  EXPECT_EQ(parsed("ii", {2}).value().output, "");
  EXPECT_EQ(parsed("...i", {2}).value().output, "Ai");
}

TEST(Einsum, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parsed("ij->i", {3}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(parsed("ij,jk->ik", {2}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(parsed("ij->ik", {2}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(parsed("ij->ii", {2}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(parsed("i1->i", {2}).status().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo
