// SPDX-License-Identifier: Apache-2.0
// Ops of the CPU backend that read or write at indices against the reference, and what they say of indices out of
// range.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

const DType kAll[] = {DType::f32, DType::bf16, DType::f16, DType::i8,
                      DType::u8,  DType::i32,  DType::i64, DType::boolean};

KernelInput input_of(DType dtype, const Shape& shape, std::uint64_t seed = 7) {
  const bool bytes = dtype == DType::u8 || dtype == DType::i8;
  return {random_tensor_of(dtype, shape, seed, bytes ? 0 : -3, bytes ? 100 : 3),
          {bytes ? std::vector<float>{0.05F} : std::vector<float>{}, 0}};
}

// Indices into `size` elements, from either end.
KernelInput places(DType dtype, const Shape& shape, std::int64_t size, std::uint64_t seed = 3) {
  return {random_tensor_of(dtype, shape, seed, static_cast<double>(-size), static_cast<double>(size - 1))};
}

Compare identical() {
  return [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
    return is_identical(outcome.outputs[0], expected);
  };
}

TEST(AgreeGather, WithReference) {
  for (DType dtype : kAll) {
    for (DType indices : {DType::i32, DType::i64}) {
      for (const Shape& x : {Shape{11, 7}, Shape{5, 3, 4, 2}, Shape{13}, Shape{2, 9, 64}, Shape{3, 0}}) {
        for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(x.rank()); ++axis) {
          const std::int64_t size = x[static_cast<std::size_t>(axis)];
          for (const Shape& shape : {Shape{6}, Shape{2, 3}, Shape{}, Shape{0}, Shape{40}}) {
            if (size == 0 && shape != Shape{0}) continue;
            SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(dtype), x.to_string(), axis, shape.to_string()));
            KernelRun run{.attributes = {{"axis", axis}},
                          .inputs = {input_of(dtype, x), places(indices, shape, std::max<std::int64_t>(size, 1))}};
            expect_agreement(OpKind::gather, run, identical());
            run.inputs[0].is_constant = true;
            expect_agreement(OpKind::gather, run, identical());
          }
        }
      }
    }
  }
}

TEST(AgreeGather, ALargeTableOverSeveralThreads) {
  KernelRun run{.inputs = {input_of(DType::f32, {997, 96}), places(DType::i64, {16, 33}, 997)}};
  run.inputs[0].is_constant = true;
  expect_agreement(OpKind::gather, run, identical());
}

TEST(AgreeGatherElements, WithReference) {
  struct Case {
    Shape x, indices;
    std::int64_t axis;
  };
  for (const Case& c : {Case{{5, 6}, {5, 9}, 1}, Case{{5, 6}, {3, 4}, 0}, Case{{2, 7, 3}, {2, 11, 3}, 1},
                        Case{{2, 7, 3, 4}, {1, 7, 2, 4}, 2}, Case{{9}, {1009}, 0}, Case{{3, 2}, {0, 2}, 0}}) {
    for (DType dtype : kAll) {
      for (DType indices : {DType::i32, DType::i64}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), c.indices.to_string()));
        expect_agreement(
            OpKind::gather_elements,
            {.attributes = {{"axis", c.axis}},
             .inputs = {input_of(dtype, c.x), places(indices, c.indices, c.x[static_cast<std::size_t>(c.axis)])}},
            identical());
      }
    }
  }
}

TEST(AgreeGatherNd, WithReference) {
  struct Case {
    Shape x, indices;
    std::int64_t batch;
  };
  for (const Case& c : {Case{{5, 5, 5}, {7, 2}, 0}, Case{{5, 5}, {3, 4, 2}, 0}, Case{{3, 5, 7}, {3, 4, 1}, 1},
                        Case{{2, 3, 5, 5}, {2, 3, 6, 2}, 2}, Case{{9, 33}, {20, 1}, 0}, Case{{4, 4}, {0, 2}, 0}}) {
    for (DType dtype : kAll) {
      for (DType indices : {DType::i32, DType::i64}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), c.indices.to_string()));
        const std::int64_t size = c.x[static_cast<std::size_t>(c.batch)];
        expect_agreement(OpKind::gather_nd,
                         {.attributes = {{"batch_dims", c.batch}},
                          .inputs = {input_of(dtype, c.x), places(indices, c.indices, size)}},
                         identical());
      }
    }
  }
}

// Reductions that elements of this type have.
std::vector<std::string> reductions_of(DType dtype) {
  if (dtype == DType::f16 || dtype == DType::boolean) return {"none"};
  if (dtype == DType::u8 || dtype == DType::i8) return {"none", "min", "max"};
  return {"none", "add", "mul", "min", "max"};
}

TEST(AgreeScatter, WithReference) {
  struct Case {
    Shape x, indices;
    std::int64_t axis;
  };
  for (const Case& c : {Case{{5, 6}, {5, 9}, 1}, Case{{5, 6}, {3, 4}, 0}, Case{{2, 7, 3, 4}, {1, 9, 2, 4}, 1},
                        Case{{1009}, {30}, 0}, Case{{3, 2}, {0, 2}, 0}}) {
    for (DType dtype : kAll) {
      for (const std::string& reduction : reductions_of(dtype)) {
        for (DType indices : {DType::i32, DType::i64}) {
          SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(dtype), c.x.to_string(), c.axis, reduction));
          const std::int64_t size = c.x[static_cast<std::size_t>(c.axis)];
          expect_agreement(
              OpKind::scatter_elements,
              {.attributes = {{"axis", c.axis}, {"reduction", reduction}},
               .inputs = {input_of(dtype, c.x), places(indices, c.indices, size), input_of(dtype, c.indices, 9)}},
              identical());
        }
      }
    }
  }
}

TEST(AgreeScatterNd, WithReference) {
  struct Case {
    Shape x, indices, updates;
  };
  for (const Case& c : {Case{{5, 5, 6}, {7, 2}, {7, 6}}, Case{{5, 5}, {3, 4, 2}, {3, 4}},
                        Case{{40, 3}, {20, 1}, {20, 3}}, Case{{4, 4}, {0, 2}, {0}}}) {
    for (DType dtype : kAll) {
      for (const std::string& reduction : reductions_of(dtype)) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), reduction));
        expect_agreement(
            OpKind::scatter_nd,
            {.attributes = {{"reduction", reduction}},
             .inputs = {input_of(dtype, c.x), places(DType::i64, c.indices, c.x[0]), input_of(dtype, c.updates, 9)}},
            identical());
      }
    }
  }
}

TEST(AgreeIndexing, OutOfRangeIsTheSameErrorAsTheReference) {
  struct Case {
    OpKind op;
    std::vector<KernelInput> inputs;
  };
  const Tensor x = f32_of({3, 2}, {1, 2, 3, 4, 5, 6});
  std::vector<Case> cases;
  for (DType dtype : {DType::i32, DType::i64}) {
    for (double index : {3.0, -4.0, 2147483647.0, -2147483648.0}) {
      const Tensor rows = tensor_of(dtype, {2}, {0, index});
      const Tensor one = tensor_of(dtype, {2, 1}, {0, index});
      const Tensor pair = tensor_of(dtype, {1, 2}, {index, 1});
      cases.push_back({OpKind::gather, {{x}, {rows}}});
      cases.push_back({OpKind::gather_elements, {{x}, {one}}});
      cases.push_back({OpKind::gather_nd, {{x}, {one}}});
      cases.push_back({OpKind::gather_nd, {{x}, {pair}}});
      cases.push_back({OpKind::scatter_elements, {{x}, {one}, {f32_of({2, 1}, {7, 8})}}});
      cases.push_back({OpKind::scatter_nd, {{x}, {pair}, {f32_of({1}, {7})}}});
    }
  }
  for (const Case& c : cases) {
    const KernelRun run{.inputs = c.inputs};
    const Status expected = run_reference(c.op, run).status();
    const Status status = run_kernel(entry_of(cpu_kernels(), fmt::format("own.{}", name_of(c.op))), run).status();
    EXPECT_EQ(expected.code(), StatusCode::invalid_argument) << name_of(c.op);
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << name_of(c.op);
    EXPECT_EQ(status.message(), expected.message());
    EXPECT_TRUE(status.message().starts_with(name_of(c.op))) << status.message();
  }
}

TEST(AgreeOneHot, WithReference) {
  for (DType dtype : kAll) {
    for (const Shape& shape : {Shape{7}, Shape{2, 5}, Shape{}, Shape{3, 0}, Shape{2, 3, 4}}) {
      for (std::int64_t axis = 0; axis <= static_cast<std::int64_t>(shape.rank()); ++axis) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), shape.to_string(), axis));
        // Some lie outside the depth of 5.
        expect_agreement(OpKind::one_hot,
                         {.attributes = {{"depth", 5}, {"axis", axis}},
                          .inputs = {places(DType::i64, shape, 8), input_of(dtype, {2}, 4)}},
                         identical());
      }
    }
  }
}

TEST(AgreeTrilu, WithReference) {
  for (DType dtype : kAll) {
    for (const Shape& shape : {Shape{5, 5}, Shape{3, 4, 7}, Shape{2, 7, 3}, Shape{2, 0, 3}}) {
      for (std::int64_t upper : {0, 1}) {
        for (std::int64_t diagonal : {-9, -2, -1, 0, 1, 2, 9}) {
          expect_agreement(
              OpKind::trilu,
              {.attributes = {{"upper", upper}, {"diagonal", diagonal}}, .inputs = {input_of(dtype, shape)}},
              identical());
        }
      }
    }
  }
}

}  // namespace
}  // namespace rheo::testing
