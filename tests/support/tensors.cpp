// SPDX-License-Identifier: Apache-2.0
#include "support/tensors.h"

#include <cmath>
#include <cstring>

#include "base/random.h"
#include "kernels/ref/elements.h"

namespace rheo::testing {
namespace {

std::string position_of(const Shape& shape, std::int64_t offset) {
  Shape position = shape;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    position[axis] = offset % shape[axis];
    offset /= shape[axis];
  }
  return position.to_string();
}

bool is_whole(DType dtype) { return dtype != DType::f32 && dtype != DType::bf16 && dtype != DType::f16; }

// How far apart; 0 for two NaN or the same infinity.
double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  return std::isfinite(a) && std::isfinite(b) ? std::abs(a - b) : INFINITY;
}

}  // namespace

Tensor tensor_of(DType dtype, const Shape& shape, const std::vector<double>& values) {
  if (static_cast<std::int64_t>(values.size()) != shape.elements())
    throw_error(Status(StatusCode::invalid_argument, "tensor_of: the shape " + shape.to_string() + " does not hold " +
                                                         std::to_string(values.size()) + " values."));
  Tensor tensor = Tensor::zeros(dtype, shape).value();
  const ref::ElementWriter writer(TensorType{.dtype = dtype, .shape = shape, .quantization = {}},
                                  tensor.mutable_data());
  for (std::size_t i = 0; i < values.size(); ++i) writer.set_cut(static_cast<std::int64_t>(i), values[i]);
  return tensor;
}

Tensor random_tensor_of(DType dtype, const Shape& shape, std::uint64_t seed, double low, double high) {
  SplitMix64 random(seed);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (double& value : values) {
    const double first = std::ceil(low);
    value = is_whole(dtype) ? first + std::floor(random.uniform() * (std::floor(high) - first + 1))
                            : low + random.uniform() * (high - low);
  }
  return tensor_of(dtype, shape, values);
}

std::vector<double> values_of(const Tensor& tensor) {
  const ref::ElementReader reader(TensorType{.dtype = tensor.dtype(), .shape = tensor.shape(), .quantization = {}},
                                  tensor.data());
  std::vector<double> values(static_cast<std::size_t>(tensor.shape().elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = reader.stored(static_cast<std::int64_t>(i));
  return values;
}

::testing::AssertionResult is_close(const Tensor& actual, const Tensor& expected, Tolerance tolerance) {
  if (actual.dtype() != expected.dtype() || actual.shape() != expected.shape())
    return ::testing::AssertionFailure() << name_of(actual.dtype()) << " " << actual.shape().to_string()
                                         << " instead of " << name_of(expected.dtype()) << " "
                                         << expected.shape().to_string();
  const std::vector<double> a = values_of(actual);
  const std::vector<double> b = values_of(expected);
  std::size_t wrong = 0;
  std::size_t first = 0;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double relative = std::isfinite(b[i]) ? tolerance.relative * std::abs(b[i]) : 0;
    if (distance(a[i], b[i]) <= tolerance.absolute + relative) continue;
    if (wrong++ == 0) first = worst = i;
    if (distance(a[i], b[i]) > distance(a[worst], b[worst])) worst = i;
  }
  if (wrong == 0) return ::testing::AssertionSuccess();
  const auto describe = [&](std::size_t i) {
    return position_of(expected.shape(), static_cast<std::int64_t>(i)) + " is " + std::to_string(a[i]) +
           " instead of " + std::to_string(b[i]);
  };
  return ::testing::AssertionFailure() << wrong << " of " << a.size() << " elements differ; first " << describe(first)
                                       << "; worst " << describe(worst);
}

::testing::AssertionResult is_close(const Tensor& actual, const Tensor& expected, std::int64_t summands) {
  return is_close(actual, expected, tolerance_of(expected.dtype(), summands));
}

::testing::AssertionResult is_identical(const Tensor& actual, const Tensor& expected) {
  // NaN has many bit patterns, so the values are compared first for a readable message, then the bytes.
  if (const auto close = is_close(actual, expected, Tolerance{}); !close) return close;
  if (actual.size_bytes() == 0 || std::memcmp(actual.data(), expected.data(), actual.size_bytes()) == 0)
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "equal values, but other bytes (a signed zero or another NaN)";
}

}  // namespace rheo::testing
