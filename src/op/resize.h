// SPDX-License-Identifier: Apache-2.0
// Settings of resize, and its geometry: which elements along one dimension make up an element of the result.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

enum class ResizeMode : std::uint8_t { nearest, linear, cubic };
// Where an index of the result lies in the input.
enum class ResizeCoordinates : std::uint8_t {
  half_pixel,
  asymmetric,
  align_corners,
  pytorch_half_pixel,
  half_pixel_symmetric,
};
// Which neighbour is the nearest.
enum class ResizeNearest : std::uint8_t { round_prefer_floor, round_prefer_ceil, floor, ceil };

// A value type; read from attributes that passed infer_types.
struct ResizeSettings {
  ResizeMode mode = ResizeMode::nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::half_pixel;
  ResizeNearest nearest = ResizeNearest::round_prefer_floor;
  std::array<double, Shape::kMaxRank> scales{};  // per dimension of x: size of the result over size of x
  double cubic_coefficient = -0.75;
  // Cubic, and linear with averaging: what lies outside weighs nothing, instead of repeating the edge.
  bool exclude_outside = false;
  bool antialias = false;  // linear: what becomes smaller is averaged over all that becomes one element
  static ResizeSettings from(const Attributes& attributes, const Shape& x);
};

// One dimension that is resized.
struct ResizedDimension {
  std::int64_t in = 1, out = 1;  // sizes
  double scale = 1;
};
ResizedDimension resized_dimension(const ResizeSettings& settings, const Shape& x, const Shape& y, std::size_t dim);

// With averaging a dimension becomes at most this many times smaller.
inline constexpr int kSmallestAveragedScale = 4;
inline constexpr std::size_t kMostResizeTaps = 2 * kSmallestAveragedScale;

// The neighbours in [0, in), rising, and what each weighs; the weights sum to 1. Two of linear, four of cubic, with
// averaging up to kMostResizeTaps.
struct ResizeTaps {
  int count = 1;
  std::array<std::int64_t, kMostResizeTaps> indices{};
  std::array<double, kMostResizeTaps> weights{1};
};
ResizeTaps resize_taps(const ResizeSettings& settings, const ResizedDimension& dimension, std::int64_t index);

}  // namespace rheo
