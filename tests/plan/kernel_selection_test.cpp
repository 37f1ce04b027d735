// SPDX-License-Identifier: Apache-2.0
#include "plan/kernel_selection.h"

#include <gtest/gtest.h>

#include "plan/fake_kernels.h"

namespace rheo {
namespace {

class KernelSelection : public ::testing::Test {
 protected:
  KernelSelection() { options_.weights = std::make_shared<WeightStore>(); }
  KernelCall call(OpKind op, std::size_t inputs) {
    KernelCall result;
    result.name = "layer1.conv";
    result.op = op;
    result.attributes = &none_;
    result.inputs.assign(inputs, {&type_, Layout::plain, nullptr});
    result.outputs = {{&type_, Layout::plain, nullptr}};
    return result;
  }
  TensorType type_ = {DType::f32, {1, 32, 8, 8}, {}};
  Attributes none_;
  PlanOptions options_;
};

TEST_F(KernelSelection, TheFirstThatAcceptsServesAndTheOthersSayWhyNot) {
  const KernelSelector selector(testing::fake_lists(), options_);
  const KernelCall conv = call(OpKind::conv2d, 1);
  const auto selected = selector.first_accepting(conv, default_attempts(conv, Layout::plain)).value();
  EXPECT_EQ(selected.entry, "fake.wide");
  EXPECT_EQ(selected.layouts, (LayoutPair{Layout::nhwc, Layout::nhwc}));
  ASSERT_EQ(selected.refusals.size(), 2U);
  EXPECT_EQ(selected.refusals[0].kernel, "fake.blocked");
  EXPECT_EQ(selected.refusals[0].reason, "It takes nchw16c to nchw16c.");
}

TEST_F(KernelSelection, WithoutPermissionNoReferenceKernelServes) {
  const KernelCall sub = call(OpKind::sub, 2);
  const auto refused =
      KernelSelector(testing::fake_lists(), options_).first_accepting(sub, default_attempts(sub, Layout::plain));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::unsupported);
  EXPECT_NE(refused.status().message().find("layer1.conv"), std::string::npos);
  EXPECT_NE(refused.status().message().find("[1, 32, 8, 8]"), std::string::npos);
  options_.allow_reference = true;
  EXPECT_EQ(KernelSelector(testing::fake_lists(), options_)
                .first_accepting(sub, default_attempts(sub, Layout::plain))
                .value()
                .entry,
            "fake.ref.sub");
}

TEST_F(KernelSelection, EveryRefusalIsInTheMessage) {
  const KernelSelector selector(testing::fake_lists(), options_);
  const KernelCall conv = call(OpKind::conv2d, 1);
  const std::vector<LayoutPair> plain = {{Layout::plain, Layout::plain}};
  const auto refused = selector.first_accepting(conv, plain);
  ASSERT_FALSE(refused.ok());
  for (const char* part : {"fake.blocked: It takes nchw16c", "fake.mixed: It takes nhwc to nchw16c", "fake.wide"}) {
    EXPECT_NE(refused.status().message().find(part), std::string::npos) << refused.status().message();
  }
}

TEST_F(KernelSelection, AChoiceIsFollowedAndSavesTheReorder) {
  const KernelSelector selector(testing::fake_lists(), options_);
  const KernelCall conv = call(OpKind::conv2d, 1);
  const auto attempts = attempts_for_output(conv, Layout::nhwc, Layout::nchw16c);
  const auto mixed = selector.chosen(conv, "fake.mixed", attempts).value();
  EXPECT_EQ(mixed.layouts, (LayoutPair{Layout::nhwc, Layout::nchw16c}));
  const auto blocked = selector.chosen(conv, "fake.blocked", attempts).value();
  EXPECT_EQ(blocked.layouts, (LayoutPair{Layout::nchw16c, Layout::nchw16c}));
}

TEST_F(KernelSelection, AChoiceThatIsGoneAsksForAdapt) {
  const KernelSelector selector(testing::fake_lists(), options_);
  const KernelCall conv = call(OpKind::conv2d, 1);
  for (const char* entry : {"fake.wide", "no.such.kernel"}) {
    const auto gone = selector.chosen(conv, entry, attempts_for_output(conv, Layout::nhwc, Layout::nchw16c));
    ASSERT_FALSE(gone.ok());
    EXPECT_NE(gone.status().message().find("Run adapt again"), std::string::npos) << gone.status().message();
  }
}

TEST_F(KernelSelection, OpsThatAreNotAboutPicturesFollowWhatTheyRead) {
  const KernelCall relu = call(OpKind::relu, 1);
  EXPECT_EQ(default_attempts(relu, Layout::nchw16c).front(), (LayoutPair{Layout::nchw16c, Layout::nchw16c}));
  EXPECT_EQ(default_attempts(relu, Layout::plain).front(), (LayoutPair{Layout::plain, Layout::plain}));
}

TEST_F(KernelSelection, AConvolutionOfColoursMayReadThemAsTheyCome) {
  const KernelCall conv = call(OpKind::conv2d, 1);
  const LayoutPair as_they_come{Layout::plain, Layout::nhwc};
  EXPECT_NE(default_attempts(conv, Layout::plain).front(), as_they_come) << "these have 32 channels";
  type_.shape = {1, 3, 8, 8};
  EXPECT_EQ(default_attempts(conv, Layout::plain).front(), as_they_come);
  EXPECT_NE(default_attempts(conv, Layout::nhwc).front(), as_they_come);
  type_.shape = {1, 1, 8, 8};
  EXPECT_NE(default_attempts(conv, Layout::plain).front(), as_they_come) << "a single channel needs no reorder";
}

TEST_F(KernelSelection, WithoutPicturesThereIsOneAttempt) {
  type_.shape = {1, 32};
  EXPECT_EQ(default_attempts(call(OpKind::add, 2), Layout::plain).size(), 1U);
  EXPECT_EQ(attempts_for_output(call(OpKind::add, 2), Layout::plain, Layout::plain).size(), 1U);
}

}  // namespace
}  // namespace rheo
