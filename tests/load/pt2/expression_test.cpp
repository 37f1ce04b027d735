// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/expression.h"

#include <gtest/gtest.h>

namespace rheo::pt2 {
namespace {

const std::map<std::string, std::int64_t, std::less<>> kKnown = {{"s0", 5}, {"s1", 7}};

std::optional<std::int64_t> value_of(std::string_view text) { return evaluate(text, kKnown).value().value; }
StatusCode refused(std::string_view text) { return evaluate(text, kKnown).status().code(); }

TEST(Expression, ComputesSumsAndProducts) {
  EXPECT_EQ(value_of("12"), 12);
  EXPECT_EQ(value_of("2*s0 + 1"), 11);
  EXPECT_EQ(value_of("2*(s0 - 1)*s1"), 56);
  EXPECT_EQ(value_of("s1//2 - -1"), 4);
  EXPECT_EQ(value_of("unknown + 1"), std::nullopt);
}

TEST(Expression, ReadsTheFormOfSymPy) {
  EXPECT_EQ(value_of("Symbol('s1', positive=True, integer=True)"), 7);
  EXPECT_EQ(value_of("Mul(Integer(3), Symbol('s0', positive=True, integer=True))"), 15);
  EXPECT_EQ(value_of("Add(Symbol('s0'), Mul(Integer(2), Symbol('s1')), Integer(-1))"), 18);
}

TEST(Expression, TellsASymbolAlone) {
  EXPECT_EQ(evaluate("s77", kKnown).value().symbol, "s77");
  EXPECT_EQ(evaluate("Symbol('s77', positive=True)", kKnown).value().symbol, "s77");
  EXPECT_EQ(evaluate("2*s0", kKnown).value().symbol, "");
  EXPECT_EQ(evaluate("-s0", kKnown).value().symbol, "");
  EXPECT_EQ(evaluate("3", kKnown).value().symbol, "");
}

TEST(Expression, RefusesEverythingElse) {
  for (const char* text : {"", "s0 +", "(s0", "s0)", "s0 s1", "__import__('os')", "2**3", "s0/2", "1.5", "Pow(s0, 2)",
                           "Symbol(s0)", "Symbol('')", "Symbol('a", "Integer(1, 2)", "99999999999999999999"}) {
    EXPECT_EQ(refused(text), StatusCode::unsupported) << text;
  }
}

TEST(Expression, StaysWithinItsBounds) {
  EXPECT_EQ(refused("9223372036854775807 + 1"), StatusCode::limit_exceeded);
  EXPECT_EQ(refused("9223372036854775807 * 2"), StatusCode::limit_exceeded);
  EXPECT_EQ(refused("s0//0"), StatusCode::limit_exceeded);
  EXPECT_EQ(refused(std::string(2000, '(')), StatusCode::limit_exceeded);
  EXPECT_EQ(refused(std::string(2000, '-') + "1"), StatusCode::limit_exceeded);
  EXPECT_EQ(refused(std::string(5000, '1')), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::pt2
