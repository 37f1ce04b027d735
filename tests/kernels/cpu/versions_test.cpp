// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rheo/version.h>

#include <string>

#include "kernels/kernel.h"

namespace rheo {
namespace {

TEST(LibraryVersions, NamesThisLibraryAndOneDnn) {
  const std::string text = library_versions();
  EXPECT_EQ(text.find("rheo " + std::string(version())), 0u) << text;
  EXPECT_NE(text.find(", oneDNN "), std::string::npos) << text;
}

}  // namespace
}  // namespace rheo
