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
