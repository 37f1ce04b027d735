// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include <rheo/certificate.h>

namespace rheo {
namespace {

Certificate certificate() {
  Certificate made;
  made.promises = {{LossKind::disagreement, 0.01, 0.0084, 31, 0}};
  made.confidence = 0.95;
  made.inputs = 5000;
  return made;
}

Certificate with_drop(double bound) {
  Certificate made = certificate();
  made.promises.push_back({LossKind::accuracy_drop, 0.005, bound, 12, 7});
  return made;
}

TEST(Certificate, HoldsOnlyWithInputsAndABoundWithinTheLimit) {
  EXPECT_TRUE(certificate().holds());
  EXPECT_FALSE(Certificate().holds());
  for (const double bound : {0.011, std::nan("")}) {
    Certificate loose = certificate();
    loose.promises[0].bound = bound;
    EXPECT_FALSE(loose.holds()) << bound;
  }
  Certificate unread = certificate();
  unread.inputs = 0;
  EXPECT_FALSE(unread.holds());
  Certificate empty = certificate();
  empty.promises.clear();
  EXPECT_FALSE(empty.holds());
}

TEST(Certificate, HoldsOnlyWhenEveryPromiseDoes) {
  EXPECT_TRUE(with_drop(0.005).holds());
  EXPECT_TRUE(with_drop(-0.001).holds());
  EXPECT_FALSE(with_drop(0.0051).holds());
  Certificate other = with_drop(0.001);
  other.promises[0].bound = 0.02;
  EXPECT_FALSE(other.holds());
}

TEST(Certificate, FindsItsPromisesAndWhatTheyBound) {
  EXPECT_EQ(certificate().find(LossKind::disagreement)->losses, 31);
  EXPECT_EQ(certificate().find(LossKind::accuracy_drop), nullptr);
  EXPECT_EQ(with_drop(0.001).find(LossKind::accuracy_drop)->gains, 7);
  EXPECT_EQ(certificate().limit_of(LossKind::disagreement), 0.01);
  EXPECT_EQ(certificate().limit_of(LossKind::accuracy_drop), 0.01);  // no accuracy is lost without a disagreement
  EXPECT_EQ(with_drop(0.001).limit_of(LossKind::accuracy_drop), 0.005);
  Certificate drop_alone = with_drop(0.001);
  drop_alone.promises.erase(drop_alone.promises.begin());
  EXPECT_EQ(drop_alone.limit_of(LossKind::disagreement), 1);
}

TEST(Certificate, SaysEverythingInOneSentence) {
  EXPECT_EQ(certificate().to_string(),
            "Holds at 95.0 % confidence: at most 1.00 % disagreement with the reference path was promised, and 31 "
            "losses in 5000 inputs bound it by 0.84 %.");
  Certificate both = with_drop(0.006);
  both.read = 2;
  EXPECT_EQ(both.to_string(),
            "Does not hold at 95.0 % confidence: at most 1.00 % disagreement with the reference path was promised, and "
            "31 losses in 5000 inputs bound it by 0.84 %; at most 0.50 % accuracy drop against the reference path was "
            "promised, and 12 losses less 7 gains in 5000 inputs bound it by 0.60 %; read 2 of its data.");
  EXPECT_EQ(Certificate().to_string(), "No certificate: nothing was certified.");
  EXPECT_EQ(name_of(LossKind::accuracy_drop), "accuracy_drop");
}

}  // namespace
}  // namespace rheo
