// SPDX-License-Identifier: Apache-2.0
#include "load/fit_picture.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(FitPicture, KeepsWhatFits) {
  const Bytes pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // 2 rows of 2 pixels of 3 channels
  EXPECT_EQ(fit_picture(pixels, 2, 2, 3, {2, 2, 1}), (Bytes{1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12}));
}

TEST(FitPicture, OneColourStaysOneAtEverySize) {
  for (const auto& [height, width] : {std::pair{1, 1}, {7, 3}, {640, 11}, {33, 200}}) {
    const Bytes pixels(static_cast<std::size_t>(height * width), 77);
    for (const double crop : {1.0, 0.875, 0.1}) {
      const Bytes fitted = fit_picture(pixels, height, width, 1, {5, 9, crop});
      EXPECT_EQ(fitted, Bytes(45, 77)) << height << "x" << width << " " << crop;
    }
  }
}

TEST(FitPicture, TakesTheMiddle) {
  Bytes wide(30, 0);  // 3 rows of 10 pixels, the middle 3 x 3 white
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 4; column < 7; ++column) wide[row * 10 + column] = 255;
  }
  const Bytes middle = fit_picture(wide, 3, 10, 1, {3, 3, 1});
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(middle[row * 3 + 1], 255);
  // The part begins half a pixel before the white one.
  EXPECT_EQ(middle[0], 128);
  EXPECT_EQ(middle[2], 255);
  Bytes tall(30, 0);
  for (std::size_t i = 0; i < 30; ++i) tall[i] = wide[i % 3 * 10 + i / 3];
  const Bytes turned = fit_picture(tall, 10, 3, 1, {3, 3, 1});
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(turned[i], middle[i % 3 * 3 + i / 3]);
}

TEST(FitPicture, AveragesInsteadOfSkipping) {
  Bytes stripes(64 * 64);
  for (std::size_t i = 0; i < stripes.size(); ++i) stripes[i] = i % 2 == 0 ? 0 : 200;
  for (const std::uint8_t pixel : fit_picture(stripes, 64, 64, 1, {8, 8, 1})) EXPECT_NEAR(pixel, 100, 5);
}

}  // namespace
}  // namespace rheo
