// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rheo {
namespace {

TEST(Cpu, ACapNeverRaisesTheLevel) {
  const Result<Isa> host = select_isa("");
  ASSERT_TRUE(host.ok());
  EXPECT_EQ(*select_isa("portable"), Isa::portable);
  EXPECT_EQ(*select_isa("avx512_vnni_bf16"), *host);
  EXPECT_LE(*select_isa("avx2"), Isa::avx2);
}

TEST(Cpu, AnUnknownCapListsTheValidOnes) {
  const Result<Isa> unknown = select_isa("sse9");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.status().message().find("portable, avx2, avx512, avx512_vnni, avx512_vnni_bf16"), std::string::npos)
      << unknown.status().message();
}

TEST(Cpu, ReadsCgroupQuotas) {
  EXPECT_EQ(cpu_quota("150000 100000"), 1.5);
  EXPECT_EQ(cpu_quota("max 100000"), HUGE_VAL);
  EXPECT_EQ(cpu_quota(""), HUGE_VAL);
  EXPECT_EQ(cpu_quota("100000"), HUGE_VAL);
  EXPECT_EQ(cpu_quota("100000 0"), HUGE_VAL);
}

TEST(Cpu, HasAtLeastOneThread) { EXPECT_GE(usable_threads(), 1); }

}  // namespace
}  // namespace rheo
