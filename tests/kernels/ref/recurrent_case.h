// SPDX-License-Identifier: Apache-2.0
// Operands of a small recurrent op: two items of three steps, two inputs, two hidden units, made by pattern_of. The
// values that the tests expect were computed by ONNX Runtime 1.32 from the same numbers.
#pragma once

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/ref/pattern.h"
#include "op/recurrent.h"
#include "support/kernel_runner.h"

namespace rheo::testing {

struct RecurrentCase {
  OpKind op = OpKind::rnn;
  Attributes attributes{};
  std::vector<double> lengths{};  // none: absent
  bool has_hidden = true, has_cell = false, has_peepholes = false;
};

inline KernelRun run_of(const RecurrentCase& c) {
  const std::int64_t gates = gates_of(c.op);
  const std::int64_t directions = c.attributes.text("direction") == "bidirectional" ? 2 : 1;
  KernelRun run{.attributes = c.attributes,
                .inputs = {{pattern_of({2, 3, 2}, 1)},
                           {pattern_of({directions, gates * 2, 2}, 2), {}, {}, true},
                           {pattern_of({directions, gates * 2, 2}, 3), {}, {}, true},
                           {pattern_of({directions, gates * 4}, 4), {}, {}, true}}};
  run.inputs.emplace_back();
  if (!c.lengths.empty()) run.inputs.back().tensor = tensor_of(DType::i32, {2}, c.lengths);
  run.inputs.emplace_back();
  if (c.has_hidden) run.inputs.back().tensor = pattern_of({2, directions, 2}, 5);
  if (c.op != OpKind::lstm) return run;
  run.inputs.emplace_back();
  if (c.has_cell) run.inputs.back().tensor = pattern_of({2, directions, 2}, 6);
  run.inputs.emplace_back();
  if (c.has_peepholes) run.inputs.back().tensor = pattern_of({directions, 6}, 7);
  return run;
}

// y, y_h and for lstm y_c.
inline void expect_outputs(const RecurrentCase& c, const std::vector<std::vector<double>>& expected) {
  const auto outcome = run_reference(c.op, run_of(c));
  ASSERT_TRUE(outcome.ok()) << outcome.status().message();
  ASSERT_EQ(outcome->outputs.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(is_close(outcome->outputs[i], f32_of(outcome->types[i].shape, expected[i]),
                         Tolerance{.absolute = 1e-6, .relative = 1e-5}))
        << "output " << i;
  }
}

}  // namespace rheo::testing
