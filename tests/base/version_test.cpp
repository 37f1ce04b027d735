// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include <rheo/version.h>

namespace rheo {
namespace {

TEST(Version, IsTheOneOfTheHeaders) {
  const std::string expected = std::to_string(RHEO_VERSION_MAJOR) + "." + std::to_string(RHEO_VERSION_MINOR) + "." +
                               std::to_string(RHEO_VERSION_PATCH);
  EXPECT_EQ(version(), expected);
}

}  // namespace
}  // namespace rheo
