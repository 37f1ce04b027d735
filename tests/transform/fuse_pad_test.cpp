// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::kinds;
using testing::Net;
using Integers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

GraphPointer padded(const Integers& pads, const std::string& mode = "constant", double value = 0,
                    bool read_again = false) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId pad = net.node(OpKind::pad, {image}, {{"pads", pads}, {"mode", mode}, {"value", value}}, "pad");
  const ValueId conv = net.conv(pad, 4, 3, 1, "conv");
  net.exit("final", conv);
  if (read_again) net.output("pad", pad);
  return net.build();
}

Names after(const GraphPointer& graph) {
  const GraphPointer result = fuse_pad(*graph).value();
  const std::vector<Tensor> pictures = {testing::random_tensor({2, 3, 8, 8}, 1)};
  EXPECT_TRUE(testing::same_answers(*graph, *result, pictures, 1e-6));
  return kinds(*result);
}

TEST(FusePad, ZerosAroundPicturesBecomePadsOfTheConvolution) {
  EXPECT_EQ(after(padded({0, 0, 0, 1, 0, 0, 2, 3})), Names{"conv2d"});
}

TEST(FusePad, OtherPadsStay) {
  const Names both = {"pad", "conv2d"};
  EXPECT_EQ(after(padded({0, 0, 1, 1, 0, 0, 1, 1}, "reflect")), both);
  EXPECT_EQ(after(padded({0, 0, 1, 1, 0, 0, 1, 1}, "constant", 1)), both);
  EXPECT_EQ(after(padded({0, 0, 1, 1, 0, 0, -1, 1})), both);
  EXPECT_EQ(after(padded({0, 0, 1, 1, 0, 0, 1, 1}, "constant", 0, true)), both);
}

}  // namespace
}  // namespace rheo
