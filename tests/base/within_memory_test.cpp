// SPDX-License-Identifier: Apache-2.0
#include "base/within_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <vector>

namespace rheo {
namespace {

TEST(WithinMemory, TurnsMissingMemoryIntoAStatus) {
  const auto longer_than_can_be = [](std::size_t size) -> Result<std::size_t> {
    return std::vector<char>(size).size();
  };
  // Thrown by hand: sanitizers end a process whose allocation is too large.
  const auto more_than_there_is = []() -> Result<std::size_t> { throw std::bad_alloc(); };
  EXPECT_EQ(*within_memory("Making a list", [&] { return longer_than_can_be(3); }), 3U);
  for (const Status& status : {within_memory("Making a list", [&] { return longer_than_can_be(SIZE_MAX); }).status(),
                               within_memory("Making a list", more_than_there_is).status()}) {
    EXPECT_EQ(status.code(), StatusCode::resource_exhausted);
    EXPECT_EQ(status.message().rfind("Making a list needs more memory", 0), 0U) << status.message();
  }
}

}  // namespace
}  // namespace rheo
