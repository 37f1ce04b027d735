// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/lstm_test.cpp, gru_test.cpp and rnn_test.cpp.
#include "kernels/ref/recurrent.h"

#include "kernels/ref/activation_function.h"

namespace rheo::ref {

RecurrentOperands::RecurrentOperands(const RecurrentSizes& sizes, std::span<const void* const> inputs)
    : sizes_(sizes), inputs_(inputs) {}

double RecurrentOperands::number(std::size_t input, std::int64_t index) const {
  if (input >= inputs_.size() || inputs_[input] == nullptr) return 0;
  return static_cast<double>(static_cast<const float*>(inputs_[input])[index]);
}

double RecurrentOperands::from_input(const RecurrentPlace& place, std::int64_t gate, std::int64_t unit) const {
  const std::int64_t row = (place.direction * sizes_.gates + gate) * sizes_.hidden + unit;
  double sum = number(kGateBias, (place.direction * 2 * sizes_.gates + gate) * sizes_.hidden + unit);
  for (std::int64_t k = 0; k < sizes_.input; ++k) {
    sum += number(kInputWeights, row * sizes_.input + k) *
           number(0, (place.item * sizes_.steps + place.step) * sizes_.input + k);
  }
  return sum;
}

double RecurrentOperands::from_state(const RecurrentPlace& place, std::int64_t gate, std::int64_t unit,
                                     const std::vector<double>& state) const {
  const std::int64_t row = (place.direction * sizes_.gates + gate) * sizes_.hidden + unit;
  double sum = number(kGateBias, ((place.direction * 2 + 1) * sizes_.gates + gate) * sizes_.hidden + unit);
  for (std::int64_t k = 0; k < sizes_.hidden; ++k)
    sum += number(kRecurrentWeights, row * sizes_.hidden + k) * state[static_cast<std::size_t>(k)];
  return sum;
}

double RecurrentOperands::peephole(const RecurrentPlace& place, std::int64_t index, std::int64_t unit) const {
  return number(kPeepholes, (place.direction * 3 + index) * sizes_.hidden + unit);
}

std::int64_t RecurrentOperands::length(std::int64_t item) const {
  if (kLengths >= inputs_.size() || inputs_[kLengths] == nullptr) return sizes_.steps;
  return std::clamp<std::int64_t>(static_cast<const std::int32_t*>(inputs_[kLengths])[item], 0, sizes_.steps);
}

RecurrentState RecurrentOperands::first_state(std::int64_t direction, std::int64_t item) const {
  RecurrentState state;
  for (std::int64_t unit = 0; unit < sizes_.hidden; ++unit) {
    const std::int64_t index = (item * sizes_.directions + direction) * sizes_.hidden + unit;
    state.hidden.push_back(number(kFirstHidden, index));
    state.cell.push_back(number(kFirstCell, index));
  }
  return state;
}

double activate_clipped(const RecurrentSettings& settings, std::int64_t direction, std::size_t index, double sum) {
  // Written so that NaN fails both comparisons and passes through.
  if (settings.clip > 0) sum = sum < -settings.clip ? -settings.clip : sum > settings.clip ? settings.clip : sum;
  return activate(settings.activation(static_cast<std::size_t>(direction), index), sum);
}

}  // namespace rheo::ref
