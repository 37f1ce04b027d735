// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "kernels/kernel.h"

namespace rheo {
namespace {

TEST(RefList, HasOneKernelForEveryOp) {
  std::set<OpKind> kinds;
  for (const KernelEntry& entry : reference_kernels()) {
    EXPECT_EQ(entry.name, "ref." + std::string(name_of(entry.op)));
    EXPECT_TRUE(kinds.insert(entry.op).second) << entry.name;
  }
  EXPECT_EQ(kinds.size(), op_schemas().size());
}

}  // namespace
}  // namespace rheo
