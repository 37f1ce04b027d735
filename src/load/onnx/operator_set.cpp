// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "load/onnx/parts.h"

namespace rheo::onnx {
namespace {

constexpr std::size_t kMaxOperatorSets = 1024;

}  // namespace

std::int64_t Model::opset(std::string_view domain) const {
  const auto found = std::ranges::find(operator_sets, domain, &OperatorSet::domain);
  return found == operator_sets.end() ? 0 : found->version;
}

Status parse_domain(WireMessage& message, Reading& reading, std::string& domain) {
  RHEO_RETURN_IF_ERROR(reading.name(message, "The domain of an operator", domain));
  if (domain == "ai.onnx") domain.clear();
  return Status();
}

Status refuse_overload(WireMessage& message) {
  if (message.text().empty()) return Status();
  return Status(StatusCode::unsupported, "Functions with several bodies of one name are not read; inline them.");
}

Status parse_operator_set(WireMessage message, Reading& reading, std::vector<OperatorSet>& sets) {
  OperatorSet set;
  while (message.next()) {
    if (message.number() == 1) message.note(parse_domain(message, reading, set.domain));
    if (message.number() == 2) set.version = message.integer();
  }
  RHEO_RETURN_IF_ERROR(message.finish());
  if (set.version < 1) return message.broken(fmt::format("The operators of '{}' have no version.", set.domain));
  if (std::ranges::find(sets, set.domain, &OperatorSet::domain) != sets.end()) {
    return message.broken(fmt::format("The operators of '{}' are imported twice.", set.domain));
  }
  if (sets.size() == kMaxOperatorSets) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("The operators of more than {} domains are imported.", kMaxOperatorSets));
  }
  sets.push_back(std::move(set));
  return Status();
}

}  // namespace rheo::onnx
