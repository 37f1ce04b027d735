// SPDX-License-Identifier: Apache-2.0
// NaN, infinity and very large values through the CPU backend: they must come out as they do of the reference, because
// the loop trusts an answer whose logits are finite. Tests kernels/cpu: the loops under lanes/ and all that use them.
#include <cmath>

#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const DType kFloats[] = {DType::f32, DType::bf16};

// Ends of ranges, turning points of the formulas, and ordinary numbers between them.
const std::vector<double> kSpecial = {kNan,  kInfinity, -kInfinity, 3e38,   -3e38, 1e38,  -1e38,  1e30,  -1e30,
                                      89,    -89,       88.5,       -88.5,  87.5,  -87.5, -103.5, 127.6, -128.6,
                                      255.6, 20,        -20,        6,      3,     -3,    1,      -1,    0.5,
                                      -0.5,  1e-6,      1e-40,      -1e-40, -0.0,  0};

// Random, but for what is written over its elements.
struct Put {
  std::int64_t element;
  double value;
};
Tensor with(DType dtype, const Shape& shape, const std::vector<Put>& puts, std::uint64_t seed = 7) {
  std::vector<double> values = values_of(random_tensor_of(dtype, shape, seed, -2, 2));
  for (const Put& put : puts) values[static_cast<std::size_t>(put.element)] = put.value;
  return tensor_of(dtype, shape, values);
}

Tensor special_values(DType dtype, const Shape& shape) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    values.push_back(kSpecial[static_cast<std::size_t>(i) % kSpecial.size()]);
  }
  return tensor_of(dtype, shape, values);
}

TEST(AgreeOnSpecialValues, Unary) {
  for (OpKind op : {OpKind::relu, OpKind::relu6, OpKind::hardswish, OpKind::hardsigmoid, OpKind::silu, OpKind::gelu,
                    OpKind::sigmoid, OpKind::tanh, OpKind::clamp}) {
    for (DType dtype : kFloats) {
      for (const Shape& shape : {Shape{static_cast<std::int64_t>(kSpecial.size())}, Shape{1, 16, 3, 3}}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(op), name_of(dtype), shape.to_string()));
        KernelRun run{.inputs = {{special_values(dtype, shape)}}};
        if (op == OpKind::clamp) run.attributes = {{"min", -1.0}, {"max", 2.0}};
        expect_agreement(op, run, 16);
      }
    }
  }
}

TEST(AgreeOnSpecialValues, Arithmetic) {
  const auto count = static_cast<std::int64_t>(kSpecial.size());
  for (OpKind op : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(op), name_of(dtype)));
      expect_agreement(op, {.inputs = {{special_values(dtype, {count, 1})}, {special_values(dtype, {1, count})}}}, 4);
    }
  }
}

TEST(AgreeOnSpecialValues, Softmax) {
  const std::vector<double> rows[] = {{1, kNan, 2, 0, -1},
                                      {kNan, 1, 2, 0, -1},
                                      {1, 2, 0, -1, kNan},
                                      {1, kInfinity, 2, 0, 1},
                                      {kInfinity, kInfinity, 0, 0, 0},
                                      {-kInfinity, 1, 2, -kInfinity, 0},
                                      {-kInfinity, -kInfinity, -kInfinity, -kInfinity, -kInfinity},
                                      {3e38, -3e38, 0, 1e38, 1},
                                      {-200, -1000, -2000, -87.5, -88},
                                      {1e4, 1e4, -1e4, 0, 9999}};
  constexpr std::int64_t kRows = std::size(rows);
  std::vector<double> across;
  std::vector<double> down;  // the same rows as columns
  for (const std::vector<double>& row : rows) across.insert(across.end(), row.begin(), row.end());
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    for (const std::vector<double>& row : rows) down.push_back(row[i]);
  }
  for (OpKind op : {OpKind::softmax, OpKind::log_softmax}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(op), name_of(dtype)));
      expect_agreement(op, {.attributes = {{"axis", 1}}, .inputs = {{tensor_of(dtype, {kRows, 5}, across)}}}, 64);
      expect_agreement(op, {.attributes = {{"axis", 0}}, .inputs = {{tensor_of(dtype, {5, kRows}, down)}}}, 64);
      expect_agreement(op, {.attributes = {{"axis", 1}}, .inputs = {{tensor_of(dtype, {1, 5, 2, 5}, down)}}}, 64);
    }
  }
}

TEST(AgreeOnSpecialValues, Pools) {
  const std::vector<Put> cases[] = {{{30, kNan}},
                                    {{0, kNan}, {1, kInfinity}, {575, kNan}},
                                    {{30, kInfinity}},
                                    {{30, -kInfinity}, {31, kInfinity}},
                                    {{30, 1e30}, {31, -1e30}, {200, 1e37}},
                                    {{30, -3e38}}};
  for (DType dtype : kFloats) {
    for (const std::vector<Put>& puts : cases) {
      KernelRun run{.inputs = {{with(dtype, {1, 16, 6, 6}, puts)}}};
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), puts[0].value));
      expect_agreement(OpKind::global_avg_pool, run, 49);
      run.attributes = {{"output_size", Integers{3, 2}}};
      expect_agreement(OpKind::adaptive_avg_pool2d, run, 16);
      run.attributes = {{"kernel", Integers{3, 3}}, {"strides", Integers{1, 2}}, {"pads", Integers{1, 1, 1, 1}}};
      expect_agreement(OpKind::avg_pool2d, run, 9);
      expect_agreement(OpKind::max_pool2d, run);
    }
  }
}

TEST(AgreeOnSpecialValues, MaxPoolOfNothingButTheSmallest) {
  for (double value : {-kInfinity, kNan}) {
    KernelRun run{.attributes = {{"kernel", Integers{2, 2}}},
                  .inputs = {{tensor_of(DType::f32, {1, 1, 4, 4}, std::vector<double>(16, value))}}};
    expect_agreement(OpKind::max_pool2d, run);
  }
}

// Sums of squares of large values overflow f32 long before the normalised values do.
TEST(AgreeOnSpecialValues, Normalisation) {
  constexpr std::int64_t kRow = 40;
  const std::vector<Put> cases[] = {{{41, kNan}}, {{41, kInfinity}}, {{41, -kInfinity}, {42, kInfinity}}};
  for (DType dtype : kFloats) {
    for (const std::vector<Put>& puts : cases) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), puts[0].value));
      KernelRun run{.inputs = {{with(dtype, {3, kRow}, puts)}}};
      expect_agreement(OpKind::layer_norm, run, 64);
      for (std::uint64_t i = 0; i < 4; ++i) {
        run.inputs.push_back({random_tensor_of(DType::f32, {kRow}, 20 + i, 0.5, 2), {}, {}, true});
      }
      expect_agreement(OpKind::batch_norm, run, 64);
    }
    for (double size : {1e15, 1e25, 1e36}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), size));
      const Tensor x = random_tensor_of(dtype, {3, kRow}, 7, -size, size);
      // The squares of such numbers leave oneDNN's f32; its file says so.
      const auto compare = [size, close = within_tolerance(64)](const KernelEntry& entry, const KernelOutcome& outcome,
                                                                const Tensor& expected) {
        const bool overflows = entry.name == "dnnl.layer_norm" && size > 1e19;
        return overflows ? ::testing::AssertionSuccess() : close(entry, outcome, expected);
      };
      expect_agreement(OpKind::layer_norm, {.inputs = {{x}}}, compare);
    }
  }
}

TEST(AgreeOnSpecialValues, Mean) {
  const std::vector<Put> cases[] = {
      {{41, kNan}}, {{41, kInfinity}}, {{41, -kInfinity}, {42, kInfinity}}, {{41, 1e30}, {80, -1e36}}};
  for (DType dtype : kFloats) {
    for (const std::vector<Put>& puts : cases) {
      for (std::int64_t axis : {0, 1}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), puts[0].value, axis));
        KernelRun run{.attributes = {{"axes", Integers{axis}}}, .inputs = {{with(dtype, {3, 40}, puts)}}};
        expect_agreement(OpKind::mean, run, 64);
      }
    }
  }
}

TEST(AgreeOnSpecialValues, Conversions) {
  const Shape shape{static_cast<std::int64_t>(kSpecial.size())};
  for (DType dtype : kFloats) {
    SCOPED_TRACE(name_of(dtype));
    KernelRun run{.inputs = {{special_values(dtype, shape)}}};
    for (const char* target : {"u8", "i8"}) {
      run.attributes = {{"dtype", target}, {"scale", 0.5}};
      expect_agreement(OpKind::quantize, run);
    }
    run.inputs = {{special_values(dtype, {1, 16, 3, 3})}};
    run.attributes = {};
    expect_agreement(OpKind::reorder, run);
  }
}

// A batch item must not depend on its neighbours: rows of odd length share the last step of a product with the next.
TEST(AgreeOnSpecialValues, Products) {
  const std::vector<Put> cases[] = {{{13, kNan}}, {{26, kInfinity}}, {{26, kNan}, {38, -kInfinity}}, {{15, 1e30}}};
  for (DType dtype : kFloats) {
    for (const std::vector<Put>& puts : cases) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), puts[0].value));
      const Tensor x = with(dtype, {5, 13}, puts);
      expect_agreement(OpKind::matmul, {.inputs = {{x}, {random_tensor_of(dtype, {13, 17}, 8)}}}, 64);
      expect_agreement(OpKind::linear, {.inputs = {{x}, {random_tensor_of(dtype, {17, 13}, 8), {}, {}, true}}}, 64);
    }
  }
}

// Where the reference is not finite the result must not be either. Winograd's transforms mix the pixels of a tile, and
// bf16 products read one element too many in groups of odd size and one column too many in depthwise ones, so there
// more is lost; elsewhere all is the same.
::testing::AssertionResult no_answer_where_there_is_none(const KernelEntry& entry, const KernelOutcome& outcome,
                                                         const Tensor& expected) {
  const bool loses_more = outcome.implementation.find("wino") != std::string::npos ||
                          ((entry.name == "own.conv2d" || entry.name == "own.conv2d.depthwise.rows") &&
                           outcome.implementation == "own:avx512_bf16");
  if (!loses_more) return within_tolerance(4 * 16 * 9)(entry, outcome, expected);
  const std::vector<double> actual = values_of(outcome.outputs[0]);
  const std::vector<double> wanted = values_of(expected);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!std::isfinite(wanted[i]) && std::isfinite(actual[i]))
      return ::testing::AssertionFailure() << "element " << i << " is " << actual[i] << " instead of " << wanted[i];
  }
  return ::testing::AssertionSuccess();
}

KernelRun convolution(DType dtype, std::int64_t batch, std::int64_t channels, std::int64_t groups,
                      const std::vector<Put>& puts) {
  KernelRun run{.attributes = {{"pads", Integers{1, 1, 1, 1}}, {"groups", groups}},
                .inputs = {{with(dtype, {batch, channels, 8, 8}, puts)}}};
  run.inputs.push_back({random_tensor_of(dtype, {channels, channels / groups, 3, 3}, 8), {}, {}, true});
  return run;
}

TEST(AgreeOnSpecialValues, Conv2d) {
  const std::vector<Put> cases[] = {{{0, kNan}}, {{330, kNan}}, {{63, kInfinity}}, {{900, -kInfinity}}};
  for (DType dtype : kFloats) {
    for (std::int64_t groups : {1, 16}) {
      for (const std::vector<Put>& puts : cases) {
        SCOPED_TRACE(fmt::format("{} {} groups, {}", name_of(dtype), groups, puts[0].value));
        expect_agreement(OpKind::conv2d, convolution(dtype, 1, 16, groups, puts), no_answer_where_there_is_none);
      }
    }
  }
}

TEST(AgreeOnSpecialValues, Conv2dWithActivationByOwnLoops) {
  const Compare own_only = [](const KernelEntry& entry, const KernelOutcome& outcome, const Tensor& expected) {
    if (entry.name.starts_with("dnnl.")) return ::testing::AssertionSuccess();
    return no_answer_where_there_is_none(entry, outcome, expected);
  };
  for (const char* activation :
       {"relu", "relu6", "clamp", "hardswish", "hardsigmoid", "silu", "gelu", "sigmoid", "tanh", "leaky_relu", "elu"}) {
    SCOPED_TRACE(activation);
    for (DType dtype : kFloats) {
      KernelRun run = convolution(dtype, 1, 16, 1, {{330, kNan}});
      run.attributes.set("activation", std::string(activation));
      if (run.attributes.text("activation") == "clamp") {
        run.attributes.set("alpha", -0.5);
        run.attributes.set("beta", 1.5);
      }
      expect_agreement(OpKind::conv2d, run, own_only);
    }
  }
}

TEST(AgreeOnSpecialValues, Conv2dWithActivationByOneDnn) {
  for (const Attributes& activation :
       {Attributes{{"activation", "gelu"}, {"approximate", "tanh"}}, Attributes{{"activation", "leaky_relu"}},
        Attributes{{"activation", "leaky_relu"}, {"alpha", 0}}}) {
    for (DType dtype : kFloats) {
      SCOPED_TRACE(fmt::format("{} {}", activation.text("activation"), name_of(dtype)));
      KernelRun run = convolution(dtype, 1, 16, 1, {{330, kNan}, {63, kInfinity}});
      for (const auto& [name, value] : activation.items()) run.attributes.set(name, value);
      expect_agreement(OpKind::conv2d, run, no_answer_where_there_is_none);
    }
  }
}

// The last window of an image must not read the first pixel of the next one, not even times zero.
TEST(AgreeOnSpecialValues, Conv2dKeepsTheItemsOfABatchApart) {
  for (DType dtype : kFloats) {
    KernelRun run{.inputs = {{with(dtype, {2, 3, 4, 4}, {{48, kNan}})},
                             {random_tensor_of(dtype, {16, 3, 1, 1}, 8), {}, {}, true}}};
    const Compare first_item = [](const KernelEntry&, const KernelOutcome& outcome, const Tensor&) {
      const std::vector<double> actual = values_of(outcome.outputs[0]);
      for (std::size_t i = 0; i < actual.size() / 2; ++i) {
        if (!std::isfinite(actual[i])) return ::testing::AssertionFailure() << "element " << i << " is " << actual[i];
      }
      return ::testing::AssertionSuccess();
    };
    expect_agreement(OpKind::conv2d, run, first_item);
  }
}

}  // namespace
}  // namespace rheo::testing
