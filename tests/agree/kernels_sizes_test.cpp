// SPDX-License-Identifier: Apache-2.0
// Values without elements, values so large that threads share the work, and values that no memory holds. Tests
// kernels/cpu: all kernels that are no convolution.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

KernelInput input_of(const Shape& shape, DType dtype = DType::f32, std::uint64_t seed = 7) {
  return {random_tensor_of(dtype, shape, seed, -3, 3)};
}

const OpKind kUnary[] = {OpKind::relu, OpKind::relu6,   OpKind::hardswish, OpKind::hardsigmoid, OpKind::silu,
                         OpKind::gelu, OpKind::sigmoid, OpKind::tanh,      OpKind::clamp};

TEST(AgreeOnNoElements, ElementWise) {
  for (const Shape& shape : {Shape{0}, Shape{0, 19, 5, 3}, Shape{2, 0, 5, 3}, Shape{2, 19, 0, 3}}) {
    SCOPED_TRACE(shape.to_string());
    for (OpKind op : kUnary) expect_agreement(op, {.inputs = {input_of(shape)}});
    for (OpKind op : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div}) {
      expect_agreement(op, {.inputs = {input_of(shape), input_of(shape)}});
      expect_agreement(op, {.inputs = {input_of(shape), input_of({1})}});
    }
    expect_agreement(OpKind::reorder, {.inputs = {input_of(shape)}});
    expect_agreement(OpKind::quantize, {.attributes = {{"dtype", "u8"}, {"scale", 0.02}}, .inputs = {input_of(shape)}});
    expect_agreement(OpKind::dequantize, {.inputs = {{Tensor::zeros(DType::u8, shape).value(), {{0.05F}, 0}}}});
    for (const char* to : {"bf16", "i32"}) {
      expect_agreement(OpKind::cast, {.attributes = {{"dtype", to}}, .inputs = {input_of(shape)}});
    }
  }
}

TEST(AgreeOnNoElements, Rows) {
  for (const Shape& shape : {Shape{0, 7}, Shape{0, 19, 5, 3}, Shape{2, 19, 0, 3}}) {
    SCOPED_TRACE(shape.to_string());
    for (OpKind op : {OpKind::softmax, OpKind::log_softmax}) {
      expect_agreement(op, {.attributes = {{"axis", 1}}, .inputs = {input_of(shape)}});
    }
    KernelRun run{.inputs = {input_of(shape)}};
    expect_agreement(OpKind::layer_norm, run);
    for (std::uint64_t i = 0; i < 4; ++i) {
      run.inputs.push_back({random_tensor_of(DType::f32, {shape[1]}, 20 + i, 0.5, 2), {}, {}, true});
    }
    expect_agreement(OpKind::batch_norm, run);
    expect_agreement(OpKind::mean, {.attributes = {{"axes", Integers{1}}}, .inputs = {input_of(shape)}});
    expect_agreement(OpKind::concat,
                     {.attributes = {{"axis", 1}}, .inputs = {input_of(shape), input_of(shape), input_of(shape)}});
    expect_agreement(OpKind::slice,
                     {.attributes = {{"axis", 1}, {"start", 1}, {"step", 2}}, .inputs = {input_of(shape)}});
    expect_agreement(OpKind::flatten, {.inputs = {input_of(shape)}});
  }
  expect_agreement(OpKind::transpose, {.attributes = {{"permutation", Integers{1, 0}}}, .inputs = {input_of({0, 7})}});
  expect_agreement(OpKind::concat,
                   {.attributes = {{"axis", 1}}, .inputs = {input_of({2, 0, 3, 3}), input_of({2, 5, 3, 3})}});
}

TEST(AgreeOnNoElements, PicturesAndProducts) {
  for (DType dtype : {DType::f32, DType::bf16}) {
    KernelRun run{.inputs = {input_of({0, 19, 5, 6}, dtype)}};
    expect_agreement(OpKind::global_avg_pool, run);
    run.attributes = {{"output_size", Integers{3, 2}}};
    expect_agreement(OpKind::adaptive_avg_pool2d, run);
    run.attributes = {{"kernel", Integers{3, 3}}};
    expect_agreement(OpKind::avg_pool2d, run);
    expect_agreement(OpKind::max_pool2d, run);
    run.attributes = {};
    run.inputs.push_back({random_tensor_of(dtype, {16, 19, 3, 3}, 8), {}, {}, true});
    expect_agreement(OpKind::conv2d, run);
    run.inputs = {input_of({0, 13}, dtype), {random_tensor_of(dtype, {17, 13}, 8), {}, {}, true}};
    expect_agreement(OpKind::linear, run);
    expect_agreement(OpKind::matmul, {.inputs = {input_of({0, 13}, dtype), input_of({13, 17}, dtype)}});
    expect_agreement(OpKind::matmul, {.inputs = {input_of({3, 0}, dtype), input_of({0, 17}, dtype)}});
    expect_agreement(OpKind::matmul, {.inputs = {input_of({0, 3, 13}, dtype), input_of({13, 17}, dtype)}});
  }
}

// Every op here goes through more than the 128 KiB from which the kernels split their work.
TEST(AgreeWhenShared, WithReference) {
  const Shape pictures{1, 40, 33, 35};
  const KernelRun run{.inputs = {input_of(pictures)}};
  for (OpKind op : {OpKind::relu, OpKind::gelu}) expect_agreement(op, run, 16);
  expect_agreement(OpKind::add, {.inputs = {input_of(pictures), input_of(pictures)}});
  expect_agreement(OpKind::mul, {.inputs = {input_of(pictures), input_of({40, 1, 1})}});
  expect_agreement(OpKind::reorder, run);
  expect_agreement(OpKind::quantize, {.attributes = {{"dtype", "i8"}, {"scale", 0.02}}, .inputs = run.inputs});
  expect_agreement(OpKind::cast, {.attributes = {{"dtype", "i32"}}, .inputs = run.inputs});
  expect_agreement(OpKind::softmax, {.attributes = {{"axis", 3}}, .inputs = run.inputs}, 64);
  expect_agreement(OpKind::softmax, {.attributes = {{"axis", 1}}, .inputs = run.inputs}, 64);
  expect_agreement(OpKind::layer_norm, run, 64);
  expect_agreement(OpKind::mean, {.attributes = {{"axes", Integers{2}}}, .inputs = run.inputs}, 64);
  expect_agreement(OpKind::transpose, {.attributes = {{"permutation", Integers{2, 0, 3, 1}}}, .inputs = run.inputs});
  expect_agreement(OpKind::slice, {.attributes = {{"axis", 2}, {"start", 1}}, .inputs = run.inputs});
  KernelRun pool{.attributes = {{"kernel", Integers{3, 2}}, {"strides", Integers{2, 1}}}, .inputs = run.inputs};
  expect_agreement(OpKind::max_pool2d, pool);
  expect_agreement(OpKind::avg_pool2d, pool, 9);
  KernelRun norm = run;
  for (std::uint64_t i = 0; i < 4; ++i) {
    norm.inputs.push_back({random_tensor_of(DType::f32, {40}, 20 + i, 0.5, 2), {}, {}, true});
  }
  expect_agreement(OpKind::batch_norm, norm, 64);
  expect_agreement(OpKind::matmul, {.inputs = {input_of({3, 61, 67}), input_of({67, 130})}}, 9 * 67);
}

// A made kernel's places fit 64 bits: what could not be booked is refused before they are computed.
TEST(KernelsOfHugeValues, RefuseThem) {
  const TensorType huge{.dtype = DType::f32, .shape = {1, 1, std::int64_t{1} << 40, 1 << 20}, .quantization = {}};
  const Attributes none;
  WeightStore weights;
  for (const KernelEntry& entry : cpu_kernels()) {
    const bool is_unary = std::find(std::begin(kUnary), std::end(kUnary), entry.op) != std::end(kUnary);
    if (entry.name.starts_with("dnnl.")) continue;    // oneDNN checks sizes by itself
    if (entry.name.ends_with(".integers")) continue;  // refuses f32 before it looks at sizes
    if (!is_unary && entry.op != OpKind::reorder && entry.op != OpKind::cast && entry.op != OpKind::add) continue;
    const Operand operands[] = {{&huge, Layout::nchw16c, nullptr}, {&huge, Layout::nchw16c, nullptr}};
    KernelRequest request;
    request.op = entry.op;
    request.attributes = &none;
    request.inputs = std::span(operands).first(entry.op == OpKind::add ? 2 : 1);
    request.outputs = std::span(operands).first(1);
    request.weights = &weights;
    const auto kernel = entry.make(request);
    ASSERT_FALSE(kernel.ok()) << entry.name;
    EXPECT_NE(kernel.status().message().find("does not fit any memory"), std::string::npos) << entry.name;
  }
}

}  // namespace
}  // namespace rheo::testing
