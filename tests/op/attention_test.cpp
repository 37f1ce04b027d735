// SPDX-License-Identifier: Apache-2.0
#include "op/attention.h"

#include <gtest/gtest.h>

#include <limits>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

Result<TensorType> masked(const TensorType& mask) {
  const TensorType q = f32({kDynamic, 2, 3, 4});
  const TensorType k = f32({kDynamic, 2, 5, 4});
  return inferred(OpKind::attention, {q, k, k, mask});
}

TEST(Attention, AnswersOneValuePerQuery) {
  EXPECT_TRUE(infers(
      inferred(OpKind::attention, {f32({kDynamic, 2, 3, 4}), f32({kDynamic, 2, 5, 4}), f32({kDynamic, 2, 5, 7})}),
      f32({kDynamic, 2, 3, 7})));
  EXPECT_TRUE(infers(inferred(OpKind::attention, {bf16({1, 2, 3, 4}), bf16({1, 2, 5, 4}), bf16({1, 2, 5, 4})}),
                     bf16({1, 2, 3, 4})));
}

TensorType bytes(DType dtype, const Shape& shape, float scale, int zero_point) {
  TensorType type = type_of(dtype, shape);
  type.quantization = {.scales = {scale}, .zero_point = zero_point};
  return type;
}

TEST(Attention, TakesEightBitValuesAndAnswersAsItIsAsked) {
  const Inputs inputs = {bytes(DType::u8, {1, 2, 3, 4}, 0.1F, 128), bytes(DType::i8, {1, 2, 5, 4}, 0.2F, -3),
                         bytes(DType::u8, {1, 2, 5, 7}, 0.3F, 0)};
  EXPECT_TRUE(infers(inferred(OpKind::attention, inputs), f32({1, 2, 3, 7})));
  EXPECT_TRUE(infers(inferred(OpKind::attention, inputs, {{"out_dtype", std::string("bf16")}}), bf16({1, 2, 3, 7})));
  const Attributes as_u8 = {{"out_dtype", std::string("u8")}, {"out_scale", 0.25}, {"out_zero_point", 7}};
  EXPECT_TRUE(infers(inferred(OpKind::attention, inputs, as_u8), bytes(DType::u8, {1, 2, 3, 7}, 0.25F, 7)));
  EXPECT_TRUE(
      refuses(inferred(OpKind::attention, inputs, {{"out_dtype", std::string("i8")}}), {"out_scale", "positive"}));
  const Inputs mixed = {inputs[0], f32({1, 2, 5, 4}), inputs[2]};
  EXPECT_TRUE(refuses(inferred(OpKind::attention, mixed), {"k", "u8"}));
  Inputs many = inputs;
  many[2]->quantization = {.scales = {0.1F, 0.2F}, .axis = 1};
  EXPECT_TRUE(refuses(inferred(OpKind::attention, many), {"v", "scale"}));
}

TEST(Attention, RefusesMisfits) {
  const auto of = [](const Shape& q, const Shape& k, const Shape& v) {
    return inferred(OpKind::attention, {f32(q), f32(k), f32(v)});
  };
  EXPECT_TRUE(refuses(of({1, 2, 3, 4}, {1, 2, 5, 3}, {1, 2, 5, 4}), {"[b, h, t, d]"}));
  EXPECT_TRUE(refuses(of({1, 2, 3, 4}, {1, 2, 5, 4}, {1, 2, 6, 4}), {"[b, h, t, e]"}));
  EXPECT_TRUE(refuses(of({1, 2, 3, 4}, {1, 1, 5, 4}, {1, 1, 5, 4}), {"[b, h, t, d]"}));
  EXPECT_TRUE(refuses(of({1, 2, 3, 4}, {1, 2, 0, 4}, {1, 2, 0, 4}), {"at least one key"}));
  EXPECT_TRUE(refuses(of({2, 3, 4}, {2, 5, 4}, {2, 5, 4}), {"rank 4"}));
  EXPECT_TRUE(refuses(of({1, 2, 3, 4}, {1, 2, kDynamic, 4}, {1, 2, kDynamic, 4}), {"batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::attention, {f32({1, 2, 3, 4}), bf16({1, 2, 5, 4}), f32({1, 2, 5, 4})}), {"k"}));
}

Attributes rows(std::vector<std::int64_t> depths, std::vector<std::int64_t> columns) {
  return {{"heads", 2}, {"depths", std::move(depths)}, {"columns", std::move(columns)}};
}

TEST(Attention, FindsHeadsInRows) {
  const Inputs apart = {f32({kDynamic, 3, 8}), f32({kDynamic, 5, 8}), f32({kDynamic, 5, 14})};
  EXPECT_TRUE(infers(inferred(OpKind::attention, apart, {{"heads", 2}, {"depths", std::vector<std::int64_t>{4, 7}}}),
                     f32({kDynamic, 3, 14})));
  const TensorType together = f32({kDynamic, 3, 30});
  EXPECT_TRUE(infers(inferred(OpKind::attention, {together, together, together}, rows({4, 7}, {0, 8, 16})),
                     f32({kDynamic, 3, 14})));
  const TensorType mask = f32({kDynamic, 2, 3, 3});
  EXPECT_TRUE(infers(inferred(OpKind::attention, {together, together, together, mask}, rows({4, 7}, {0, 8, 16})),
                     f32({kDynamic, 3, 14})));
  EXPECT_TRUE(refuses(
      inferred(OpKind::attention, {together, together, together, f32({3, 3, 3})}, rows({4, 7}, {0, 8, 16})), {"mask"}));
}

TEST(Attention, RefusesRowsThatDoNotHoldTheHeads) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const auto of = [](const Attributes& attributes) {
    const TensorType together = f32({1, 3, 30});
    return inferred(OpKind::attention, {together, together, together}, attributes);
  };
  EXPECT_TRUE(of(rows({4, 7}, {0, 8, 16})).ok());
  for (const Attributes& attributes :
       {rows({4, 7}, {0, 8, 17}), rows({4, 7}, {-1, 8, 16}), rows({16, 7}, {0, 0, 0}), rows({0, 7}, {0, 0, 0}),
        rows({4}, {0, 0, 0}), rows({4, 7}, {0, 0}), rows({kHuge, 7}, {0, 0, 0}), rows({4, 7}, {0, kHuge, 0}),
        rows({4, 7}, {31, 0, 0}), Attributes{{"heads", 2}},
        Attributes{{"heads", -2}, {"depths", std::vector<std::int64_t>{4, 7}}}}) {
    EXPECT_TRUE(refuses(of(attributes), {"heads", "columns"}));
  }
  const Attributes fine = rows({4, 4}, {0, 0, 0});
  EXPECT_TRUE(refuses(inferred(OpKind::attention, {f32({1, 2, 3, 4}), f32({1, 2, 3, 4}), f32({1, 2, 3, 4})}, fine),
                      {"rank 3"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::attention, {f32({1, 3, 8}), f32({1, 5, 8}), f32({1, 6, 8})}, fine), {"[b, t, *]"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::attention, {f32({1, 3, 8}), f32({1, 0, 8}), f32({1, 0, 8})}, fine), {"one key"}));
  EXPECT_TRUE(refuses(inferred(OpKind::attention, {f32({1, 3, 8}), f32({1, kDynamic, 8}), f32({1, kDynamic, 8})}, fine),
                      {"batch"}));
}

TEST(Attention, TakesMasksThatBroadcast) {
  for (const Shape& shape : {Shape{3, 5}, Shape{5}, Shape{2, 1, 1}, Shape{1, 1, 3, 1}, Shape{kDynamic, 1, 1, 5}}) {
    EXPECT_TRUE(infers(masked(f32(shape)), f32({kDynamic, 2, 3, 4}))) << shape.to_string();
    EXPECT_TRUE(infers(masked(type_of(DType::boolean, shape)), f32({kDynamic, 2, 3, 4}))) << shape.to_string();
  }
  for (const Shape& shape : {Shape{4, 5}, Shape{1, 1, 1, 3, 5}, Shape{3, 2, 3, 5}})
    EXPECT_TRUE(refuses(masked(f32(shape)), {"mask"})) << shape.to_string();
  EXPECT_TRUE(refuses(masked(bf16({3, 5})), {"mask", "bool"}));
}

TEST(Attention, ReadsSettingsAndCounts) {
  EXPECT_EQ(AttentionSettings::from({}, 64).scale, 0.125);
  EXPECT_FALSE(AttentionSettings::from({}, 64).is_causal);
  EXPECT_EQ(AttentionSettings::from({{"scale", 2.0}}, 64).scale, 2.0);
  const TensorType q = f32({1, 2, 3, 4}), k = f32({1, 2, 5, 4}), v = f32({1, 2, 5, 7});
  const TensorType* inputs[] = {&q, &k, &v};
  EXPECT_EQ(schema_of(OpKind::attention).multiply_adds({Attributes(), inputs}, f32({1, 2, 3, 7})), 2 * 3 * 5 * (4 + 7));
}

}  // namespace
}  // namespace rheo::testing
