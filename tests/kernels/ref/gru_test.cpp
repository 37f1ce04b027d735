// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/recurrent_case.h"

namespace rheo::testing {
namespace {

TEST(RefGru, BothDirectionsWithLengths) {
  expect_outputs({.op = OpKind::gru, .attributes = {{"direction", "bidirectional"}}, .lengths = {2, 3}},
                 {{0.0978015, 0.59862,  0.282435, -0.55469,  0.0414209, 0.621026, 0.131625, -0.518192,
                   0,         0,        0,        0,         0.312662,  0.321102, 0.382362, -0.288411,
                   0.187645,  0.498098, 0.326381, -0.116287, 0.135441,  0.426735, 0.455307, 0.061816},
                  {0.0414209, 0.621026, 0.282435, -0.55469, 0.135441, 0.426735, 0.382362, -0.288411}});
}

TEST(RefGru, ResetsAfterTheProduct) {
  expect_outputs({.op = OpKind::gru, .attributes = {{"linear_before_reset", 1}, {"clip", 0.5}}},
                 {{-0.0121577, 0.476559, -0.10028, 0.467569, -0.176048, 0.402622, 0.0729585, 0.0602008, -0.0178067,
                   0.310377, -0.0809044, 0.31372},
                  {-0.176048, 0.402622, -0.0809044, 0.31372}});
}

}  // namespace
}  // namespace rheo::testing
