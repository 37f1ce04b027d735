// SPDX-License-Identifier: Apache-2.0
#include "load/aten/call.h"

#include <gtest/gtest.h>

#include "support/aten_sample.h"
#include "support/tensors.h"

namespace rheo::aten {
namespace {

using testing::number;
using testing::numbers;
using testing::real;
using testing::text;
using testing::truth;
using testing::value_named;
using testing::values_named;

class AtenCall : public ::testing::Test {
 protected:
  AtenCall() {
    scope.set("x", emitter.add_input("x", {DType::f32, {kDynamic, 3}, {}}).value());
    scope.set("two", ImportValue::known(testing::tensor_of(DType::i64, {}, {2})));
    scope.set("batch", ImportValue::known({testing::tensor_of(DType::i64, {}, {double(kTrialBatches[0])}),
                                           testing::tensor_of(DType::i64, {}, {double(kTrialBatches[1])})}));
  }
  Call& call(Argument argument) {
    node = {"aten.some.default", {{"a", std::move(argument)}}, {"y", ""}, {}, {}};
    made = std::make_unique<Call>(emitter, scope, node, Arguments::bind("a", node).value());
    return *made;
  }
  ImportEmitter emitter{LoadLimits()};
  Scope scope;
  Node node;
  std::unique_ptr<Call> made;
};

TEST_F(AtenCall, TakesComputedSizesForNumbers) {
  EXPECT_EQ(call(number(5)).integer("a").value(), 5);
  EXPECT_EQ(call(value_named("two")).integer("a").value(), 2);
  EXPECT_EQ(call(numbers({1, 2})).integers("a").value(), (std::vector<std::int64_t>{1, 2}));
  Argument::List mixed = {value_named("batch"), number(-1)};
  EXPECT_EQ(call(Argument(mixed)).sizes("a").value()[1], (std::vector<std::int64_t>{kTrialBatches[1], -1}));
  EXPECT_FALSE(call(Argument(mixed)).integers("a").ok());
  EXPECT_EQ(call(value_named("two")).real("a").value(), 2);
  EXPECT_EQ(call(real(0.5)).real("a").value(), 0.5);
  EXPECT_TRUE(call(truth(true)).truth("a").value());
}

TEST_F(AtenCall, MakesConstantsOfNumbers) {
  EXPECT_EQ(call(real(0.5)).dtype_of(**made->value("a")), DType::f32);
  EXPECT_EQ(call(number(std::int64_t{1} << 60)).value("a").value()->only().as<std::int64_t>()[0],
            std::int64_t{1} << 60);
  EXPECT_EQ(call(truth(true)).dtype_of(**made->value("a")), DType::boolean);
  EXPECT_FALSE(made->is_tensor("a"));
  EXPECT_TRUE(call(value_named("x")).is_tensor("a"));
}

TEST_F(AtenCall, RefusesOtherKinds) {
  const Status status = call(text("mean")).integer("a").status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("needs whole numbers as its argument 'a'"), std::string::npos) << status.message();
  EXPECT_FALSE(call(value_named("x")).integer("a").ok());
  EXPECT_FALSE(call(value_named("nothing")).value("a").ok());
  EXPECT_FALSE(call(numbers({1, 2})).integer("a").ok());
  EXPECT_FALSE(call(numbers({1, 2})).real("a").ok());
  EXPECT_FALSE(call(number(1)).text("a").ok());
  EXPECT_FALSE(call(number(1)).values("a").ok());
  EXPECT_FALSE(call(value_named("x")).truth("a").ok());
}

TEST_F(AtenCall, CountsAxesOnce) {
  EXPECT_EQ(call(numbers({-1, 0})).axes("a", 3).value(), (std::vector<std::int64_t>{2, 0}));
  EXPECT_EQ(call(Argument()).axes("a", 2).value(), (std::vector<std::int64_t>{0, 1}));
  EXPECT_FALSE(call(numbers({0, -3})).axes("a", 3).ok());
  EXPECT_FALSE(call(numbers({3})).axes("a", 3).ok());
  EXPECT_EQ(call(number(2)).window("a", 2).value(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_FALSE(call(numbers({1, 2, 3})).window("a", 2).ok());
}

TEST_F(AtenCall, ComputesEveryFloatIn32Bits) {
  for (const char* name : {"f64", "f16", "bf16", "f32"}) {
    EXPECT_EQ(call(text(name)).dtype_named("a", DType::i64).value(), DType::f32) << name;
  }
  EXPECT_EQ(call(text("i32")).dtype_named("a", DType::f32).value(), DType::i32);
  EXPECT_EQ(call(Argument()).dtype_named("a", DType::i64).value(), DType::i64);
  EXPECT_FALSE(call(text("c64")).dtype_named("a", DType::f32).ok());
}

TEST_F(AtenCall, AnswersWhatIsWanted) {
  EXPECT_TRUE(call(number(1)).is_wanted(0));
  EXPECT_FALSE(made->is_wanted(1));
  EXPECT_FALSE(made->is_wanted(2));
  made->answer(*scope.find("two"));
  EXPECT_NE(scope.find("y"), nullptr);
  EXPECT_EQ(call(values_named({"x", ""})).values("a").value()[1], nullptr);
}

TEST(AtenTarget, HasAnOperator) {
  EXPECT_EQ(operator_of("aten.add.Tensor"), "add");
  EXPECT_EQ(operator_of("_operator.mul"), "mul");
  EXPECT_EQ(operator_of("odd"), "");
}

}  // namespace
}  // namespace rheo::aten
