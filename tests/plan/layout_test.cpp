// SPDX-License-Identifier: Apache-2.0
#include "plan/layout.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TensorType picture(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return {DType::f32, {2, channels, height, width}, {}};
}

TEST(SameBytes, OneChannelOrOnePixelNeedsNoReorder) {
  EXPECT_TRUE(same_bytes(picture(1, 5, 7), Layout::plain, Layout::nhwc));
  EXPECT_TRUE(same_bytes(picture(9, 1, 1), Layout::nhwc, Layout::plain));
  EXPECT_FALSE(same_bytes(picture(3, 5, 1), Layout::plain, Layout::nhwc));
  EXPECT_TRUE(same_bytes(picture(3, 5, 7), Layout::nhwc, Layout::nhwc));
}

TEST(SameBytes, FullBlocksOfSixteenChannels) {
  EXPECT_TRUE(same_bytes(picture(32, 1, 1), Layout::nchw16c, Layout::plain));
  EXPECT_TRUE(same_bytes(picture(32, 1, 1), Layout::nchw16c, Layout::nhwc));
  EXPECT_TRUE(same_bytes(picture(16, 5, 7), Layout::nhwc, Layout::nchw16c));
  EXPECT_FALSE(same_bytes(picture(16, 5, 7), Layout::plain, Layout::nchw16c));
  EXPECT_FALSE(same_bytes(picture(32, 5, 7), Layout::nhwc, Layout::nchw16c));
  EXPECT_FALSE(same_bytes(picture(10, 1, 1), Layout::nchw16c, Layout::plain)) << "the block is padded";
}

TEST(SameBytes, OtherRanksHaveOnlyThePlainLayout) {
  const TensorType matrix = {DType::f32, {4, 1}, {}};
  EXPECT_FALSE(same_bytes(matrix, Layout::plain, Layout::nhwc));
}

TEST(IsPicture, OnlyWhatKernelsLayOutByChannels) {
  TensorType type = picture(8, 4, 4);
  for (const DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8}) {
    type.dtype = dtype;
    EXPECT_TRUE(is_picture(type)) << name_of(dtype);
  }
  for (const DType dtype : {DType::i32, DType::i64, DType::f16, DType::boolean}) {
    type.dtype = dtype;
    EXPECT_FALSE(is_picture(type)) << name_of(dtype);
    EXPECT_EQ(candidate_layouts(type).size(), 1U) << "plain";
  }
}

TEST(CandidateLayouts, BlocksAreForFloatPictures) {
  TensorType type = picture(8, 4, 4);
  EXPECT_EQ(candidate_layouts(type).size(), 3U);
  EXPECT_EQ(candidate_layouts(type).front(), Layout::nhwc);
  type.dtype = DType::u8;
  EXPECT_EQ(candidate_layouts(type).size(), 2U);
  type.shape = {3, 4};
  ASSERT_EQ(candidate_layouts(type).size(), 1U);
  EXPECT_EQ(candidate_layouts(type).front(), Layout::plain);
}

TEST(OperandLayouts, ResidualLiesLikeTheOutputAndConstantsArePlain) {
  const TensorType type = picture(8, 4, 4);
  const Tensor weights = Tensor::zeros(DType::f32, {8, 8, 3, 3}).value();
  const LayoutPair pair = {Layout::nhwc, Layout::nchw16c};
  EXPECT_EQ(input_layout(OpKind::conv2d, 0, {&type, Layout::plain, nullptr}, pair), Layout::nhwc);
  EXPECT_EQ(input_layout(OpKind::conv2d, 1, {&type, Layout::plain, &weights}, pair), Layout::plain);
  EXPECT_EQ(input_layout(OpKind::conv2d, 2, {}, pair), Layout::plain);
  EXPECT_EQ(input_layout(OpKind::conv2d, 3, {&type, Layout::plain, nullptr}, pair), Layout::nchw16c);
  EXPECT_EQ(output_layout(type, pair), Layout::nchw16c);
}

TEST(LayoutFromName, UnknownNamesAreListed) {
  EXPECT_EQ(layout_from_name("nhwc").value(), Layout::nhwc);
  const auto wrong = layout_from_name("nchw");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("nchw16c"), std::string::npos);
}

}  // namespace
}  // namespace rheo
