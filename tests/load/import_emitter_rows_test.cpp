// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/import_emitter.h"
#include "support/interpreter.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using onnx::ElementType;
using testing::f32_of;
using testing::OnnxSample;

// A token [1, 1, 2] is expanded to the batch and joined with the words, in front of them or behind.
OnnxSample with_token(bool in_front) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2", "2"}).constant("token", f32_of({1, 1, 2}, {7, 8}));
  sample.node("Shape", {"x"}, {"sizes"}).integers("zero", {0}).node("Gather", {"sizes", "zero"}, {"items"});
  sample.integers("one", {1}).integers("two", {2});
  sample.node("Concat", {"items", "one", "two"}, {"shape"}, {testing::integer_attribute("axis", 0)});
  sample.node("Expand", {"token", "shape"}, {"row"});
  sample.node("Concat", in_front ? std::vector<std::string>{"row", "x"} : std::vector<std::string>{"x", "row"}, {"y"},
              {testing::integer_attribute("axis", 1)});
  return sample.output("y");
}

TEST(ImportEmitterRows, GiveEveryItemTheToken) {
  const Tensor x = f32_of({2, 2, 2}, {1, 2, 3, 4, 5, 6, -1, -2});
  EXPECT_EQ(with_token(true).graph()->value(with_token(true).graph()->inputs()[0].value).type.shape[0], kDynamic);
  EXPECT_TRUE(testing::is_identical(with_token(true).answers({x})[0],
                                    f32_of({2, 3, 2}, {7, 8, 1, 2, 3, 4, 7, 8, 5, 6, -1, -2})));
  EXPECT_TRUE(testing::is_identical(with_token(false).answers({x})[0],
                                    f32_of({2, 3, 2}, {1, 2, 3, 4, 7, 8, 5, 6, -1, -2, 7, 8})));
}

TEST(ImportEmitterRows, AreRepeatedWhereNothingBroadcasts) {
  ImportEmitter emitter{LoadLimits()};
  ImportValue places = emitter.add_input("places", {DType::i64, {kDynamic, 2}, {}}).value();
  PerTrial<Tensor> rows;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    rows[trial] = Tensor::zeros(DType::f32, {kTrialBatches[trial], 3}).value();
    for (std::size_t i = 0; i < rows[trial].as<float>().size(); ++i) {
      rows[trial].as_mutable<float>()[i] = static_cast<float>(i % 3);
    }
  }
  ImportValue row = ImportValue::known(rows);
  ImportValue* const both[] = {&row, &places};
  const Attributes along{{"axis", 1}};
  ImportValue y = emitter.emit(OpKind::gather_elements, both, {along, along}, {"here", "Op"}).value()[0];
  ASSERT_TRUE(emitter.add_exit("y", y).ok());
  const auto graph = emitter.builder().build().value();
  const Tensor input = testing::tensor_of(DType::i64, {2, 2}, {2, 0, 1, 1});
  EXPECT_TRUE(testing::is_identical(testing::interpret_exits(*graph, std::span(&input, 1)).value()[0],
                                    f32_of({2, 2}, {2, 0, 1, 1})));
}

// Else a large value that many read is copied and compared for each of them.
TEST(ImportEmitterRows, ARowIsFoundOnceForAllWhoReadIt) {
  ImportEmitter emitter{LoadLimits()};
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 3}, {}}).value();
  ImportValue row = ImportValue::known({Tensor::zeros(DType::f32, {kTrialBatches[0], 3}).value(),
                                        Tensor::zeros(DType::f32, {kTrialBatches[1], 3}).value()});
  const ValueId first = emitter.id_of(row, {"a", "Add"}, true).value();
  EXPECT_EQ(emitter.id_of(row, {"b", "Add"}, true).value(), first);
  ImportValue copy = row;
  EXPECT_EQ(emitter.id_of(copy, {"c", "Add"}, true).value(), first);
}

}  // namespace
}  // namespace rheo
