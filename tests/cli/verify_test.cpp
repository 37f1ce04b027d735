// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

namespace rheo {
namespace {

using VerifyCommand = testing::CommandLine;

TEST_F(VerifyCommand, RefusesWhatIsNoPackage) {
  expect_refused(rheo({"verify", folder.file("none.rheo")}), 1, "none.rheo");
  std::ofstream(folder.file("text.rheo")) << "hello";
  expect_refused(rheo({"verify", folder.file("text.rheo")}), 1, "text.rheo");
}

}  // namespace
}  // namespace rheo
