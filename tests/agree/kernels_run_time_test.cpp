// SPDX-License-Identifier: Apache-2.0
// Layers that round f32 to 8 bits by a range which they find themselves, against the reference.
#include <limits>

#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

KernelInput weights_of(const Shape& shape, bool per_channel) {
  KernelInput weights{random_tensor_of(DType::i8, shape, 8, -127, 127), {{0.02F}, 0}, {}, true};
  if (per_channel) {
    weights.quantization.scales.clear();
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      weights.quantization.scales.push_back(0.01F + 0.001F * static_cast<float>(i % 7));
    }
  }
  return weights;
}

// Sums are exact; their factors are rounded a few times. On processors without 8-bit products sums beyond 2^24 are
// rounded, too.
Compare within_roundings(std::int64_t depth) {
  return [depth](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
    return is_close(outcome.outputs[0], expected,
                    Tolerance{.absolute = 1e-5 * static_cast<double>(depth), .relative = 1e-5});
  };
}

TEST(AgreeRunTimeLinear, WithReference) {
  struct Case {
    Shape x;
    std::int64_t out;
  };
  for (const Case& c : {Case{{5}, 3}, Case{{1, 1}, 1}, Case{{1, 128}, 10}, Case{{7, 33}, 70}, Case{{2, 3, 64}, 64},
                        Case{{1, 29, 384}, 130}, Case{{3, 2, 5, 257}, 129}, Case{{1, 301, 64}, 17}}) {
    const std::int64_t depth = c.x[c.x.rank() - 1];
    Shape result = c.x;
    result[result.rank() - 1] = c.out;
    for (const float low : {-4.0F, 0.0F, 2.0F}) {  // around 0, from 0, and far above it
      KernelRun run;
      run.inputs = {{random_tensor_of(DType::f32, c.x, 7, low, 4)}, weights_of({c.out, depth}, low < 0)};
      SCOPED_TRACE(fmt::format("{} -> {} from {}", c.x.to_string(), c.out, low));
      expect_agreement(OpKind::linear, run, within_roundings(depth));
      run.inputs.push_back({random_tensor_of(DType::f32, {c.out}, 9), {}, {}, true});
      run.inputs.push_back({random_tensor_of(DType::f32, result, 10)});
      run.attributes = {{"activation", "gelu"}};
      expect_agreement(OpKind::linear, run, within_roundings(depth));
    }
  }
}

TEST(AgreeRunTimeConv2d, WithReference) {
  struct Case {
    Shape x, weights;
    Attributes attributes;
  };
  const Case cases[] = {
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
      {{1, 3, 9, 7}, {17, 3, 3, 3}, {{"pads", Integers{1, 1, 1, 1}}}},
      {{2, 16, 7, 7}, {33, 16, 3, 3}, {{"pads", Integers{1, 0, 2, 1}}, {"strides", Integers{2, 1}}}},
      {{3, 64, 5, 5}, {64, 64, 1, 1}, {}},
      {{1, 32, 14, 14}, {32, 16, 3, 3}, {{"pads", Integers{1, 1, 1, 1}}, {"groups", 2}}},
      {{1, 6, 11, 5}, {4, 6, 3, 2}, {{"dilations", Integers{2, 1}}, {"pads", Integers{2, 1, 2, 0}}}},
  };
  for (const Case& c : cases) {
    for (const float low : {-4.0F, 0.0F}) {
      SCOPED_TRACE(fmt::format("{} by {}", c.x.to_string(), c.weights.to_string()));
      const std::int64_t depth = c.weights[1] * c.weights[2] * c.weights[3];
      KernelRun run{.attributes = c.attributes,
                    .inputs = {{random_tensor_of(DType::f32, c.x, 7, low, 4)}, weights_of(c.weights, true)}};
      run.inputs.push_back({random_tensor_of(DType::f32, {c.weights[0]}, 9), {}, {}, true});
      expect_agreement(OpKind::conv2d, run, within_roundings(depth));
    }
  }
}

// An item that is not finite, or is nothing but zeros, changes no other.
TEST(AgreeRunTimeLinear, KeepsItemsApart) {
  std::vector<double> x(3 * 2 * 40, 0);
  for (std::size_t i = 0; i < 80; ++i) x[i] = static_cast<double>(i);
  x[170] = std::numeric_limits<double>::quiet_NaN();
  KernelRun run{.inputs = {{f32_of({3, 2, 40}, x)}, weights_of({19, 40}, true)}};
  expect_agreement(OpKind::linear, run, within_roundings(40));
}

}  // namespace
}  // namespace rheo::testing
