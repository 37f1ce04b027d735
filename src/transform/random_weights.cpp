// SPDX-License-Identifier: Apache-2.0
#include "transform/random_weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>
#include <utility>

#include "base/random.h"
#include "base/try.h"
#include "graph/with_constants.h"
#include "tensor/half.h"

namespace rheo {

namespace {

struct Spread {
  double mean = 0;
  double deviation = 0;
  double smallest = 0;
  double largest = 0;

  bool is_one_value() const { return !(smallest < largest); }
};

// Standard normal numbers, two for every pair of uniform ones (Box and Muller).
class Normal {
 public:
  explicit Normal(SplitMix64& random) : random_(random) {}

  double next() {
    if (std::exchange(has_other_, !has_other_)) return other_;
    const double radius = std::sqrt(-2 * std::log(1 - random_.uniform()));  // 1 - [0, 1) is never 0
    const double angle = 2 * std::numbers::pi * random_.uniform();
    other_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }

 private:
  SplitMix64& random_;
  double other_ = 0;
  bool has_other_ = false;
};

// One value throughout where an element is not finite: it stays as it is.
template <typename T, typename Read>
Spread spread_of(std::span<const T> elements, Read read) {
  Spread spread;
  double sum = 0;
  double squares = 0;
  spread.smallest = spread.largest = read(elements.front());
  for (const T element : elements) {
    const double value = read(element);
    if (!std::isfinite(value)) return {};
    spread.smallest = std::min(spread.smallest, value);
    spread.largest = std::max(spread.largest, value);
    sum += value;
    squares += value * value;
  }
  const auto count = static_cast<double>(elements.size());
  spread.mean = sum / count;
  spread.deviation = std::sqrt(std::max(0.0, squares / count - spread.mean * spread.mean));
  return spread;
}

// `read` makes a number of an element as T holds it, `write` the other way round.
template <typename T, typename Read, typename Write>
Result<Tensor> randomised(const Tensor& constant, SplitMix64& random, Read read, Write write) {
  const auto count = static_cast<std::size_t>(constant.shape().elements());
  const Spread spread = spread_of(std::span(static_cast<const T*>(constant.data()), count), read);
  if (spread.is_one_value()) return constant;
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(constant.dtype(), constant.shape()));
  Normal normal(random);
  for (T& element : std::span(static_cast<T*>(tensor.mutable_data()), count)) {
    element = write(std::clamp(spread.mean + spread.deviation * normal.next(), spread.smallest, spread.largest));
  }
  return tensor;
}

template <typename T>
Result<Tensor> random_bytes(const Tensor& constant, SplitMix64& random) {
  return randomised<T>(
      constant, random, [](T element) { return static_cast<double>(element); },
      [](double value) { return static_cast<T>(std::lround(value)); });
}

Result<Tensor> random_constant(const Tensor& constant, SplitMix64& random) {
  if (constant.shape().elements() < 2) return constant;
  switch (constant.dtype()) {
    case DType::f32:
      return randomised<float>(
          constant, random, [](float element) { return double{element}; },
          [](double value) { return static_cast<float>(value); });
    case DType::bf16:
      return randomised<std::uint16_t>(constant, random, bf16_to_f32,
                                       [](double value) { return f32_to_bf16(static_cast<float>(value)); });
    case DType::f16:
      return randomised<std::uint16_t>(constant, random, f16_to_f32,
                                       [](double value) { return f32_to_f16(static_cast<float>(value)); });
    case DType::i8: return random_bytes<std::int8_t>(constant, random);
    case DType::u8: return random_bytes<std::uint8_t>(constant, random);
    default: return constant;
  }
}

// Whether two values share their elements, as layers of one file may: they share the random ones too.
bool same_elements(const Tensor& one, const Tensor& other) {
  return one.data() == other.data() && one.dtype() == other.dtype() && one.shape() == other.shape();
}

}  // namespace

Result<GraphPointer> with_random_weights(const Graph& graph, std::uint64_t seed) {
  SplitMix64 random(seed);
  std::unordered_map<const void*, std::pair<Tensor, Tensor>> made;  // by elements: the old and the new ones
  return with_constants(graph, [&](const Value& value) -> Result<Tensor> {
    const auto known = made.find(value.constant.data());
    if (known != made.end() && same_elements(known->second.first, value.constant)) return known->second.second;
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, random_constant(value.constant, random));
    made[value.constant.data()] = {value.constant, tensor};
    return tensor;
  });
}

}  // namespace rheo
