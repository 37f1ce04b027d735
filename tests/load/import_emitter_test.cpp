// SPDX-License-Identifier: Apache-2.0
#include "load/import_emitter.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using testing::f32_of;

const ImportPlace kPlace = {"here", "Op"};

PerTrial<Attributes> alike(Attributes attributes) { return {attributes, attributes}; }

TEST(ImportEmitter, ComputesWhatIsKnownAndAddsTheRest) {
  ImportEmitter emitter({});
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 2}, {}}).value();
  ImportValue a = ImportValue::known(f32_of({2}, {1, 2}));
  ImportValue* const twice[] = {&a, &a};
  ImportValue sum = emitter.emit(OpKind::add, twice, alike({}), kPlace).value()[0];
  ASSERT_TRUE(sum.is_known());
  EXPECT_TRUE(testing::is_identical(sum.only(), f32_of({2}, {2, 4})));
  ImportValue* const both[] = {&x, &sum};
  ImportValue y = emitter.emit(OpKind::mul, both, alike({}), kPlace).value()[0];
  EXPECT_TRUE(y.is_computed());
  EXPECT_EQ(emitter.type_of(y).shape, (Shape{kDynamic, 2}));
  EXPECT_EQ(emitter.shapes_of(y)[1], (Shape{kTrialBatches[1], 2}));
  ASSERT_TRUE(emitter.add_exit("y", y).ok());
  EXPECT_EQ(testing::kinds(*emitter.builder().build().value()), std::vector<std::string>{"mul"});
}

TEST(ImportEmitter, ComputesForEachTrialWhatDependsOnTheBatch) {
  ImportEmitter emitter({});
  ImportValue batch = ImportValue::known({testing::tensor_of(DType::i64, {1}, {double(kTrialBatches[0])}),
                                          testing::tensor_of(DType::i64, {1}, {double(kTrialBatches[1])})});
  ImportValue one = ImportValue::known(testing::tensor_of(DType::i64, {1}, {1}));
  ImportValue* const both[] = {&batch, &one};
  const ImportValue more = emitter.emit(OpKind::add, both, alike({}), kPlace).value()[0];
  EXPECT_FALSE(more.ignores_batch());
  EXPECT_EQ(more.elements()[1].as<std::int64_t>()[0], kTrialBatches[1] + 1);
}

TEST(ImportEmitter, RefusesAConstantThatDependsOnTheBatch) {
  ImportEmitter emitter({});
  ImportValue odd = ImportValue::known({f32_of({1}, {1}), f32_of({1}, {2})});
  const auto id = emitter.id_of(odd, kPlace, true);
  EXPECT_EQ(id.status().code(), StatusCode::unsupported);
  EXPECT_NE(id.status().message().find("'here' (Op)"), std::string::npos);
  EXPECT_TRUE(emitter.has_open_batch());
}

TEST(ImportEmitter, BooksWhatItComputes) {
  LoadLimits limits;
  limits.computed_bytes = 100;
  ImportEmitter emitter(limits);
  EXPECT_TRUE(emitter.book(DType::f32, {20}, kPlace).ok());
  EXPECT_EQ(emitter.book(DType::f32, {20}, kPlace).code(), StatusCode::limit_exceeded);
  EXPECT_EQ(emitter.book(DType::f32, {std::int64_t{1} << 62}, kPlace).code(), StatusCode::limit_exceeded);
}

// An op that reads little and writes little may look at its elements without end.
TEST(ImportEmitter, BooksTheStepsOfWhatItComputes) {
  LoadLimits limits;
  limits.computed_steps = 100'000;
  ImportEmitter emitter(limits);
  ImportValue small = ImportValue::known(Tensor::zeros(DType::f32, {40, 40}).value());
  ImportValue large = ImportValue::known(Tensor::zeros(DType::f32, {200, 200}).value());
  ImportValue* const pair[] = {&small, &small};
  EXPECT_TRUE(emitter.emit(OpKind::matmul, pair, alike({}), kPlace).ok());
  const Status twice = emitter.emit(OpKind::matmul, pair, alike({}), kPlace).status();
  EXPECT_EQ(twice.code(), StatusCode::limit_exceeded);
  EXPECT_NE(twice.message().find("constant folding"), std::string::npos) << twice.message();
  ImportEmitter sorter(limits);
  ImportValue* const one[] = {&large};
  EXPECT_EQ(sorter.emit(OpKind::top_k, one, alike({{"k", 1}}), kPlace).status().code(), StatusCode::limit_exceeded);
}

// By default it would be minutes of a processor, for a file of some hundred bytes.
TEST(ImportEmitter, ComputesNoProductOfLargeConstantsAhead) {
  ImportEmitter emitter({});
  ImportValue large = ImportValue::known(Tensor::zeros(DType::f32, {2048, 2048}).value());
  ImportValue* const pair[] = {&large, &large};
  EXPECT_EQ(emitter.emit(OpKind::matmul, pair, alike({}), kPlace).status().code(), StatusCode::limit_exceeded);
}

TEST(ImportEmitter, AliasesOfAWeightAreOneConstant) {
  ImportEmitter emitter({});
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 2}, {}}).value();
  const Tensor weights = f32_of({2}, {1, 2});
  ImportValue first = ImportValue::known(weights);
  ImportValue second = ImportValue::known(weights);
  ImportValue other = ImportValue::known(f32_of({2}, {1, 2}));
  const ValueId id = emitter.id_of(first, kPlace).value();
  EXPECT_EQ(emitter.id_of(second, kPlace).value(), id);
  EXPECT_NE(emitter.id_of(other, kPlace).value(), id) << "its elements may change one day";
}

// A model that calls a function often repeats the names of its nodes. Counted from the start each time, these would
// take minutes.
TEST(ImportEmitter, FindsFreeNamesWithoutCountingFromTheStart) {
  constexpr int kNodes = 60'000;
  ImportEmitter emitter({});
  ImportValue x = emitter.add_input("x", {DType::f32, {1, 2}, {}}).value();
  for (int node = 0; node < kNodes; ++node) {
    ImportValue* const input[] = {&x};
    x = emitter.emit(OpKind::relu, input, alike({}), {"same", "Relu"}).value()[0];
  }
  EXPECT_EQ(emitter.builder().value_name(x.id()), "same." + std::to_string(kNodes));
}

TEST(ImportEmitter, PassesOverNamesThatTheModelGivesItself) {
  ImportEmitter emitter({});
  ImportValue x = emitter.add_input("x", {DType::f32, {1, 2}, {}}).value();
  std::vector<std::string> names;
  for (const std::string name : {"a", "a.2", "a", "a", "a.2"}) {
    ImportValue* const input[] = {&x};
    x = emitter.emit(OpKind::relu, input, alike({}), {name, "Relu"}).value()[0];
    names.push_back(emitter.builder().value_name(x.id()));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a", "a.2", "a.3", "a.4", "a.2.2"}));
}

TEST(ImportEmitter, MakesNamesUnique) {
  ImportEmitter emitter({});
  ImportValue x = emitter.add_input("x", {DType::f32, {1, 2}, {}}).value();
  ImportValue* const input[] = {&x};
  ImportValue a = emitter.emit(OpKind::relu, input, alike({}), {"same", "Relu"}).value()[0];
  ImportValue* const next[] = {&a};
  ImportValue b = emitter.emit(OpKind::tanh, next, alike({}), {"same", "Tanh"}).value()[0];
  ASSERT_TRUE(emitter.add_exit("b", b).ok());
  const auto graph = emitter.builder().build().value();
  EXPECT_EQ(graph->node(0).name, "same");
  EXPECT_EQ(graph->node(1).name, "same.2");
}

}  // namespace
}  // namespace rheo
