// SPDX-License-Identifier: Apache-2.0
#include "load/import_window.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(ImportWindow, GivesALineAHeight) {
  Window window{{3}, {2}, {4}, {1}, {5}};
  window.add_height();
  EXPECT_EQ(window.kernel, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(window.strides, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(window.dilations, (std::vector<std::int64_t>{1, 4}));
  EXPECT_EQ(window.pads(), (std::vector<std::int64_t>{0, 1, 0, 5}));
}

TEST(ImportWindow, TakesLinesForPictures) {
  ImportEmitter emitter{LoadLimits()};
  ImportCall call{emitter, {"here", "Op"}};
  ImportValue line = emitter.add_input("x", {DType::f32, {kDynamic, 2, 9}, {}}).value();
  ImportValue picture = as_picture(call, line).value();
  EXPECT_EQ(call.shape_of(picture), (Shape{kDynamic, 2, 1, 9}));
  EXPECT_EQ(call.shape_of(from_picture(call, picture, 3).value()), (Shape{kDynamic, 2, 9}));
  EXPECT_EQ(from_picture(call, picture, 4).value().id(), picture.id());
  EXPECT_EQ(as_picture(call, picture).value().id(), picture.id());
}

}  // namespace
}  // namespace rheo
