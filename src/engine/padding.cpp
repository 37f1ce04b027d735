// SPDX-License-Identifier: Apache-2.0
#include "engine/padding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/try.h"
#include "tensor/half.h"

namespace rheo {

namespace {

constexpr int kTrials = 3;
constexpr double kTolerance = 1e-5;  // of the largest element of an output

// f16 and bf16 have no type of their own here, only their bits.
std::span<std::uint16_t> bits_of(Tensor& tensor) {
  const std::size_t count = size_bytes(tensor.dtype()) == 2 ? tensor.size_bytes() / 2 : 0;
  return {static_cast<std::uint16_t*>(tensor.mutable_data()), count};
}
std::uint16_t bits_from(DType dtype, float value) {
  return dtype == DType::f16 ? f32_to_f16(value) : f32_to_bf16(value);
}

template <typename T, typename Draw>
void fill(Tensor& tensor, Draw draw) {
  for (T& element : tensor.as_mutable<T>()) element = static_cast<T>(draw());
}

template <typename Draw>
void fill_bits(Tensor& tensor, Draw draw) {
  for (std::uint16_t& bits : bits_of(tensor)) bits = bits_from(tensor.dtype(), static_cast<float>(draw()));
}

// Real numbers in [-1, 1), whole ones 0 or 1: those are an index of any table.
Result<Tensor> random_input(const TensorInfo& info, SplitMix64& random, bool is_ones) {
  Shape shape = info.shape;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) shape[axis] = shape[axis] == kDynamic ? 1 : shape[axis];
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(info.dtype, shape));
  const auto real = [&] { return is_ones ? 1 : random.uniform() * 2 - 1; };
  const auto whole = [&] { return is_ones ? 1 : static_cast<int>(random.next() >> 63); };
  switch (info.dtype) {
    case DType::f32: fill<float>(tensor, real); break;
    case DType::i64: fill<std::int64_t>(tensor, whole); break;
    case DType::i32: fill<std::int32_t>(tensor, whole); break;
    case DType::i8: fill<std::int8_t>(tensor, whole); break;
    case DType::u8: fill<std::uint8_t>(tensor, whole); break;
    case DType::boolean: fill<bool>(tensor, whole); break;
    case DType::f16:
    case DType::bf16: fill_bits(tensor, real); break;
  }
  return tensor;
}

template <typename T>
void begin_with_one(Tensor& tensor) {
  if (!tensor.as_mutable<T>().empty()) tensor.as_mutable<T>()[0] = 1;
}

// A mask of real numbers is 0 or 1, too, and the first element is always there.
void make_mask(Tensor& tensor) {
  constexpr std::uint16_t kSign = 0x8000;
  for (float& element : tensor.as_mutable<float>()) element = element < 0 ? 0 : 1;
  for (std::uint16_t& bits : bits_of(tensor)) bits = (bits & kSign) != 0 ? 0 : bits_from(tensor.dtype(), 1);
  if (!bits_of(tensor).empty()) bits_of(tensor)[0] = bits_from(tensor.dtype(), 1);
  begin_with_one<float>(tensor);
  begin_with_one<std::int64_t>(tensor);
  begin_with_one<std::int32_t>(tensor);
  begin_with_one<std::int8_t>(tensor);
  begin_with_one<std::uint8_t>(tensor);
  begin_with_one<bool>(tensor);
}

// The largest difference as a share of the largest element; infinite where one of them is no number.
double difference(std::span<const float> exact, std::span<const float> padded) {
  double largest = 0;
  double worst = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double off = std::abs(double{exact[i]} - double{padded[i]});
    if (!std::isfinite(off)) return INFINITY;
    largest = std::max(largest, std::abs(double{exact[i]}));
    worst = std::max(worst, off);
  }
  return worst == 0 ? 0 : worst / std::max(largest, 1e-30);
}

// The same of outputs of any type; those that are no f32 must be equal.
double difference(const TensorView& exact, const TensorView& padded) {
  if (exact.shape() != padded.shape()) return INFINITY;
  if (exact.dtype() == DType::f32) return difference(exact.as<float>(), padded.as<float>());
  return std::memcmp(exact.data(), padded.data(), exact.size_bytes()) == 0 ? 0 : INFINITY;
}

Status compare(const TensorInfo& info, const TensorView& exact, const TensorView& padded) {
  const double off = difference(exact, padded);
  if (off <= kTolerance) return {};
  return {StatusCode::unsupported,
          fmt::format("Output '{}' of a padded input differs by {:.2g} of its largest element from that of the input "
                      "alone, more than {:.0e}: the model does not mask all that padding reaches.",
                      info.name, off, kTolerance)};
}

// Bits of the axes that are `a` in one shape and `b` in the other; nothing where they differ in another way.
Result<std::uint32_t> following_axes(const TensorInfo& shorter, const TensorInfo& longer, const PaddingTrial& trial) {
  std::uint32_t axes = 0;
  bool is_plain = shorter.shape.rank() == longer.shape.rank();
  for (std::size_t axis = 0; is_plain && axis < shorter.shape.rank(); ++axis) {
    if (shorter.shape[axis] == longer.shape[axis]) continue;
    is_plain = shorter.shape[axis] == trial.length && longer.shape[axis] == trial.long_length;
    axes |= 1U << axis;
  }
  if (is_plain) return axes;
  return Status(StatusCode::unsupported,
                fmt::format("'{}' is {} in one size and {} in another: the dimension that is padded is not simply one "
                            "of its own.",
                            longer.name, shorter.shape.to_string(), longer.shape.to_string()));
}

}  // namespace

Result<PaddedAxes> padded_axes(const PaddingTrial& trial) {
  PaddedAxes axes;
  for (std::size_t i = 0; i < trial.longer.inputs().size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(axes.inputs.emplace_back(),
                          following_axes(trial.shorter.inputs()[i], trial.longer.inputs()[i], trial));
  }
  for (std::size_t i = 0; i < trial.longer.outputs().size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(axes.outputs.emplace_back(),
                          following_axes(trial.shorter.outputs()[i], trial.longer.outputs()[i], trial));
  }
  return axes;
}

Status prove_padding(const PaddingTrial& trial, const std::string& mask) {
  SplitMix64 random(42);
  for (int number = 0; number < kTrials; ++number) {
    std::vector<Tensor> tensors;
    std::vector<NamedInput> inputs;
    for (const TensorInfo& info : trial.shorter.inputs()) {
      const bool is_mask = info.name == mask;
      RHEO_ASSIGN_OR_RETURN(tensors.emplace_back(), random_input(info, random, is_mask && number == 0));
      if (is_mask) make_mask(tensors.back());
      inputs.push_back({info.name, tensors.back().view()});
    }
    const Ladder& ladder = trial.shorter.ladder();
    RunOptions options;
    options.path = ladder.name(ladder.reference());
    RHEO_ASSIGN_OR_RETURN(const Outcome exact, trial.shorter.run(inputs, options, {.is_trial = true}));
    RHEO_ASSIGN_OR_RETURN(const Outcome padded,
                          trial.longer.run(inputs, options, {.length = trial.length, .is_trial = true}));
    for (std::size_t i = 0; i < exact.output_count(); ++i) {
      RHEO_RETURN_IF_ERROR(compare(trial.longer.outputs()[i], exact.output(i), padded.output(i)));
    }
  }
  return {};
}

}  // namespace rheo
