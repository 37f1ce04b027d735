// SPDX-License-Identifier: Apache-2.0
#include "base/environment.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rheo {
namespace {

TEST(Environment, IsEmptyWhenUnset) {
  ASSERT_EQ(unsetenv("RHEO_ENVIRONMENT_TEST"), 0);
  EXPECT_EQ(environment("RHEO_ENVIRONMENT_TEST"), "");
  ASSERT_EQ(setenv("RHEO_ENVIRONMENT_TEST", "avx2", 1), 0);
  EXPECT_EQ(environment("RHEO_ENVIRONMENT_TEST"), "avx2");
  ASSERT_EQ(unsetenv("RHEO_ENVIRONMENT_TEST"), 0);
}

}  // namespace
}  // namespace rheo
