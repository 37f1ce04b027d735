// SPDX-License-Identifier: Apache-2.0
#include "load/import_refusal.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(ImportRefusal, ListsEveryMissingOperatorOnce) {
  MissingOperators missing;
  EXPECT_TRUE(missing.status().ok());
  for (const char* name : {"a", "b", "c", "d"}) missing.add("Loop", {name, "Loop"});
  missing.add("Scan", {"e", "Scan"});
  EXPECT_FALSE(missing.empty());
  const Status status = missing.status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  for (const char* part : {"2 operators", "Loop (node 'a' (Loop)", "and 1 more", "Scan (node 'e' (Scan))"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
  }
  EXPECT_EQ(status.message().find("'d'"), std::string::npos) << status.message();
}

TEST(ImportRefusal, BlamesTheModel) {
  const ImportPlace place{"conv", "Conv"};
  EXPECT_TRUE(blame_model({}, place).ok());
  const Status blamed = blame_model({StatusCode::invalid_argument, "The groups do not fit."}, place);
  EXPECT_EQ(blamed.code(), StatusCode::unsupported);
  EXPECT_NE(blamed.message().find("node 'conv' (Conv)"), std::string::npos) << blamed.message();
  const Status named = blame_model({StatusCode::limit_exceeded, "Node 'conv' is too large."}, place);
  EXPECT_EQ(named.code(), StatusCode::limit_exceeded);
  EXPECT_EQ(named.message(), "Node 'conv' is too large.");
}

}  // namespace
}  // namespace rheo
