// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>

#include "base/try.h"
#include "load/file.h"
#include "load/onnx/element_type.h"
#include "load/onnx/model.h"

namespace rheo::onnx {
namespace {

// Rounded to nearest; what is too large for a float becomes infinite.
Result<Tensor> narrowed(const TensorData& data) {
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(DType::f32, data.shape));
  const std::span<float> reals = tensor.as_mutable<float>();
  for (std::size_t i = 0; i < reals.size(); ++i) {
    double wide = 0;
    std::memcpy(&wide, data.bytes.data() + i * sizeof wide, sizeof wide);
    reals[i] = static_cast<float>(wide);
  }
  return tensor;
}

}  // namespace

Result<Tensor> to_tensor(const TensorData& data) {
  if (data.type == ElementType::f64) return narrowed(data);
  const Result<DType> dtype = dtype_of(data.type);
  if (!dtype) return dtype.status().with_context(fmt::format("tensor '{}'", data.name));
  const auto address = reinterpret_cast<std::uintptr_t>(data.bytes.data());
  if (data.owner != nullptr && !data.bytes.empty() && address % Tensor::kAlignment == 0) {
    return Tensor::share(data.owner, data.bytes.data(), *dtype, data.shape);
  }
  Result<Tensor> copy = Tensor::copy_of(TensorView(data.bytes.data(), *dtype, data.shape));
  forget_pages(data.owner, data.bytes);  // the weights are in memory once
  return copy;
}

}  // namespace rheo::onnx
