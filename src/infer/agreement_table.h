// SPDX-License-Identifier: Apache-2.0
// `AgreementTable`: what every path answered on every calibration input, recorded once. All tuning, certification and
// simulation replay this table instead of running the network again.
//
// Plain data, owned by whoever builds it. May be read from many threads while nobody writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rheo/path.h>
#include <rheo/record.h>
#include <rheo/status.h>

namespace rheo {

class AgreementTable {
 public:
  AgreementTable() = default;
  // Room for `inputs` inputs of a classifier with `classes` >= 2 classes; all logits start as NaN, so that a cell that
  // was never written is never trusted. Takes paths * inputs * (classes * 4 + 48) bytes.
  static Result<AgreementTable> create(std::size_t paths, std::size_t inputs, std::size_t classes);

  std::size_t paths() const { return paths_; }
  std::size_t inputs() const { return inputs_; }
  std::size_t classes() const { return classes_; }
  PathId reference() const { return PathId{static_cast<std::uint8_t>(paths_ - 1)}; }

  // Filling. `logits` has classes() elements.
  void set_statistics(std::size_t input, const InputStatistics& statistics) { statistics_[input] = statistics; }
  void set_label(std::size_t input, std::int32_t label) { labels_[input] = label; }
  void set_logits(PathId path, std::size_t input, std::span<const float> logits);
  // Takes all confidences of `path` again, at this temperature (a positive ratio).
  void set_temperature(PathId path, float temperature);
  // The same table with only these paths, in this order; the last one is the new reference.
  AgreementTable with_paths(std::span<const PathId> kept) const;

  const InputStatistics& statistics(std::size_t input) const { return statistics_[input]; }
  std::int32_t label(std::size_t input) const { return labels_[input]; }  // -1: unknown
  bool has_labels() const;                                                // every input has one
  std::span<const float> logits(PathId path, std::size_t input) const;    // [classes]
  float temperature(PathId path) const { return temperatures_[path.index]; }
  // What the path showed on that input; cost_us is 0 here, it depends on what ran before.
  const Evidence& evidence(PathId path, std::size_t input) const { return evidence_[path.index * inputs_ + input]; }
  std::int32_t reference_answer(std::size_t input) const { return evidence(reference(), input).answer; }
  bool agrees(PathId path, std::size_t input) const { return evidence(path, input).answer == reference_answer(input); }

 private:
  std::size_t paths_ = 0;
  std::size_t inputs_ = 0;
  std::size_t classes_ = 0;
  std::vector<InputStatistics> statistics_;  // [inputs]
  std::vector<std::int32_t> labels_;         // [inputs]
  std::vector<float> logits_;                // [paths, inputs, classes], row-major
  std::vector<float> temperatures_;          // [paths]
  std::vector<Evidence> evidence_;           // [paths, inputs], row-major
};

}  // namespace rheo
