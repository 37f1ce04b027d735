// SPDX-License-Identifier: Apache-2.0
// How rheo bench gets paths of a plain model in the precisions that are asked for.
#include "cli/bench_model.h"

#include <fstream>

#include "cli/command_line.h"
#include "engine/sized_model.h"
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

TEST_F(BenchModelCommand, PutsRandomWeightsInPlaceOfItsOwnAndSaysSo) {
  const auto timed = [&](const std::string& file, std::vector<std::string> more) {
    more.insert(more.begin(), {"bench", file, "--niter", "2", "--json"});
    const Ended ended = rheo(more);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.json();
  };
  const std::string file = RHEO_SOURCE_DIR "/tests/golden/exports/weights_old.onnx";
  const nlohmann::json own = timed(file, {});
  EXPECT_FALSE(own.contains("weights"));
  const nlohmann::json other = timed(file, {"--random-weights", "--precision", "f32,bf16", "--threads", "1,2"});
  EXPECT_EQ(other["rows"].size(), 4u);
  EXPECT_EQ(other["file_hash"], own["file_hash"]);
  EXPECT_NE(other["model_hash"], own["model_hash"]);
  EXPECT_NE(other["weights"].get<std::string>().find("random"), std::string::npos) << other;
  EXPECT_NE(timed(file, {"--random-weights", "--seed", "7", "--precision", "bf16"})["model_hash"], other["model_hash"]);
  const nlohmann::json rough = timed(file, {"--random-weights", "--precision", "int8"});
  EXPECT_TRUE(rough.contains("int8"));
  EXPECT_TRUE(rough.contains("weights"));
  EXPECT_EQ(timed(model, {"--random-weights", "--path", "exit1.bf16,final.f32"})["rows"].size(), 2u);
}

TEST_F(BenchModelCommand, RandomWeightsAreOfOneSize) {
  const testing::SizedFile file;
  expect_refused(rheo({"bench", file.name(), "--dim", "sequence=8,16", "--random-weights"}), 1, "one at a time");
}

}  // namespace
}  // namespace rheo
