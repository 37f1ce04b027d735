// SPDX-License-Identifier: Apache-2.0
#include "infer/agreement_table.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/checked.h"
#include "run/confidence.h"

namespace rheo {

Result<AgreementTable> AgreementTable::create(std::size_t paths, std::size_t inputs, std::size_t classes) {
  if (paths == 0 || paths > kMaxPaths || inputs == 0 || classes < 2) {
    return Status(StatusCode::invalid_argument, "An agreement table needs 1 to " + std::to_string(kMaxPaths) +
                                                    " paths, at least one input and at least two classes; got " +
                                                    std::to_string(paths) + " paths, " + std::to_string(inputs) +
                                                    " inputs and " + std::to_string(classes) + " classes.");
  }
  const auto rows = checked_mul(paths, inputs);
  const auto cells = rows ? checked_mul(*rows, classes) : std::nullopt;
  constexpr std::size_t kMostCells = std::size_t{1} << 32;
  if (!cells || *cells > kMostCells) {
    return Status(StatusCode::limit_exceeded, "An agreement table holds at most 2^32 logits; record fewer inputs.");
  }
  AgreementTable table;
  table.paths_ = paths;
  table.inputs_ = inputs;
  table.classes_ = classes;
  table.statistics_.resize(inputs);
  table.labels_.assign(inputs, -1);
  table.logits_.assign(*cells, std::numeric_limits<float>::quiet_NaN());
  table.temperatures_.assign(paths, 1.0f);
  table.evidence_.resize(*rows);
  for (std::size_t row = 0; row < *rows; ++row) {
    table.evidence_[row].path = PathId{static_cast<std::uint8_t>(row / inputs)};
  }
  return table;
}

void AgreementTable::set_logits(PathId path, std::size_t input, std::span<const float> logits) {
  const std::size_t row = path.index * inputs_ + input;
  std::copy_n(logits.begin(), classes_, logits_.begin() + static_cast<std::ptrdiff_t>(row * classes_));
  evidence_[row] = confidence(this->logits(path, input), path, temperatures_[path.index]);
}

void AgreementTable::set_temperature(PathId path, float temperature) {
  temperatures_[path.index] = temperature;
  for (std::size_t input = 0; input < inputs_; ++input) {
    evidence_[path.index * inputs_ + input] = confidence(logits(path, input), path, temperature);
  }
}

AgreementTable AgreementTable::with_paths(std::span<const PathId> kept) const {
  AgreementTable table;
  table.paths_ = kept.size();
  table.inputs_ = inputs_;
  table.classes_ = classes_;
  table.statistics_ = statistics_;
  table.labels_ = labels_;
  const auto copy_rows = [this](const auto& from, auto& to, PathId path, std::size_t width) {
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(path.index * inputs_ * width);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(inputs_ * width));
  };
  for (std::size_t position = 0; position < kept.size(); ++position) {
    copy_rows(logits_, table.logits_, kept[position], classes_);
    copy_rows(evidence_, table.evidence_, kept[position], 1);
    table.temperatures_.push_back(temperature(kept[position]));
    for (std::size_t input = 0; input < inputs_; ++input) {
      table.evidence_[position * inputs_ + input].path = PathId{static_cast<std::uint8_t>(position)};
    }
  }
  return table;
}

bool AgreementTable::has_labels() const {
  return std::all_of(labels_.begin(), labels_.end(), [](std::int32_t label) { return label >= 0; });
}

std::span<const float> AgreementTable::logits(PathId path, std::size_t input) const {
  return {logits_.data() + (path.index * inputs_ + input) * classes_, classes_};
}

}  // namespace rheo
