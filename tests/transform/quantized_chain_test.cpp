// SPDX-License-Identifier: Apache-2.0
#include "transform/quantized_chain.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/spelled_quantization.h"

namespace rheo {
namespace {

using namespace testing;

TEST(QuantizedChain, ReadsScaleAndZeroPoint) {
  Net net;
  const ValueId x = net.input({kDynamic, 6});
  const ValueId stored = spelled_quantize(net, x, 0.25F, 7, "stored");
  net.exit("final", spelled_dequantize(net, stored, 0.5F, 9, "real"));
  const testing::GraphPointer graph = net.build();
  const std::optional<InForm> into = quantize_chain(*graph, *find_node(*graph, "stored"));
  ASSERT_TRUE(into.has_value());
  EXPECT_EQ(into->value, x);
  EXPECT_EQ(into->form, (StoredForm{DType::u8, 0.25F, 7}));
  const std::optional<InForm> out = dequantize_chain(*graph, *find_node(*graph, "real"));
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->value, stored);
  EXPECT_EQ(out->form, (StoredForm{DType::u8, 0.5F, 9}));
  EXPECT_FALSE(quantize_chain(*graph, *find_node(*graph, "real")));
  EXPECT_FALSE(dequantize_chain(*graph, *find_node(*graph, "stored")));
}

TEST(QuantizedChain, OtherNumbersAreNone) {
  const auto is_chain = [](float scale, float zero_point) {
    Net net;
    net.exit("final", net.node(OpKind::cast, {spelled_quantize(net, net.input({kDynamic, 6}), scale, zero_point, "q")},
                               {{"dtype", std::string("f32")}}));
    const testing::GraphPointer graph = net.build();
    return quantize_chain(*graph, *find_node(*graph, "q")).has_value();
  };
  EXPECT_TRUE(is_chain(0.1F, 255));
  EXPECT_FALSE(is_chain(0.1F, 256));
  EXPECT_FALSE(is_chain(0.1F, 0.5F));
  EXPECT_FALSE(is_chain(-0.1F, 3));
}

TEST(QuantizedChain, AttributesSayTheForm) {
  const StoredForm form{DType::i8, 0.5F, -3};
  const Attributes attributes = quantize_attributes(form);
  EXPECT_EQ(attributes.text("dtype"), "i8");
  EXPECT_EQ(attributes.real("scale"), 0.5);
  EXPECT_EQ(attributes.integer("zero_point", 0), -3);
  EXPECT_EQ(form_of({DType::i8, {4}, {{0.5F}, 0, -3}}), form);
}

}  // namespace
}  // namespace rheo
