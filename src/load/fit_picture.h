// SPDX-License-Identifier: Apache-2.0
// The middle of a picture, made to fit a model: what every classifier of photographs does before it looks at one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rheo {

// The size that pictures are brought to. Both 0: they keep their own.
struct PictureFit {
  int height = 0;
  int width = 0;
  double crop = 1;  // share in (0,1] of the largest middle part of that aspect which is kept, along each side
  bool is_asked() const { return height > 0 && width > 0; }
};

// `pixels` is [height, width, channels], interleaved; the result [channels, fit.height, fit.width]. Smaller parts are
// averaged over (a triangle as wide as what becomes one pixel), larger ones interpolated; rounded to the nearest byte.
// `fit` is asked for, every size positive.
std::vector<std::uint8_t> fit_picture(std::span<const std::uint8_t> pixels, int height, int width, int channels,
                                      const PictureFit& fit);

}  // namespace rheo
