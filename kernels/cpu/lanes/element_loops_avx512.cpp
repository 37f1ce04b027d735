// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_elementwise_test.cpp.
#include "kernels/cpu/lanes/integers.h"
#include "kernels/cpu/lanes/select.h"
#include "kernels/cpu/lanes/unary.h"

namespace rheo {

const ElementLoops& element_loops_avx512() {
  static constexpr ElementLoops kLoops = {
      .unary = &unary,
      .arithmetic = &arithmetic,
      .integers = &integers,
      .compare = &compare,
      .logic = &logic,
      .ask = &ask,
      .select = &select,
  };
  return kLoops;
}

}  // namespace rheo
