// SPDX-License-Identifier: Apache-2.0
// Reductions, argmax and argmin, top_k and cumsum of the CPU backend against the reference.
#include <cmath>

#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

// Around 1, so that products and logarithms of sums neither vanish nor overflow; few different ones, so that equal
// elements meet.
KernelInput input_of(DType dtype, const Shape& shape, std::uint64_t seed = 7) {
  const bool bytes = dtype == DType::u8 || dtype == DType::i8;
  if (bytes) return {random_tensor_of(dtype, shape, seed, 0, 20), {{0.05F}, 0}};
  if (dtype == DType::f32 || dtype == DType::bf16) return {random_tensor_of(dtype, shape, seed, 0.5, 1.5)};
  return {random_tensor_of(dtype, shape, seed, -9, 9)};
}

struct Case {
  Shape shape;
  Integers axes;
};
// The last, the first, a middle one, several, all; short and long, odd and whole vectors.
const Case kCases[] = {{{7, 3}, {1}},
                       {{5, 1009}, {1}},
                       {{1009, 5}, {0}},
                       {{130, 70}, {0}},
                       {{3, 37, 19}, {1}},
                       {{3, 5, 64}, {0, 2}},
                       {{2, 19, 5, 7}, {1}},
                       {{2, 19, 5, 7}, {2, 3}},
                       {{2, 32, 4, 4}, {0, 2}},
                       {{2, 3, 4, 5, 6}, {1, 3}},
                       {{1, 1, 1}, {1}},
                       {{4, 0, 3}, {1}},
                       {{0, 3}, {1}},
                       {{600, 3}, {1}},
                       {{7}, {}},
                       {{1, 700, 2}, {0, 2}}};

TEST(AgreeReduce, WithReference) {
  for (OpKind op : {OpKind::reduce_sum, OpKind::reduce_max, OpKind::reduce_min, OpKind::reduce_prod, OpKind::reduce_l1,
                    OpKind::reduce_l2, OpKind::reduce_sum_square, OpKind::reduce_log_sum, OpKind::reduce_log_sum_exp}) {
    const bool takes_whole =
        op == OpKind::reduce_sum || op == OpKind::reduce_max || op == OpKind::reduce_min || op == OpKind::reduce_prod;
    for (DType dtype : {DType::f32, DType::bf16, DType::i32, DType::i64}) {
      const bool is_whole = dtype == DType::i32 || dtype == DType::i64;
      if (is_whole && !takes_whole) continue;
      for (const Case& c : kCases) {
        SCOPED_TRACE(
            fmt::format("{} {} {} [{}]", name_of(op), name_of(dtype), c.shape.to_string(), fmt::join(c.axes, ", ")));
        KernelRun run{.attributes = {{"axes", c.axes}}, .inputs = {input_of(dtype, c.shape)}};
        // Factors err relative to the product, which the table does not know; a product of many is its own magnitude.
        const Compare relative = [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
          const double step = outcome.types[0].dtype == DType::bf16 ? 0x1p-7 : 0x1p-16;
          return is_close(outcome.outputs[0], expected, Tolerance{.absolute = 1e-30, .relative = step});
        };
        // Every other case keeps its dimensions, for each op others.
        run.attributes.set("keep_dims", (static_cast<std::int64_t>(op) + (&c - kCases)) % 2);
        if (op == OpKind::reduce_prod && !is_whole) expect_agreement(op, run, relative);
        if (op != OpKind::reduce_prod || is_whole) expect_agreement(op, run, 4096);
      }
    }
  }
}

TEST(AgreeReduce, OnSpecialValues) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> values(5 * 40, 1);
  values[3] = kNan;
  values[45] = kInfinity;
  values[85] = -kInfinity;
  values[121] = kInfinity;
  values[122] = -kInfinity;
  for (std::size_t i = 160; i < 200; ++i) values[i] = -kInfinity;
  for (OpKind op : {OpKind::reduce_sum, OpKind::reduce_max, OpKind::reduce_min, OpKind::reduce_l1, OpKind::reduce_l2,
                    OpKind::reduce_log_sum_exp}) {
    for (DType dtype : {DType::f32, DType::bf16}) {
      for (std::int64_t axis : {0, 1}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), name_of(dtype), axis));
        expect_agreement(
            op, {.attributes = {{"axes", Integers{axis}}}, .inputs = {{tensor_of(dtype, {5, 40}, values)}}}, 64);
        expect_agreement(
            op, {.attributes = {{"axes", Integers{axis}}}, .inputs = {{tensor_of(dtype, {40, 5}, values)}}}, 64);
      }
    }
  }
}

TEST(AgreeArgExtreme, WithReference) {
  for (OpKind op : {OpKind::argmax, OpKind::argmin}) {
    for (DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8, DType::i32, DType::i64}) {
      for (const Shape& shape : {Shape{3, 1009}, Shape{2, 19, 5, 7}, Shape{1, 32, 4, 4}, Shape{600, 3}, Shape{1, 1}}) {
        for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
          for (std::int64_t last : {0, 1}) {
            SCOPED_TRACE(fmt::format("{} {} {} {} {}", name_of(op), name_of(dtype), shape.to_string(), axis, last));
            KernelRun run{.attributes = {{"axis", axis}, {"select_last", last}, {"keep_dims", last}},
                          .inputs = {input_of(dtype, shape)}};
            // Whole numbers, so that equal elements meet.
            if (dtype == DType::f32)
              run.inputs = {{tensor_of(dtype, shape, values_of(random_tensor_of(DType::i8, shape, 5, -3, 3)))}};
            expect_agreement(op, run);
          }
        }
      }
    }
  }
}

TEST(AgreeArgExtreme, ANanComesFirst) {
  std::vector<double> values(600, 1);
  for (std::size_t place : {70U, 71U, 300U, 599U}) values[place] = std::numeric_limits<double>::quiet_NaN();
  values[20] = std::numeric_limits<double>::infinity();
  for (OpKind op : {OpKind::argmax, OpKind::argmin}) {
    for (const Shape& shape : {Shape{1, 600}, Shape{600, 1}, Shape{20, 30}}) {
      for (std::int64_t axis : {0, 1}) {
        for (std::int64_t last : {0, 1}) {
          expect_agreement(op, {.attributes = {{"axis", axis}, {"select_last", last}},
                                .inputs = {{tensor_of(DType::f32, shape, values)}}});
        }
      }
    }
  }
}

TEST(AgreeTopK, WithReference) {
  for (DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8, DType::i32, DType::i64}) {
    for (const Shape& shape : {Shape{3, 509}, Shape{2, 19, 5, 3}, Shape{300, 2}, Shape{1}}) {
      for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
        const std::int64_t size = shape[static_cast<std::size_t>(axis)];
        for (std::int64_t k : {std::int64_t{0}, std::int64_t{1}, size / 2, size}) {
          for (std::int64_t largest : {0, 1}) {
            SCOPED_TRACE(fmt::format("{} {} {} {} {}", name_of(dtype), shape.to_string(), axis, k, largest));
            KernelRun run{.attributes = {{"axis", axis}, {"k", k}, {"largest", largest}},
                          .inputs = {input_of(dtype, shape)}};
            const Tensor indices = run_reference(OpKind::top_k, run).value().outputs[1];
            expect_agreement(OpKind::top_k, run,
                             [&](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
                               const auto same = is_identical(outcome.outputs[0], expected);
                               return same ? is_identical(outcome.outputs[1], indices) : same;
                             });
          }
        }
      }
    }
  }
}

TEST(AgreeTopK, ANanComesFirst) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 97 == 50 ? std::nan("") : i % 13);
  for (std::int64_t largest : {0, 1}) {
    for (std::int64_t k : {2, 5, 300}) {
      expect_agreement(OpKind::top_k, {.attributes = {{"k", k}, {"largest", largest}},
                                       .inputs = {{tensor_of(DType::f32, {400}, values)}}});
    }
  }
}

TEST(AgreeCumsum, WithReference) {
  for (DType dtype : {DType::f32, DType::bf16, DType::i32, DType::i64}) {
    for (const Shape& shape : {Shape{3, 101}, Shape{2, 19, 5, 3}, Shape{7, 300}, Shape{1}, Shape{2, 0, 3}}) {
      for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
        for (std::int64_t flags = 0; flags < 4; ++flags) {
          SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(dtype), shape.to_string(), axis, flags));
          expect_agreement(OpKind::cumsum,
                           {.attributes = {{"axis", axis}, {"exclusive", flags % 2}, {"reverse", flags / 2}},
                            .inputs = {input_of(dtype, shape)}},
                           512);
        }
      }
    }
  }
}

// Enough bytes that chunks of it go to several threads.
TEST(AgreeReductions, OverSeveralThreads) {
  for (const Shape& shape : {Shape{16, 2053}, Shape{2053, 16}, Shape{4, 33, 257}}) {
    for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
      SCOPED_TRACE(fmt::format("{} {}", shape.to_string(), axis));
      KernelRun run{.attributes = {{"axes", Integers{axis}}}, .inputs = {input_of(DType::f32, shape)}};
      expect_agreement(OpKind::reduce_sum, run, 1 << 16);
      expect_agreement(OpKind::reduce_max, run);
      run.attributes = {{"axis", axis}};
      expect_agreement(OpKind::argmin, run);
      // Around 0, because running sums are as exact as they are small.
      run.inputs = {{random_tensor_of(DType::f32, shape, 8)}};
      expect_agreement(OpKind::cumsum, run, 1 << 22);
    }
  }
}

}  // namespace
}  // namespace rheo::testing
