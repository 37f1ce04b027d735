// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"
#include "op/resize.h"

namespace rheo::testing {
namespace {

using Reals = std::vector<double>;

TEST(Resize, ChangesSpatialDimensions) {
  const auto resized = [](const Shape& x, const Attributes& attributes) {
    return inferred(OpKind::resize, {f32(x)}, attributes);
  };
  EXPECT_TRUE(infers(resized({kDynamic, 3, 4, 5}, {{"sizes", Integers{8, 2}}}), f32({kDynamic, 3, 8, 2})));
  EXPECT_TRUE(infers(resized({1, 3, 5}, {{"scales", Reals{1.5}}}), f32({1, 3, 7})));
  EXPECT_TRUE(infers(resized({1, 3, 4, 4, 4}, {{"scales", Integers{2, 1, 3}}}), f32({1, 3, 8, 4, 12})));
  EXPECT_TRUE(refuses(resized({3, 4}, {{"sizes", Integers{8}}}), {"resize", "rank 3 to 5"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4}, {}), {"sizes", "scales"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4}, {{"sizes", Integers{8}}, {"scales", Reals{2}}}), {"exactly one"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4, 4}, {{"scales", Reals{2}}}), {"scales", "2 entries"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4}, {{"scales", Reals{-1}}}), {"scales", "-1"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4}, {{"scales", Reals{1e300}}}), {"scales"}));
  EXPECT_TRUE(refuses(resized({1, 3, kDynamic}, {{"sizes", Integers{8}}}), {"batch"}));
  EXPECT_TRUE(refuses(resized({1, 3, 0}, {{"sizes", Integers{8}}}), {"nothing to resize"}));
  EXPECT_TRUE(refuses(resized({1, 3, 4}, {{"sizes", Integers{8}}, {"mode", "area"}}), {"mode", "area"}));
}

TEST(Resize, AveragesToAQuarterAtTheLeast) {
  const auto averaged = [](std::int64_t size, const char* mode) {
    return inferred(OpKind::resize, {f32({1, 3, 16, 16})},
                    {{"sizes", Integers{16, size}}, {"mode", mode}, {"antialias", std::int64_t{1}}});
  };
  EXPECT_TRUE(infers(averaged(4, "linear"), f32({1, 3, 16, 4})));
  EXPECT_TRUE(infers(averaged(40, "linear"), f32({1, 3, 16, 40})));
  EXPECT_TRUE(refuses(averaged(3, "linear"), {"antialias", "16", "3"}));
  EXPECT_TRUE(refuses(averaged(8, "nearest"), {"antialias", "linear"}));
  EXPECT_TRUE(refuses(averaged(8, "cubic"), {"antialias", "linear"}));
}

TEST(Resize, OnlyTheNearestTakesEveryType) {
  const TensorType x = type_of(DType::i64, {1, 1, 4});
  EXPECT_TRUE(infers(inferred(OpKind::resize, {x}, {{"sizes", Integers{8}}}), type_of(DType::i64, {1, 1, 8})));
  EXPECT_TRUE(refuses(inferred(OpKind::resize, {x}, {{"sizes", Integers{8}}, {"mode", "linear"}}), {"i64"}));
}

ResizeTaps taps(const Attributes& attributes, std::int64_t in, std::int64_t out, std::int64_t index) {
  const Shape x{1, 1, in};
  const Shape y{1, 1, out};
  const ResizeSettings settings = ResizeSettings::from(attributes, x);
  return resize_taps(settings, resized_dimension(settings, x, y, 2), index);
}

std::int64_t nearest(const char* coordinates, const char* rounding, std::int64_t in, std::int64_t out,
                     std::int64_t index) {
  return taps({{"sizes", Integers{out}}, {"coordinates", coordinates}, {"nearest", rounding}}, in, out, index)
      .indices[0];
}

TEST(Resize, FindsTheNearest) {
  // 4 to 2: half pixels lie at 0.5 and 2.5, between two elements.
  EXPECT_EQ(nearest("half_pixel", "round_prefer_floor", 4, 2, 1), 2);
  EXPECT_EQ(nearest("half_pixel", "round_prefer_ceil", 4, 2, 1), 3);
  EXPECT_EQ(nearest("half_pixel", "floor", 4, 2, 0), 0);
  EXPECT_EQ(nearest("half_pixel", "ceil", 4, 2, 0), 1);
  EXPECT_EQ(nearest("asymmetric", "floor", 3, 7, 6), 2);
  EXPECT_EQ(nearest("align_corners", "floor", 5, 3, 1), 2);
  EXPECT_EQ(nearest("align_corners", "floor", 5, 1, 0), 0);
  EXPECT_EQ(nearest("pytorch_half_pixel", "ceil", 9, 1, 0), 0);
  EXPECT_EQ(nearest("half_pixel", "round_prefer_floor", 9, 1, 0), 4);
}

TEST(Resize, WeighsNeighbours) {
  const ResizeTaps linear = taps({{"sizes", Integers{4}}, {"mode", "linear"}}, 2, 4, 1);  // at 0.25
  EXPECT_EQ(linear.count, 2);
  EXPECT_EQ(linear.indices[1], 1);
  EXPECT_DOUBLE_EQ(linear.weights[0], 0.75);
  const ResizeTaps edge = taps({{"sizes", Integers{4}}, {"mode", "linear"}}, 2, 4, 0);  // at -0.25
  EXPECT_EQ(edge.indices[0], 0);
  EXPECT_EQ(edge.indices[1], 0);
  const ResizeTaps cubic = taps({{"sizes", Integers{8}}, {"mode", "cubic"}}, 4, 8, 3);  // at 1.25
  EXPECT_EQ(cubic.count, 4);
  EXPECT_DOUBLE_EQ(cubic.weights[0], -0.10546875);
  EXPECT_DOUBLE_EQ(cubic.weights[1], 0.87890625);
  EXPECT_DOUBLE_EQ(cubic.weights[2], 0.26171875);
  EXPECT_DOUBLE_EQ(cubic.weights[3], -0.03515625);
}

TEST(Resize, LeavesOutWhatLiesOutside) {
  const ResizeTaps taps_at =
      taps({{"sizes", Integers{8}}, {"mode", "cubic"}, {"exclude_outside", 1}}, 4, 8, 0);  // at -0.25
  EXPECT_EQ(taps_at.weights[0], 0);
  EXPECT_EQ(taps_at.weights[1], 0);
  EXPECT_DOUBLE_EQ(taps_at.weights[2] + taps_at.weights[3], 1);
  // A result cut to whole elements is centred: 5 * 0.5 = 2.5 elements, of which 2 are left.
  const Attributes attributes{{"scales", Reals{0.5}}, {"mode", "linear"}, {"coordinates", "half_pixel_symmetric"}};
  EXPECT_DOUBLE_EQ(taps(attributes, 5, 2, 0).weights[1], 0);  // 2.5 * (1 - 0.8) + 0.5 = 1
  EXPECT_EQ(taps(attributes, 5, 2, 0).indices[0], 1);
}

}  // namespace
TEST(Resize, AveragesOverAllThatBecomesOneElement) {
  for (const std::int64_t in : {7, 16, 224}) {
    for (const std::int64_t out : {in, in - 1, (in + 1) / 2, (in + 3) / 4}) {
      for (const std::int64_t exclude : {0, 1}) {
        std::vector<double> seen(static_cast<std::size_t>(in), 0.0);
        for (std::int64_t i = 0; i < out; ++i) {
          const ResizeTaps all = taps({{"sizes", Integers{out}},
                                       {"mode", std::string("linear")},
                                       {"antialias", std::int64_t{1}},
                                       {"exclude_outside", exclude}},
                                      in, out, i);
          double sum = 0;
          for (std::size_t tap = 0; tap < static_cast<std::size_t>(all.count); ++tap) {
            EXPECT_GE(all.weights[tap], 0);
            EXPECT_GE(all.indices[tap], 0);
            EXPECT_LT(all.indices[tap], in);
            sum += all.weights[tap];
            seen[static_cast<std::size_t>(all.indices[tap])] += all.weights[tap];
          }
          EXPECT_NEAR(sum, 1, 1e-12) << in << " to " << out << " at " << i;
        }
        for (const double weight : seen) EXPECT_GT(weight, 0) << in << " to " << out << ": an element is not looked at";
      }
    }
  }
}

}  // namespace rheo::testing
