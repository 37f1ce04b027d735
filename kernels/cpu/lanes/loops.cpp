// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/lanes/loops.h"

namespace rheo {

const Loops& loops_for(Isa isa) {
  if (isa >= Isa::avx512) return loops_avx512();
  if (isa >= Isa::avx2) return loops_avx2();
  return loops_portable();
}

}  // namespace rheo
