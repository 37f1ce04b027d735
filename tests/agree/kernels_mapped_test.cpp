// SPDX-License-Identifier: Apache-2.0
// Ops of the CPU backend that repeat, surround, reorder or resize against the reference: expand, tile, pad,
// depth_to_space, space_to_depth, resize, and slices that go backwards.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

const DType kAll[] = {DType::f32, DType::bf16, DType::f16, DType::i8,
                      DType::u8,  DType::i32,  DType::i64, DType::boolean};

KernelInput input_of(DType dtype, const Shape& shape, std::uint64_t seed = 7) {
  const bool bytes = dtype == DType::u8 || dtype == DType::i8;
  return {random_tensor_of(dtype, shape, seed, bytes ? 0 : -3, bytes ? 100 : 3),
          {bytes ? std::vector<float>{0.05F} : std::vector<float>{}, 0}};
}

// What only moves elements gives the very same ones.
Agreed expect_identical(OpKind op, const KernelRun& run) {
  return expect_agreement(op, run, [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
    return is_identical(outcome.outputs[0], expected);
  });
}

TEST(AgreeExpand, WithReference) {
  struct Case {
    Shape x;
    Integers shape;
  };
  for (const Case& c : {Case{{5, 1}, {5, 37}}, Case{{1, 7}, {9, 7}}, Case{{3, 1, 5}, {2, 3, 4, 5}}, Case{{}, {3, 3}},
                        Case{{2, 1, 3, 1}, {2, 6, 3, 5}}, Case{{2, 3}, {1}}, Case{{1, 3}, {0, 3}},
                        Case{{1, 16, 1, 1}, {2, -1, 4, 3}}}) {
    for (DType dtype : kAll) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), c.x.to_string()));
      expect_identical(OpKind::expand, {.attributes = {{"shape", c.shape}}, .inputs = {input_of(dtype, c.x)}});
    }
  }
}

TEST(AgreeTile, WithReference) {
  struct Case {
    Shape x;
    Integers repeats;
  };
  for (const Case& c : {Case{{3}, {50}}, Case{{1}, {9}}, Case{{2, 3, 5, 4}, {1, 2, 1, 3}}, Case{{2, 3}, {1, 1}},
                        Case{{2, 3}, {4, 0}}, Case{{2, 1, 2, 1, 2}, {2, 2, 2, 2, 2}}, Case{{40, 3}, {2, 1}}}) {
    for (DType dtype : kAll) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), c.x.to_string()));
      expect_identical(OpKind::tile, {.attributes = {{"repeats", c.repeats}}, .inputs = {input_of(dtype, c.x)}});
    }
  }
}

TEST(AgreePad, WithReference) {
  struct Case {
    Shape x;
    Integers pads;
  };
  for (const Case& c :
       {Case{{2, 3, 5, 7}, {0, 0, 1, 2, 0, 0, 3, 4}}, Case{{2, 3, 5, 7}, {0, 1, 0, 0, 1, 2, 0, 0}}, Case{{7}, {20, 20}},
        Case{{4, 9}, {-1, 3, 2, -2}}, Case{{3, 4}, {-1, -1, -1, -1}}, Case{{3, 4}, {0, 0, 0, 0}},
        Case{{2, 3}, {-2, 0, 0, 5}}, Case{{1, 19, 3, 3}, {0, 0, 1, 1, 0, 0, 1, 1}}}) {
    for (const char* mode : {"constant", "reflect", "edge", "wrap"}) {
      for (DType dtype : kAll) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), mode));
        KernelRun run{.attributes = {{"pads", c.pads}, {"mode", mode}}, .inputs = {input_of(dtype, c.x)}};
        const bool is_emptied = c.pads == Integers{-2, 0, 0, 5};
        if (is_emptied && std::string_view(mode) != "constant") run.attributes.set("pads", Integers{-1, 0, 0, 5});
        expect_identical(OpKind::pad, run);
      }
    }
  }
}

TEST(AgreePad, WithValuesOfEveryType) {
  for (double value : {1.0, -2.5, 0.124, 1e30, -1e30}) {
    for (DType dtype : kAll) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), value));
      expect_identical(OpKind::pad,
                       {.attributes = {{"pads", Integers{1, 2}}, {"value", value}}, .inputs = {input_of(dtype, {3})}});
    }
  }
}

TEST(AgreeBlocks, WithReference) {
  for (const char* mode : {"dcr", "crd"}) {
    for (DType dtype : kAll) {
      for (std::int64_t block : {1, 2, 3}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), mode, block));
        const Attributes attributes{{"block", block}, {"mode", mode}};
        for (const Shape& size : {Shape{2, 5, 3, 7}, Shape{1, 16, 5, 1}, Shape{1, 1, 1, 40}}) {
          const Shape folded{size[0], size[1] * block * block, size[2], size[3]};
          const Shape spread{size[0], size[1], size[2] * block, size[3] * block};
          expect_identical(OpKind::depth_to_space, {.attributes = attributes, .inputs = {input_of(dtype, folded)}});
          expect_identical(OpKind::space_to_depth, {.attributes = attributes, .inputs = {input_of(dtype, spread)}});
        }
      }
    }
  }
}

struct ResizeCase {
  Shape x;
  Reals scales;
};
const ResizeCase kResizes[] = {{{1, 3, 7}, {2.5}},
                               {{2, 5, 7, 9}, {2, 2}},
                               {{1, 16, 5, 6}, {0.6, 3}},
                               {{1, 19, 4, 4}, {1, 2}},
                               {{1, 2, 3, 4, 5}, {2, 0.5, 1.7}},
                               {{1, 1, 1, 1}, {3, 5}},
                               {{1, 1, 2, 3000}, {1.5, 1.5}},
                               {{1, 1, 40, 5000}, {0.1, 0.01}},
                               {{0, 3, 4, 4}, {2, 2}},
                               {{1, 3, 4, 4}, {0.1, 2}}};

TEST(AgreeResize, ToTheNearest) {
  for (const ResizeCase& c : kResizes) {
    for (const char* nearest : {"round_prefer_floor", "ceil"}) {
      for (DType dtype : kAll) {
        if (dtype != DType::f32 && c.x.elements() > 1000) continue;  // the types differ in nothing but their size
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), nearest));
        expect_identical(OpKind::resize, {.attributes = {{"scales", c.scales}, {"nearest", nearest}},
                                          .inputs = {input_of(dtype, c.x)}});
      }
    }
  }
}

TEST(AgreeResize, BetweenNeighbours) {
  for (const ResizeCase& c : kResizes) {
    for (const char* mode : {"linear", "cubic"}) {
      for (const char* coordinates :
           {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"}) {
        for (DType dtype : {DType::f32, DType::bf16, DType::u8, DType::i8}) {
          const bool is_first = std::string_view(coordinates) == "half_pixel";
          if (!is_first && (dtype != DType::f32 || c.x.elements() > 1000)) continue;
          SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(dtype), c.x.to_string(), mode, coordinates));
          KernelRun run{.attributes = {{"scales", c.scales}, {"mode", mode}, {"coordinates", coordinates}},
                        .inputs = {input_of(dtype, c.x)}};
          expect_agreement(OpKind::resize, run, 64);
          if (std::string_view(mode) != "cubic" || dtype != DType::f32) continue;
          run.attributes.set("exclude_outside", std::int64_t{1});
          run.attributes.set("cubic_coefficient", -0.5);
          expect_agreement(OpKind::resize, run, 64);
        }
      }
    }
  }
}

TEST(AgreeResize, Averaging) {
  const std::pair<Shape, Integers> cases[] = {{{1, 3, 7}, {4}},
                                              {{2, 3, 24, 21}, {17, 9}},
                                              {{1, 16, 9, 9}, {5, 3}},
                                              {{1, 1, 224, 224}, {160, 128}},
                                              {{1, 2, 3, 9000}, {3, 2251}},
                                              {{1, 2, 6, 8, 5}, {4, 6, 9}}};
  for (const auto& [shape, sizes] : cases) {
    for (const std::int64_t exclude : {0, 1}) {
      for (DType dtype : {DType::f32, DType::bf16, DType::u8}) {
        if (dtype != DType::f32 && shape.elements() > 1000) continue;
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), shape.to_string(), exclude));
        expect_agreement(OpKind::resize,
                         {.attributes = {{"sizes", sizes},
                                         {"mode", std::string("linear")},
                                         {"antialias", std::int64_t{1}},
                                         {"exclude_outside", exclude}},
                          .inputs = {input_of(dtype, shape)}},
                         64);
      }
    }
  }
}

TEST(AgreeSlice, Backwards) {
  for (DType dtype : kAll) {
    const Shape shape{2, 7, 5, 3};
    for (std::int64_t axis = 0; axis < 4; ++axis) {
      for (std::int64_t step : {-1, -2, -9}) {
        KernelRun run{.attributes = {{"axis", axis}, {"step", step}}, .inputs = {input_of(dtype, shape)}};
        expect_identical(OpKind::slice, run);
        run.attributes.set("start", std::int64_t{-1});
        run.attributes.set("end", std::int64_t{0});
        expect_identical(OpKind::slice, run);
      }
    }
  }
}

// Enough bytes that chunks of it go to several threads.
TEST(AgreeMapped, OverSeveralThreads) {
  const KernelInput x = input_of(DType::f32, {2, 8, 40, 60});
  expect_identical(OpKind::tile, {.attributes = {{"repeats", Integers{1, 2, 1, 3}}}, .inputs = {x}});
  expect_identical(OpKind::pad, {.attributes = {{"pads", Integers{0, 0, 1, 1, 0, 0, 1, 1}}}, .inputs = {x}});
  expect_identical(OpKind::resize, {.attributes = {{"scales", Reals{2, 2}}}, .inputs = {x}});
  expect_agreement(OpKind::resize, {.attributes = {{"scales", Reals{2, 2}}, {"mode", "linear"}}, .inputs = {x}}, 64);
  expect_identical(OpKind::depth_to_space, {.attributes = {{"block", 2}}, .inputs = {x}});
}

}  // namespace
}  // namespace rheo::testing
