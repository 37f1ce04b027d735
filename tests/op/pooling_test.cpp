// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Pooling, UsesTheKernelAsStride) {
  EXPECT_TRUE(infers(inferred(OpKind::max_pool2d, {f32({kDynamic, 3, 8, 9})}, {{"kernel", Integers{2, 3}}}),
                     f32({kDynamic, 3, 4, 3})));
  EXPECT_TRUE(
      infers(inferred(OpKind::avg_pool2d, {f32({1, 3, 8, 9})}, {{"kernel", Integers{2, 3}}}), f32({1, 3, 4, 3})));
}

TEST(Pooling, ChecksItsAttributes) {
  EXPECT_TRUE(refuses(inferred(OpKind::max_pool2d, {f32({1, 1, 4, 4})}), {"max_pool2d", "kernel", "missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::max_pool2d, {f32({1, 1, 4, 4})}, {{"kernel", Integers{2}}}), {"kernel"}));
  EXPECT_TRUE(refuses(
      inferred(OpKind::max_pool2d, {f32({1, 1, 4, 4})}, {{"kernel", Integers{2, 2}}, {"pads", Integers{2, 0, 0, 0}}}),
      {"pads", "padding alone"}));
  EXPECT_TRUE(refuses(
      inferred(OpKind::avg_pool2d, {f32({1, 1, 4, 4})}, {{"kernel", Integers{2, 2}}, {"dilations", Integers{2, 2}}}),
      {"dilations"}));
  EXPECT_TRUE(refuses(inferred(OpKind::avg_pool2d, {f32({4, 4})}, {{"kernel", Integers{2, 2}}}), {"rank 4"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::max_pool2d, {f32({1, 1, 4, 4})}, {{"kernel", Integers{5, 2}}}), {"height of 4"}));
}

TEST(Pooling, KeepsOrWidensTheType) {
  const TensorType x = type_of(DType::u8, {1, 2, 4, 4}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::max_pool2d, {x}, {{"kernel", Integers{4, 4}}}),
                     type_of(DType::u8, {1, 2, 1, 1}, {0.5F})));
  const TensorType bytes = type_of(DType::u8, {1, 2, 4, 4});  // the largest stays itself, whatever a step is worth
  EXPECT_TRUE(
      infers(inferred(OpKind::max_pool2d, {bytes}, {{"kernel", Integers{4, 4}}}), type_of(DType::u8, {1, 2, 1, 1})));
  EXPECT_TRUE(refuses(inferred(OpKind::global_avg_pool, {bytes}), {"0 scales"}));
  EXPECT_TRUE(infers(inferred(OpKind::global_avg_pool, {x}), f32({1, 2, 1, 1})));
  EXPECT_TRUE(infers(inferred(OpKind::global_avg_pool, {bf16({1, 2, 4, 4})}), bf16({1, 2, 1, 1})));
  EXPECT_TRUE(
      infers(inferred(OpKind::global_avg_pool, {bf16({1, 2, 4, 4})}, {{"out_dtype", "f32"}}), f32({1, 2, 1, 1})));
  EXPECT_TRUE(refuses(inferred(OpKind::global_avg_pool, {x}, {{"out_dtype", "bf16"}}), {"out_dtype"}));
}

TEST(Pooling, AveragesGloballyAndAdaptively) {
  EXPECT_TRUE(infers(inferred(OpKind::global_avg_pool, {f32({kDynamic, 2, 7, kDynamic})}), f32({kDynamic, 2, 1, 1})));
  EXPECT_TRUE(infers(inferred(OpKind::adaptive_avg_pool2d, {f32({1, 2, 7, 7})}, {{"output_size", Integers{3, 9}}}),
                     f32({1, 2, 3, 9})));
  EXPECT_TRUE(refuses(inferred(OpKind::adaptive_avg_pool2d, {f32({1, 2, 7, 7})}), {"output_size"}));
  EXPECT_TRUE(refuses(inferred(OpKind::adaptive_avg_pool2d, {f32({1, 2, 7, 7})}, {{"output_size", Integers{0, 1}}}),
                      {"output_size", "0"}));
  EXPECT_TRUE(refuses(inferred(OpKind::adaptive_avg_pool2d, {f32({1, 2, 7, 7})}, {{"output_size", Integers{4097, 1}}}),
                      {"output_size", "4097"}));
  EXPECT_TRUE(refuses(inferred(OpKind::global_avg_pool, {f32({1, 2, 0, 7})}), {"nothing to average"}));
}

}  // namespace
}  // namespace rheo::testing
