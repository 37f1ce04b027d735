// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/recurrent_case.h"

namespace rheo::testing {
namespace {

TEST(RefRnn, BackwardsWithAnotherActivation) {
  expect_outputs(
      {.op = OpKind::rnn, .attributes = {{"direction", "reverse"}, {"activations", "relu"}}, .lengths = {3, 2}},
      {{1.08374, 0, 1.08398, 0, 0.859375, 0, 0.556641, 0, 0.390625, 0, 0, 0}, {1.08374, 0, 0.556641, 0}});
}

TEST(RefRnn, OneUnitByHand) {
  KernelRun run{.inputs = {{f32_of({1, 2, 1}, {1, 2})}, {f32_of({1, 1, 1}, {3})}, {f32_of({1, 1, 1}, {10})}}};
  run.attributes = {{"activations", "relu"}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::rnn, run), f32_of({1, 2, 1, 1}, {3, 36})));
}

}  // namespace
}  // namespace rheo::testing
