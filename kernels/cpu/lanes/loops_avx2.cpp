// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/lanes/attend.h"
#include "kernels/cpu/lanes/blend.h"
#include "kernels/cpu/lanes/convert.h"
#include "kernels/cpu/lanes/depthwise.h"
#include "kernels/cpu/lanes/elementwise.h"
#include "kernels/cpu/lanes/gates.h"
#include "kernels/cpu/lanes/multiply.h"
#include "kernels/cpu/lanes/norms.h"
#include "kernels/cpu/lanes/pool.h"
#include "kernels/cpu/lanes/reduce.h"
#include "kernels/cpu/lanes/rows.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/winograd.h"

namespace rheo {

const Loops& loops_avx2() {
  static constexpr Loops kLoops = {
      .dot_f32 = {DotElement::f32, DotF32::kStep, 6, 16 * 1, &tile_entry<DotF32, 6, 1>, &run_entry<DotF32, 6, 1>,
                  "own:avx2"},
      .dot_wide = {DotElement::f32, DotWide::kStep, 3, 16 * 1, &tile_entry<DotWide, 3, 1>, &run_entry<DotWide, 3, 1>,
                   "own:avx2_wide"},
      .winograd = {{4, &winograd_input<4>, &winograd_output<4>}, {2, &winograd_input<2>, &winograd_output<2>}},
      .depthwise = &depthwise<6, 2>,
      .convert = &convert,
      .convert_rows = &convert_rows,
      .convert_transposed = &convert_transposed,
      .widen = &widen,
      .add_128 = &add_128,
      .pool = &pool,
      .activate = &activate_all,
      .affine = &affine,
      .accumulate = &accumulate,
      .sum = &sum,
      .reduce_columns = &reduce_columns,
      .reduce_rows = &reduce_rows,
      .arg_columns = &arg_columns,
      .blend = &blend,
      .blend_points = &blend_points,
      .layer_norm = &layer_norm,
      .spread = &spread,
      .accumulate_squares = &accumulate_squares,
      .centre = &centre,
      .rms_norm = &rms_norm,
      .respond = &respond,
      .lp_normalize = &lp_normalize,
      .softmax = &softmax,
      .multiply = &multiply<6, 1>,
      .attend = &attend,
      .lstm_step = &lstm_step,
      .gru_gates = &gru_gates,
      .gru_step = &gru_step,
      .rnn_step = &rnn_step,
  };
  return kLoops;
}

}  // namespace rheo
