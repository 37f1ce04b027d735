// SPDX-License-Identifier: Apache-2.0
#include "load/import_value.h"

#include <algorithm>
#include <cstring>

namespace rheo {
namespace {

bool same_bytes(const void* a, const void* b, std::size_t count) { return count == 0 || std::memcmp(a, b, count) == 0; }

}  // namespace

ImportValue ImportValue::known(PerTrial<Tensor> elements) {
  ImportValue value;
  const Tensor& first = elements[0];
  Tensor& second = elements[1];
  // One copy serves both, so that equal trials are seen by their address.
  if (first.dtype() == second.dtype() && first.shape() == second.shape() && first.data() != second.data() &&
      same_bytes(first.data(), second.data(), first.size_bytes())) {
    second = first;
  }
  value.elements_ = std::move(elements);
  return value;
}

ImportValue ImportValue::arranged(ValueId id, Arrangement arrangement) {
  ImportValue value = computed(id);
  if (!is_natural(arrangement)) value.arrangement_ = std::move(arrangement);
  return value;
}

std::optional<Tensor> ImportValue::row_of_all() const {
  const Shape& shape = elements_[0].shape();
  if (shape.rank() == 0 || shape[0] != kTrialBatches[0]) return std::nullopt;
  Shape expected = shape;
  expected[0] = kTrialBatches[1];
  if (elements_[1].shape() != expected) return std::nullopt;
  const std::size_t row_bytes = elements_[0].size_bytes() / static_cast<std::size_t>(kTrialBatches[0]);
  const auto* row = static_cast<const std::byte*>(elements_[0].data());
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const auto* rows = static_cast<const std::byte*>(elements_[trial].data());
    for (std::int64_t item = 0; item < kTrialBatches[trial]; ++item) {
      if (!same_bytes(row, rows + static_cast<std::size_t>(item) * row_bytes, row_bytes)) return std::nullopt;
    }
  }
  Shape one = shape;
  one[0] = 1;
  auto copy = Tensor::copy_of(TensorView(row, elements_[0].dtype(), one));
  if (!copy) return std::nullopt;
  return *std::move(copy);
}

}  // namespace rheo
