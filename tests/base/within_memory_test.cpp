// SPDX-License-Identifier: Apache-2.0
#include "base/within_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace rheo {
namespace {

Result<std::size_t> allocate(std::size_t bytes) {
  return within_memory("Making a list", [&]() -> Result<std::size_t> {
    const std::vector<char> list(bytes);
    return list.size();
  });
}

TEST(WithinMemory, TurnsMissingMemoryIntoAStatus) {
  EXPECT_EQ(*allocate(3), 3U);
  for (const std::size_t bytes : {SIZE_MAX, SIZE_MAX / 4}) {  // more than a vector can count; more than there is
    const Status status = allocate(bytes).status();
    EXPECT_EQ(status.code(), StatusCode::resource_exhausted);
    EXPECT_EQ(status.message().rfind("Making a list needs more memory", 0), 0U) << status.message();
  }
}

}  // namespace
}  // namespace rheo
