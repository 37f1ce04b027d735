// SPDX-License-Identifier: Apache-2.0
#include "graph/with_constants.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "graph/hash.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::random_tensor;

std::shared_ptr<const Graph> sample() {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 9});
  net.exit("first", net.linear(x, 4));
  net.exit("final", net.linear(net.linear(x, 5), 4));
  net.output("sum", net.builder().outputs_of(net.node(OpKind::relu, {x}))[0]);
  return net.build();
}

TEST(WithConstants, TheSameConstantsGiveTheSameGraph) {
  const auto graph = sample();
  const auto same = with_constants(*graph, [](const Value& value) -> Result<Tensor> { return value.constant; });
  ASSERT_TRUE(same.ok()) << same.status().message();
  EXPECT_EQ(content_hash(**same), content_hash(*graph));
}

TEST(WithConstants, OthersTakeTheirPlaceUnderTheirNames) {
  const auto graph = sample();
  const auto other = with_constants(*graph, [](const Value& value) -> Result<Tensor> {
                       return random_tensor(value.constant.shape(), 77);
                     }).value();
  EXPECT_NE(content_hash(*other), content_hash(*graph));
  ASSERT_EQ(other->values().size(), graph->values().size());
  for (const Value& value : graph->values()) {
    const auto same = std::ranges::find_if(other->values(), [&](const Value& o) { return o.name == value.name; });
    ASSERT_NE(same, other->values().end()) << value.name;
    EXPECT_EQ(same->type, value.type) << value.name;
  }
  EXPECT_EQ(other->outputs()[0].name, "sum");
}

TEST(WithConstants, AFailureOrAWrongShapeEndsIt) {
  const auto failed = with_constants(
      *sample(), [](const Value&) -> Result<Tensor> { return Status(StatusCode::cancelled, "Enough."); });
  EXPECT_EQ(failed.status().code(), StatusCode::cancelled);
  const auto misfit = with_constants(*sample(), [](const Value&) -> Result<Tensor> {
    return random_tensor({3, 3, 3}, 1);
  });
  EXPECT_FALSE(misfit.ok());
}

}  // namespace
}  // namespace rheo
