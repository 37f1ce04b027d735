// SPDX-License-Identifier: Apache-2.0
// Scales that are found while a model runs: conv2d and linear of f32 values with i8 weights round their input to u8 by
// the range of each item (index of dimension 0; the whole input where it has one dimension). ONNX takes one range for
// the whole tensor, which is the same for a single item; here no item changes what becomes of another.
#pragma once

namespace rheo {

// real = scale * (stored - zero_point), stored u8.
struct RunTimeScale {
  float scale = 1;
  int zero_point = 0;
};

// Of values in [low, high], a range that is widened to hold 0, in 255 steps. stored(x) = saturate(round_half_even(x *
// (1 / scale)) + zero_point). Where the range is not finite the scale is NaN, so that all results of the item are;
// where it is 0 the scale is 1.
RunTimeScale run_time_scale(float low, float high);

}  // namespace rheo
