// SPDX-License-Identifier: Apache-2.0
// The .npy files that are given to a model, and everything that may be wrong with them.
#include <cmath>

#include "cli/command_line.h"

namespace rheo {
namespace {

using InputsCommand = testing::CommandLine;

TEST_F(InputsCommand, GoByNameOrByPosition) {
  const Ended by_position = rheo({"run", "--input", one, model, "--json"});
  const Ended by_name = rheo({"run", model, "--json", "--input", "image=" + one});
  ASSERT_EQ(by_position.code, 0) << by_position.err;
  ASSERT_EQ(by_name.code, 0) << by_name.err;
  EXPECT_EQ(by_name.json()["steps"][0]["margin"], by_position.json()["steps"][0]["margin"]);
}

TEST_F(InputsCommand, OneTooManyAndUnknownNamesAreRefused) {
  expect_refused(rheo({"run", model, "--input", one, "--input", one}), 1, "one too many");
  expect_refused(rheo({"run", model, "--input", "mask=" + one}), 1, "mask");
}

TEST_F(InputsCommand, FilesThatAreNoTensorsAreRefusedByName) {
  expect_refused(rheo({"run", model, "--input", folder.file("none.npy")}), 1, "none.npy");
  std::ofstream(folder.file("text.npy")) << "hello";
  expect_refused(rheo({"run", model, "--input", folder.file("text.npy")}), 1, "text.npy");
  const std::string whole = testing::text_of(one);
  std::ofstream(folder.file("half.npy"), std::ios::binary) << whole.substr(0, whole.size() - 100);
  expect_refused(rheo({"run", model, "--input", folder.file("half.npy")}), 1, "half.npy");
}

TEST_F(InputsCommand, TensorsThatDoNotFitAreRefusedWithWhatTheModelTakes) {
  std::vector<float> pixels(144, 0.5f);
  const std::vector<std::uint8_t> bytes(144, 1);
  const std::string file = folder.file("wrong.npy");
  const auto refused = [&](const TensorView& tensor, const char* word) {
    write(file, tensor);
    expect_refused(rheo({"run", model, "--input", file}), 1, word);
    EXPECT_NE(rheo({"run", model, "--input", file}).err.find("image"), std::string::npos);
  };
  refused(TensorView(pixels.data(), {144}), "rank 1");
  refused(TensorView(pixels.data(), {1, 1, 9, 16}), "f32 [?, 1, 12, 12]");
  refused(TensorView(bytes.data(), {1, 1, 12, 12}), "u8");
  pixels[7] = NAN;
  refused(TensorView(pixels.data(), {1, 1, 12, 12}), "NaN");
}

}  // namespace
}  // namespace rheo
