// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/reading.h"

#include <fmt/format.h>

#include <utility>

#include "base/checked.h"
#include "load/json_value.h"

namespace rheo::onnx {
namespace {

constexpr std::size_t kFreeBytes = std::size_t{64} << 20;
constexpr std::size_t kTimesFile = 4;

Status count(std::size_t& so_far, std::size_t more, std::size_t limit, std::string_view what) {
  so_far = saturating_add(so_far, more);
  if (so_far <= limit) return Status();
  return Status(StatusCode::limit_exceeded,
                fmt::format("The model has {} {} or more, which is over the limit of {}.", so_far, what, limit));
}

}  // namespace

Reading::Reading(std::size_t file_bytes, std::shared_ptr<const void> owner, const LoadLimits& limits,
                 ExternalData* external, GivenWeights* given)
    : limits_(limits),
      owner_(std::move(owner)),
      external_(external),
      given_(given),
      bytes_left_(saturating_add(saturating_mul(file_bytes, kTimesFile), kFreeBytes)) {}

Status Reading::book(std::size_t count, std::size_t each_bytes) {
  const std::size_t bytes = saturating_mul(count, each_bytes);
  if (bytes <= bytes_left_) {
    bytes_left_ -= bytes;
    return Status();
  }
  return Status(StatusCode::limit_exceeded, "Reading the model takes more than four times the memory of its file.");
}

Status Reading::count_nodes(std::size_t more) { return count(nodes_, more, limits_.nodes, "nodes"); }

Status Reading::count_tensors(std::size_t more) { return count(tensors_, more, limits_.tensors, "tensors"); }

Status Reading::count_values(std::size_t more) {
  constexpr std::size_t kNameInScopeBytes = 64;  // of the check that names are unique
  RHEO_RETURN_IF_ERROR(count(values_, more, limits_.values, "values"));
  return book(more, kNameInScopeBytes);
}

Status Reading::name(WireMessage& message, std::string_view what, std::string& out) {
  const std::string_view text = message.text();
  if (text.empty()) {
    out.clear();
    return Status();
  }
  return required_name(message, what, out);
}

Status Reading::required_name(WireMessage& message, std::string_view what, std::string& out) {
  const std::string_view text = message.text();
  if (const Status status = require_name(text, limits_.name_bytes, what); !status.ok()) {
    return status.with_context(fmt::format("byte {}", message.offset()));
  }
  RHEO_RETURN_IF_ERROR(book(text.size(), 1));
  out = text;
  return Status();
}

}  // namespace rheo::onnx
