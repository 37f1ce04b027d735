// SPDX-License-Identifier: Apache-2.0
// Ops over rows and whole values of the CPU backend against the reference: products, normalisation, softmax, mean, and
// those that only move elements.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

const DType kFloats[] = {DType::f32, DType::bf16};

KernelInput input_of(DType dtype, const Shape& shape, std::uint64_t seed = 7) {
  const bool bytes = dtype == DType::u8 || dtype == DType::i8;
  return {random_tensor_of(dtype, shape, seed, bytes ? 0 : -3, bytes ? 100 : 3),
          {bytes ? std::vector<float>{0.05F} : std::vector<float>{}, 0}};
}

TEST(AgreeMatmul, WithReference) {
  struct Case {
    Shape a, b;
  };
  for (const Case& c : {Case{{1, 1}, {1, 1}}, Case{{7, 13}, {13, 17}}, Case{{64, 96}, {96, 80}},
                        Case{{2, 3, 5, 19}, {3, 19, 33}}, Case{{4, 1, 8, 8}, {2, 8, 130}}, Case{{9, 0}, {0, 3}}}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(c.a.to_string() + c.b.to_string());
      expect_agreement(OpKind::matmul, {.inputs = {input_of(dtype, c.a, 1), input_of(dtype, c.b, 2)}},
                       81 * c.a[c.a.rank() - 1] + 1);
    }
  }
}

TEST(AgreeNormalisation, WithReference) {
  for (DType dtype : kFloats) {
    for (const Shape& shape : {Shape{2, 19, 5, 3}, Shape{1, 32, 4, 4}, Shape{3, 7}}) {
      SCOPED_TRACE(shape.to_string());
      const std::int64_t channels = shape[1];
      KernelRun run{.inputs = {input_of(dtype, shape)}};
      for (std::uint64_t i = 0; i < 4; ++i) {
        run.inputs.push_back({random_tensor_of(DType::f32, {channels}, 20 + i, 0.5, 2), {}, {}, true});
      }
      expect_agreement(OpKind::batch_norm, run, 64);
      const std::int64_t last = shape[shape.rank() - 1];
      run.inputs = {input_of(dtype, shape)};
      expect_agreement(OpKind::layer_norm, run, 64);
      run.inputs.push_back({random_tensor_of(DType::f32, {last}, 30), {}, {}, true});
      run.inputs.push_back({random_tensor_of(DType::f32, {last}, 31), {}, {}, true});
      expect_agreement(OpKind::layer_norm, run, 64);
    }
    expect_agreement(OpKind::layer_norm, {.attributes = {{"axes", 2}}, .inputs = {input_of(dtype, {4, 6, 33})}}, 64);
  }
}

TEST(AgreeSoftmax, WithReference) {
  for (DType dtype : kFloats) {
    for (OpKind op : {OpKind::softmax, OpKind::log_softmax}) {
      for (const Shape& shape : {Shape{1, 10}, Shape{3, 1009}, Shape{2, 19, 5, 3}, Shape{1, 1, 1, 1}}) {
        for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis) {
          SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), shape.to_string(), axis));
          expect_agreement(op, {.attributes = {{"axis", axis}}, .inputs = {input_of(dtype, shape)}}, 64);
        }
      }
    }
  }
}

TEST(AgreeMean, WithReference) {
  for (DType dtype : kFloats) {
    for (const Integers& axes : {Integers{0}, Integers{1}, Integers{2, 3}, Integers{-1}, Integers{0, 1, 2, 3}}) {
      for (std::int64_t keep : {0, 1}) {
        KernelRun run{.attributes = {{"axes", axes}, {"keep_dims", keep}}, .inputs = {input_of(dtype, {2, 19, 5, 7})}};
        expect_agreement(OpKind::mean, run, 64);
      }
    }
  }
}

TEST(AgreeMovement, WithReference) {
  for (DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8, DType::i64, DType::boolean}) {
    SCOPED_TRACE(name_of(dtype));
    const Shape shape{2, 7, 5, 3};
    for (std::int64_t axis = 0; axis < 4; ++axis) {
      Shape other = shape;
      other[static_cast<std::size_t>(axis)] = 4;
      KernelRun run{.attributes = {{"axis", axis}},
                    .inputs = {input_of(dtype, shape, 1), input_of(dtype, other, 2), input_of(dtype, shape, 3)}};
      expect_agreement(OpKind::concat, run);
      run.inputs.resize(1);
      run.attributes = {{"axis", axis}, {"start", 1}, {"step", 2}};
      expect_agreement(OpKind::slice, run);
    }
    for (const Integers& permutation : {Integers{0, 2, 3, 1}, Integers{3, 2, 1, 0}, Integers{0, 1, 2, 3}}) {
      expect_agreement(OpKind::transpose,
                       {.attributes = {{"permutation", permutation}}, .inputs = {input_of(dtype, shape)}});
    }
  }
}

// Rows of 32, 64 and 128 bytes, as the heads of attentions have, are copied without a call.
TEST(AgreeMoves, OfRowsOfEveryLength) {
  for (DType dtype : {DType::u8, DType::bf16, DType::f32}) {
    for (const std::int64_t length : {15, 16, 31, 32, 33, 64, 127, 128}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), length));
      expect_agreement(OpKind::transpose, {.attributes = {{"permutation", Integers{0, 2, 1, 3}}},
                                           .inputs = {input_of(dtype, {2, 5, 3, length})}});
    }
  }
}

}  // namespace
}  // namespace rheo::testing
