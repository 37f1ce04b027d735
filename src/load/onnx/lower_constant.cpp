// SPDX-License-Identifier: Apache-2.0
// Constants, values handed through, casts, and branches that are decided while importing.
#include <algorithm>
#include <span>

#include "base/try.h"
#include "load/import_constant.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

template <typename T>
Result<Tensor> tensor_of(std::span<const T> elements, const Shape& shape) {
  return Tensor::copy_of(TensorView(elements, shape));
}

Result<Tensor> elements_of(const Attribute& attribute, const Call& call) {
  const auto reals = static_cast<std::int64_t>(attribute.reals.size());
  const auto integers = static_cast<std::int64_t>(attribute.integers.size());
  switch (attribute.kind) {
    case Attribute::Kind::tensor: return to_tensor(attribute.tensor);
    case Attribute::Kind::real: return tensor_of<float>({&attribute.real, 1}, Shape{});
    case Attribute::Kind::integer: return tensor_of<std::int64_t>({&attribute.integer, 1}, Shape{});
    case Attribute::Kind::reals: return tensor_of<float>(attribute.reals, {reals});
    case Attribute::Kind::integers: return tensor_of<std::int64_t>(attribute.integers, {integers});
    default: return call.refuse("holds a constant that is no dense tensor of numbers");
  }
}

// Rheo computes every float in f32, so casts between floats change nothing.
Result<DType> computed_dtype(ElementType type) {
  if (type == ElementType::f64) return DType::f32;
  RHEO_ASSIGN_OR_RETURN(const DType dtype, dtype_of(type));
  return dtype == DType::f16 || dtype == DType::bf16 ? DType::f32 : dtype;
}

}  // namespace

Status lower_identity(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  call.answer(call.input(0));
  return {};
}

namespace {

// That every element is kept: truth values, before operator set 10 numbers.
Result<ImportValue> full_mask(Call& call) {
  const PerTrial<Shape> shapes = call.emitter().shapes_of(call.input(0));
  Sizes sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    sizes[trial].assign(shapes[trial].dims().begin(), shapes[trial].dims().end());
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue kept, Call::scalar(DType::f32, 1));
  if (call.opset() >= 10) {
    RHEO_ASSIGN_OR_RETURN(kept, call.cast(kept, DType::boolean));
  }
  return filled(call, kept.only(), sizes);
}

}  // namespace

// In a model that is run and not trained it changes nothing, and so it does where it drops no element.
Status lower_dropout(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  if (call.has(2)) {
    RHEO_ASSIGN_OR_RETURN(const bool trains, call.truth(2));
    double ratio = 0.5;
    if (trains && call.has(1)) {
      RHEO_ASSIGN_OR_RETURN(ratio, call.real(1));
    }
    if (trains && ratio != 0) return call.refuse("drops elements as in training; export the model for inference");
  }
  if (call.node().outputs.size() > 1 && !call.node().outputs[1].empty()) {
    RHEO_ASSIGN_OR_RETURN(ImportValue mask, full_mask(call));
    call.answer(std::move(mask), 1);
  }
  call.answer(call.input(0));
  return {};
}

Status lower_cast(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  RHEO_ASSIGN_OR_RETURN(const ElementType target, call.element_type("to", ElementType::undefined));
  DType dtype = DType::f32;
  if (call.node().op == "CastLike") {
    RHEO_RETURN_IF_ERROR(call.require(2));
    dtype = call.dtype(1);
  } else {
    RHEO_ASSIGN_OR_RETURN(dtype, computed_dtype(target));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.cast(call.input(0), dtype));
  call.answer(std::move(y));
  return {};
}

Status lower_constant(Call& call) {
  for (const Attribute& named : call.node().attributes) {
    const Attribute* found = call.find(named.name);
    if (found == nullptr) continue;
    RHEO_ASSIGN_OR_RETURN(Tensor elements,
                          call.translation().constant(found, [&] { return elements_of(*found, call); }));
    call.answer(ImportValue::known(std::move(elements)));
    return {};
  }
  return call.refuse("holds no constant");
}

Status lower_constant_of_shape(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const PerTrial<std::vector<std::int64_t>> shapes, call.integers_per_trial(0));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, Call::scalar(DType::f32, 0));
  Tensor number = zero.only();
  if (const Attribute* value = call.find("value"); value != nullptr && value->kind == Attribute::Kind::tensor) {
    RHEO_ASSIGN_OR_RETURN(number, call.translation().constant(value->tensor));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, filled(call, number, shapes));
  call.answer(std::move(y));
  return {};
}

// start, start + delta, ... before limit.
Status lower_range(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, range(call, call.input(0), call.input(1), call.input(2)));
  call.answer(std::move(y));
  return {};
}

// Ones on a diagonal, in the shape of the input.
Status lower_eye_like(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const Shape shape = call.shape(0);
  if (shape.rank() != 2 || !shape.is_static()) return call.refuse("takes the shape of what is no matrix of known size");
  DType dtype = call.dtype(0);
  if (call.has_attribute("dtype")) {
    RHEO_ASSIGN_OR_RETURN(const ElementType type, call.element_type("dtype", ElementType::f32));
    RHEO_ASSIGN_OR_RETURN(dtype, computed_dtype(type));
  }
  RHEO_RETURN_IF_ERROR(call.emitter().book(DType::f32, shape, call.place()));
  RHEO_ASSIGN_OR_RETURN(Tensor eye, Tensor::zeros(DType::f32, shape));
  const std::int64_t k = call.integer("k", 0);
  for (std::int64_t row = 0; row < shape[0]; ++row) {
    if (k > shape[1] || k < -shape[0] || row + k < 0 || row + k >= shape[1]) continue;
    eye.as_mutable<float>()[static_cast<std::size_t>(row * shape[1] + row + k)] = 1;
  }
  ImportValue value = ImportValue::known(std::move(eye));
  RHEO_ASSIGN_OR_RETURN(value, call.cast(value, dtype));
  call.answer(std::move(value));
  return {};
}

Status lower_if(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const bool chosen, call.truth(0));
  const Attribute* branch = call.find(chosen ? "then_branch" : "else_branch");
  if (branch == nullptr || branch->graph == nullptr) return call.refuse("lacks the branch it takes");
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs,
                        call.translation().translate_branch(*branch->graph, call.scope()));
  for (std::size_t output = 0; output < outputs.size(); ++output) call.answer(std::move(outputs[output]), output);
  return {};
}

}  // namespace rheo::onnx
