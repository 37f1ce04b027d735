// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/recurrent_case.h"

namespace rheo::testing {
namespace {

TEST(RefLstm, WithLengthsFirstStatesAndPeepholes) {
  expect_outputs({.op = OpKind::lstm, .lengths = {3, 2}, .has_cell = true, .has_peepholes = true},
                 {{0.0377158, -0.178314, 0.169968, -0.272312, -0.0597351, -0.324813, -0.157825, -0.000813656,
                   -0.0253788, -0.154278, 0, 0},
                  {-0.0597351, -0.324813, -0.0253788, -0.154278},
                  {-0.0809556, -0.538486, -0.032301, -0.341956}});
}

TEST(RefLstm, BothDirectionsWithTheirOwnActivations) {
  expect_outputs(
      {.op = OpKind::lstm,
       .attributes = {{"direction", "bidirectional"},
                      {"clip", 0.4},
                      {"input_forget", 1},
                      {"activations", "sigmoid,tanh,tanh,sigmoid,relu,tanh"}},
       .has_hidden = false},
      {{0,         -0.07211,   0.0726985, 0, 0.101275,  -0.11167,  0.0725375, 0, -0.0440824, -0.173538, 0.0943083, 0,
        -0.057038, -0.0732903, 0.0834482, 0, 0.0103482, -0.112266, 0.0797751, 0, -0.129931,  -0.173538, 0.0943083, 0},
       {-0.0440824, -0.173538, 0.0726985, 0, -0.129931, -0.173538, 0.0834482, 0},
       {-0.0737653, -0.298417, 0.183174, 0, -0.220533, -0.298417, 0.211016, 0}});
}

TEST(RefLstm, BackwardsFromTheEndOfEachItem) {
  expect_outputs({.op = OpKind::lstm, .attributes = {{"direction", "reverse"}}, .lengths = {3, 1}, .has_cell = true},
                 {{0.071614, -0.280986, 0.107763, -0.213893, -0.104283, -0.156426, -0.1323, -0.0224108, 0, 0, 0, 0},
                  {0.071614, -0.280986, -0.1323, -0.0224108},
                  {0.0902953, -0.646852, -0.167295, -0.0448517}});
}

// Lengths are data, so they may be anything.
TEST(RefLstm, KeepsLengthsWithinTheSteps) {
  RecurrentCase c{.op = OpKind::lstm};
  const Tensor all = run_reference(c.op, run_of(c)).value().outputs[0];
  c.lengths = {1000, 3};
  EXPECT_TRUE(is_identical(run_reference(c.op, run_of(c)).value().outputs[0], all));
  c.lengths = {-5, 0};
  const KernelOutcome none = run_reference(c.op, run_of(c)).value();
  EXPECT_TRUE(is_identical(none.outputs[0], f32_of({2, 3, 1, 2}, std::vector<double>(12, 0))));
  EXPECT_TRUE(is_identical(none.outputs[1], pattern_of({2, 1, 2}, 5)));
}

}  // namespace
}  // namespace rheo::testing
