// SPDX-License-Identifier: Apache-2.0
// What the library calls by a field's name has a flag behind it.
#include "cli/flag_names.h"

#include "cli/command_line.h"
#include "engine/sized_model.h"

namespace rheo {
namespace {

TEST(FlagNames, StandBehindTheFieldsThatASentenceNames) {
  EXPECT_EQ(cli::with_flags("leave LoadOptions::sizes out."), "leave LoadOptions::sizes (--dim NAME=SIZE,SIZE) out.");
  EXPECT_EQ(cli::with_flags("model.shapes says"), "model.shapes (--input-shape) says");
  EXPECT_EQ(cli::with_flags("set allow_uncertified to use it"),
            "set allow_uncertified (--allow-uncertified) to use it");
  EXPECT_EQ(cli::with_flags("Input 'x' leaves the size of dimension 's' open; say what it is: dimension s=SIZE."),
            "Input 'x' leaves the size of dimension 's' open; say what it is: --dim s=SIZE.");
  EXPECT_EQ(cli::with_flags("RunOptions::path"), "RunOptions::path (--path)");
}

TEST(FlagNames, OtherWordsStayAsTheyAre) {
  for (const char* sentence : {"", "The file 'mymodel.shapes.onnx' is missing.", "LoadOptions::batches_of",
                               "a: dimension", "Dimension 's' cannot be 0."}) {
    EXPECT_EQ(cli::with_flags(sentence), sentence);
  }
}

using FlagNamesCommand = testing::CommandLine;

TEST_F(FlagNamesCommand, AreInWhatACommandSays) {
  const testing::SizedFile file;
  expect_refused(rheo({"inspect", file.name()}), 1, "--dim sequence=SIZE");
  expect_refused(rheo({"inspect", model, "--dim", "sequence=8,16"}), 1, "(--dim");
}

}  // namespace
}  // namespace rheo
