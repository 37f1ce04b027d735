// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/lanes/element_loops.h"

namespace rheo {

const ElementLoops& element_loops_for(Isa isa) {
  if (isa >= Isa::avx512) return element_loops_avx512();
  if (isa >= Isa::avx2) return element_loops_avx2();
  return element_loops_portable();
}

}  // namespace rheo
