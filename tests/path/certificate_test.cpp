// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <rheo/certificate.h>

namespace rheo {
namespace {

Certificate certificate() {
  Certificate made;
  made.limit = 0.01;
  made.confidence = 0.95;
  made.inputs = 5000;
  made.losses = 31;
  made.bound = 0.0084;
  return made;
}

TEST(Certificate, HoldsOnlyWithInputsAndABoundWithinTheLimit) {
  EXPECT_TRUE(certificate().holds());
  EXPECT_FALSE(Certificate().holds());
  Certificate loose = certificate();
  loose.bound = 0.011;
  EXPECT_FALSE(loose.holds());
  Certificate unread = certificate();
  unread.inputs = 0;
  EXPECT_FALSE(unread.holds());
}

TEST(Certificate, SaysEverythingInOneSentence) {
  EXPECT_EQ(certificate().to_string(),
            "Holds: at most 1.00 % disagreement with the reference path was promised at 95.0 % confidence; "
            "31 losses in 5000 inputs bound it by 0.84 %.");
  EXPECT_EQ(Certificate().to_string(), "No certificate: nothing was certified.");
  EXPECT_EQ(name_of(LossKind::accuracy_drop), "accuracy_drop");
}

}  // namespace
}  // namespace rheo
