// SPDX-License-Identifier: Apache-2.0
#include "load/given_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "load/file.h"
#include "load/safetensors.h"

namespace rheo {
namespace {

constexpr std::size_t kNamedAtMost = 3;  // names in one sentence

bool is_real(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

// How much of two names is alike: letters of the common beginning and the common end.
std::size_t likeness(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  std::size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return front + back;
}

std::string first_of(const std::vector<std::string>& names) {
  const std::size_t count = std::min(names.size(), kNamedAtMost);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), ", "));
  if (names.size() > count) text += fmt::format(" and {} more", names.size() - count);
  return text;
}

}  // namespace

Result<GivenWeights> GivenWeights::open(const std::string& file, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, map_file(file, limits.file_bytes));
  Result<Safetensors> read = read_safetensors(content.bytes, content.owner, limits);
  if (!read) return read.status().with_context(file);
  GivenWeights weights;
  weights.tensors_ = std::move(read->tensors);
  return weights;
}

Result<const Tensor*> GivenWeights::take(const std::string& name, const Result<DType>& dtype, const Shape& shape) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    keeps_matrices_ = keeps_matrices_ || (dtype.ok() && is_real(*dtype) && shape.rank() > 1);
    kept_.push_back(name);
    return nullptr;
  }
  RHEO_RETURN_IF_ERROR(dtype.status());
  const Tensor& given = found->second;
  const bool same_type = given.dtype() == *dtype || (is_real(given.dtype()) && is_real(*dtype));
  if (!same_type || given.shape() != shape) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("The given weights hold '{}' as {} of {}, but the model takes {} of {}; give weights of "
                    "this very model.",
                    name, given.shape().to_string(), name_of(given.dtype()), shape.to_string(), name_of(*dtype)));
  }
  taken_.insert(name);
  return &given;
}

std::string GivenWeights::nearest(std::string_view name) const {
  const std::string* best = nullptr;
  std::size_t most = 0;
  const auto look_at = [&](const std::string& candidate) {
    const std::size_t alike = likeness(name, candidate);
    const bool is_nearer = alike > most || (alike == most && best != nullptr && candidate.size() < best->size());
    if (alike * 2 < name.size() || !is_nearer) return;
    best = &candidate;
    most = alike;
  };
  for (const std::string& candidate : kept_) look_at(candidate);
  for (const std::string& candidate : taken_) look_at(candidate);
  return best == nullptr ? std::string() : fmt::format(" (the model has '{}')", *best);
}

Status GivenWeights::all_taken() const {
  std::vector<std::string> lost;
  for (const auto& [name, tensor] : tensors_) {
    if (taken_.contains(name)) continue;
    lost.push_back(lost.size() < kNamedAtMost ? fmt::format("'{}'{}", name, nearest(name)) : std::string());
  }
  if (lost.empty()) return {};
  return {
      StatusCode::invalid_argument,
      fmt::format("The model has no weights of these names of the given ones: {}. Names must be the model's own; an "
                  "exporter to ONNX that transposes or folds a weight renames it ('onnx::MatMul_12'), then nothing "
                  "fits: export without folding of constants, or as .pt2, which keeps the names.",
                  first_of(lost))};
}

void GivenWeights::tell_kept(const LogSink& log) const {
  if (!log || kept_.empty()) return;
  log(keeps_matrices_ ? Severity::warning : Severity::info,
      fmt::format("The given weights leave {} of the model's own in place: {}.", kept_.size(), first_of(kept_)));
}

}  // namespace rheo
