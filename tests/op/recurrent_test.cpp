// SPDX-License-Identifier: Apache-2.0
#include "op/recurrent.h"

#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

const Inputs kLstm = {f32({kDynamic, 5, 3}), f32({1, 8, 3}), f32({1, 8, 2})};

// `input` replaced by `type`, absent ones in between.
Inputs with(Inputs inputs, std::size_t input, const TensorType& type) {
  if (inputs.size() <= input) inputs.resize(input + 1);
  inputs[input] = type;
  return inputs;
}

TEST(Recurrent, AnswersAllStepsAndTheLastStates) {
  const auto types = [](OpKind op, const Inputs& inputs, const Attributes& attributes) {
    std::vector<const TensorType*> pointers;
    for (const auto& input : inputs) pointers.push_back(input ? &*input : nullptr);
    return infer_types(op, {attributes, pointers});
  };
  const auto lstm = types(OpKind::lstm, kLstm, {}).value();
  ASSERT_EQ(lstm.size(), 3U);
  EXPECT_EQ(lstm[0], f32({kDynamic, 5, 1, 2}));
  EXPECT_EQ(lstm[1], f32({kDynamic, 1, 2}));
  EXPECT_EQ(lstm[2], f32({kDynamic, 1, 2}));
  const auto gru =
      types(OpKind::gru, {f32({4, 5, 3}), f32({2, 6, 3}), f32({2, 6, 2})}, {{"direction", "bidirectional"}}).value();
  ASSERT_EQ(gru.size(), 2U);
  EXPECT_EQ(gru[0], f32({4, 5, 2, 2}));
  EXPECT_EQ(gru[1], f32({4, 2, 2}));
  EXPECT_EQ(types(OpKind::rnn, {f32({4, 5, 3}), f32({1, 2, 3}), f32({1, 2, 2})}, {}).value().size(), 2U);
}

TEST(Recurrent, ChecksEveryOperand) {
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 0, f32({kDynamic, 5}))), {"x", "rank 3"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 0, f32({1, kDynamic, 3}))), {"x", "batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 0, bf16({1, 5, 3}))), {"x", "f32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 0, f32({1, 5, 4}))), {"(w)"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 2, f32({2, 8, 2}))), {"(r)"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, 2, f32({1, 6, 2}))), {"(r)"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, kGateBias, f32({1, 8}))), {"bias", "[1, 16]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, kLengths, f32({kDynamic}))), {"lengths", "i32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, kFirstHidden, f32({1, 1, 2}))), {"h0"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, kFirstCell, f32({kDynamic, 2}))), {"c0"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lstm, with(kLstm, kPeepholes, f32({1, 8}))), {"peepholes", "[1, 6]"}));
  EXPECT_TRUE(infers(inferred(OpKind::lstm, with(kLstm, kPeepholes, f32({1, 6}))), f32({kDynamic, 5, 1, 2})));
}

TEST(Recurrent, ChecksItsSettings) {
  const auto set = [](const Attributes& attributes) { return inferred(OpKind::lstm, kLstm, attributes); };
  EXPECT_TRUE(refuses(set({{"direction", "sideways"}}), {"sideways"}));
  EXPECT_TRUE(refuses(set({{"direction", "bidirectional"}}), {"(r)"}));
  EXPECT_TRUE(refuses(set({{"clip", -1.0}}), {"clip"}));
  for (const char* list : {"sigmoid", "sigmoid,tanh,", "sigmoid,tanh,clamp", "sigmoid,tanh,add", ","})
    EXPECT_TRUE(refuses(set({{"activations", list}}), {"activations"})) << list;
  EXPECT_TRUE(infers(set({{"activations", "sigmoid,relu,tanh"}}), f32({kDynamic, 5, 1, 2})));
}

TEST(Recurrent, ReadsSettings) {
  const RecurrentSettings plain = RecurrentSettings::from(OpKind::lstm, {});
  EXPECT_EQ(plain.directions(), 1U);
  EXPECT_FALSE(plain.goes_back(0));
  EXPECT_EQ(plain.activation(0, 2).kind, OpKind::tanh);
  const RecurrentSettings both =
      RecurrentSettings::from(OpKind::gru, {{"direction", "bidirectional"}, {"activations", "sigmoid,tanh,relu,gelu"}});
  EXPECT_FALSE(both.goes_back(0));
  EXPECT_TRUE(both.goes_back(1));
  EXPECT_EQ(both.activation(1, 0).kind, OpKind::relu);
  EXPECT_EQ(both.activation(1, 1).kind, OpKind::gelu);
  EXPECT_TRUE(RecurrentSettings::from(OpKind::rnn, {{"direction", "reverse"}}).goes_back(0));
}

TEST(Recurrent, CountsBothProducts) {
  const TensorType x = f32({2, 5, 3}), w = f32({1, 8, 3}), r = f32({1, 8, 2}), y = f32({2, 5, 1, 2});
  const TensorType* inputs[] = {&x, &w, &r};
  EXPECT_EQ(schema_of(OpKind::lstm).multiply_adds({Attributes(), inputs}, y), 2 * 5 * 8 * (3 + 2));
}

}  // namespace
}  // namespace rheo::testing
