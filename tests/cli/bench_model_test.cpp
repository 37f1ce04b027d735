// SPDX-License-Identifier: Apache-2.0
// How rheo bench gets paths of a plain model in the precisions that are asked for.
#include "cli/bench_model.h"

#include <fstream>

#include "cli/command_line.h"
#include "support/onnx_writer.h"

namespace rheo {
namespace {

class BenchModelCommand : public testing::CommandLine {
 protected:
  // A convolution and nothing else: [batch, 3, 8, 8] -> [batch, 4 * 6 * 6].
  std::string plain_model() {
    const std::vector<float> weights(108, 0.1F);
    const std::string raw(reinterpret_cast<const char*>(weights.data()), weights.size() * sizeof(float));
    const auto graph = testing::OnnxGraph()
                           .input("x", 1, {"batch", "3", "8", "8"})
                           .initializer(testing::onnx_tensor("w", 1, {4, 3, 3, 3}, raw))
                           .node(testing::onnx_node("Conv", {"x", "w"}, {"c"}))
                           .node(testing::onnx_node("Flatten", {"c"}, {"y"}))
                           .output("y");
    const std::string file = folder.file("plain.onnx");
    std::ofstream(file, std::ios::binary) << testing::onnx_model(graph);
    return file;
  }
};

TEST_F(BenchModelCommand, MakesInt8OfItsOwnInputsAndSaysSo) {
  const Ended ended = rheo({"bench", plain_model(), "--precision", "f32,bf16,int8", "--niter", "2", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.json()["rows"].size(), 3u);
  EXPECT_NE(ended.json()["int8"].get<std::string>().find("not for its answers"), std::string::npos);
}

TEST_F(BenchModelCommand, OtherPrecisionsNeedNoRanges) {
  const Ended ended = rheo({"bench", plain_model(), "--precision", "bf16", "--niter", "2", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(ended.json().contains("int8"));
  EXPECT_NE(ended.json()["rows"][0]["path"].get<std::string>().find(".bf16"), std::string::npos);
}

}  // namespace
}  // namespace rheo
