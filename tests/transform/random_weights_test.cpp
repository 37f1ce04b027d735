// SPDX-License-Identifier: Apache-2.0
#include "transform/random_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "tensor/half.h"

namespace rheo {
namespace {

using testing::Net;
using testing::random_tensor;

const Tensor& constant(const Graph& graph, std::string_view name) {
  return std::ranges::find_if(graph.values(), [&](const Value& value) { return value.name == name; })->constant;
}

bool same_bytes(const Tensor& one, const Tensor& other) {
  return one.size_bytes() == other.size_bytes() && std::memcmp(one.data(), other.data(), one.size_bytes()) == 0;
}

double deviation_of(std::span<const float> elements) {
  double sum = 0;
  double squares = 0;
  for (const float x : elements) {
    sum += x;
    squares += double{x} * x;
  }
  const auto count = static_cast<double>(elements.size());
  return std::sqrt(squares / count - sum * sum / count / count);
}

// Constants of every kind, all added to the input [?, 16, 4].
struct Constants {
  GraphBuilder builder;
  ValueId sum = builder.add_input("x", {DType::f32, {kDynamic, 16, 4}, {}}).value();

  void add(std::string name, Tensor tensor) {
    ValueId value = builder.add_constant(std::move(name), std::move(tensor)).value();
    if (builder.type_of(value).dtype != DType::f32) {
      value = builder.add_node(OpKind::cast, {value}, {{"dtype", std::string("f32")}}).value();
    }
    sum = builder.add_node(OpKind::add, {sum, value}).value();
  }
  GraphPointer build() {
    EXPECT_TRUE(builder.add_exit("final", sum).ok());
    return builder.build().value();
  }
};

TEST(RandomWeights, KeepTheStructureAndTheSpreadAndForgetTheElements) {
  Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 64, 3, 2, "conv", true);
  net.exit("final", net.batch_norm(conv, "norm"));
  const GraphPointer graph = net.build();
  const GraphPointer other = with_random_weights(*graph, 1).value();
  EXPECT_EQ(testing::kinds(*other), testing::kinds(*graph));
  EXPECT_EQ(other->exits()[0].name, "final");
  for (const Value& value : graph->values()) {
    if (!value.is_constant()) continue;
    const std::span<const float> old = value.constant.as<float>();
    const std::span<const float> now = constant(*other, value.name).as<float>();
    ASSERT_EQ(now.size(), old.size());
    EXPECT_FALSE(std::ranges::equal(now, old)) << value.name;
    const auto range = std::ranges::minmax(old);
    EXPECT_TRUE(std::ranges::all_of(now, [&](float x) { return x >= range.min && x <= range.max; })) << value.name;
    if (old.size() < 1000) continue;
    EXPECT_NEAR(deviation_of(now) / deviation_of(old), 1, 0.2) << value.name;
  }
}

TEST(RandomWeights, TheSameSeedGivesTheSame) {
  Net net;
  net.exit("final", net.linear(net.input({kDynamic, 9}), 4));
  const GraphPointer graph = net.build();
  const auto weights = [&](std::uint64_t seed) {
    const GraphPointer other = with_random_weights(*graph, seed).value();
    const auto found = std::ranges::find_if(other->values(), &Value::is_constant);
    return found->constant;
  };
  EXPECT_TRUE(same_bytes(weights(7), weights(7)));
  EXPECT_FALSE(same_bytes(weights(7), weights(8)));
}

TEST(RandomWeights, WhatIsStructureStays) {
  Constants constants;
  constants.add("one", Tensor::of({0.5F}, {1}).value());
  constants.add("alike", Tensor::of({2.0F, 2.0F, 2.0F, 2.0F}, {4}).value());
  constexpr float kNothing = -std::numeric_limits<float>::infinity();
  constants.add("mask", Tensor::of({0.0F, kNothing, 0.0F, kNothing}, {4}).value());
  constants.add("weights", Tensor::of({1.0F, 2.0F, 3.0F, 4.0F}, {4}).value());
  const GraphPointer graph = constants.build();
  const GraphPointer other = with_random_weights(*graph, 1).value();
  for (const char* name : {"one", "alike", "mask"}) {
    EXPECT_TRUE(same_bytes(constant(*graph, name), constant(*other, name))) << name;
  }
  EXPECT_FALSE(same_bytes(constant(*graph, "weights"), constant(*other, "weights")));
}

TEST(RandomWeights, NarrowTypesToo) {
  const auto narrow = [](DType dtype, auto element) {
    Tensor tensor = Tensor::zeros(dtype, {16, 4}).value();
    auto* elements = static_cast<decltype(element(0))*>(tensor.mutable_data());
    for (int i = 0; i < 64; ++i) elements[i] = element(i);
    return tensor;
  };
  Constants constants;
  constants.add("i8", narrow(DType::i8, [](int i) { return static_cast<std::int8_t>(i - 30); }));
  constants.add("u8", narrow(DType::u8, [](int i) { return static_cast<std::uint8_t>(i + 9); }));
  constants.add("bf16", narrow(DType::bf16, [](int i) { return f32_to_bf16(static_cast<float>(i)); }));
  constants.add("f16", narrow(DType::f16, [](int i) { return f32_to_f16(static_cast<float>(i)); }));
  constants.add("i64", narrow(DType::i64, [](int i) { return std::int64_t{i}; }));
  const GraphPointer graph = constants.build();
  const GraphPointer other = with_random_weights(*graph, 3).value();
  for (const char* name : {"i8", "u8", "bf16", "f16"}) {
    EXPECT_FALSE(same_bytes(constant(*graph, name), constant(*other, name))) << name;
  }
  EXPECT_TRUE(same_bytes(constant(*graph, "i64"), constant(*other, "i64")));
  for (const std::uint8_t byte : constant(*other, "u8").as<std::uint8_t>()) EXPECT_TRUE(byte >= 9 && byte <= 72);
}

TEST(RandomWeights, SharedElementsStayShared) {
  const Tensor weights = random_tensor({4}, 5);
  Constants constants;
  constants.add("first", weights);
  constants.add("second", weights);
  const GraphPointer other = with_random_weights(*constants.build(), 1).value();
  EXPECT_EQ(constant(*other, "first").data(), constant(*other, "second").data());
}

}  // namespace
}  // namespace rheo
