// SPDX-License-Identifier: Apache-2.0
#include "load/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/try.h"

namespace rheo {
namespace {

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

const JsonValue* member(const JsonValue::Object& members, std::string_view name) {
  const auto before = [](const JsonValue::Member& a, std::string_view b) { return a.first < b; };
  const auto found = std::lower_bound(members.begin(), members.end(), name, before);
  return found != members.end() && found->first == name ? &found->second : nullptr;
}

Status not_a(std::string_view wanted, const JsonValue& found, std::string_view where) {
  return broken(fmt::format("{} is {}, not {}.", where, found.kind(), wanted));
}

Status check_count(std::size_t count, std::size_t limit, std::string_view where) {
  if (count <= limit) return Status();
  return Status(StatusCode::limit_exceeded,
                fmt::format("{} has {} elements, more than the limit of {}.", where, count, limit));
}

}  // namespace

Result<std::vector<std::int64_t>> integers_from(const JsonValue& value, std::size_t limit, std::string_view where) {
  const auto* items = value.as<JsonValue::Array>();
  if (items == nullptr) return not_a("an array", value, where);
  RHEO_RETURN_IF_ERROR(check_count(items->size(), limit, where));
  std::vector<std::int64_t> numbers;
  for (const JsonValue& item : *items) {
    const auto* number = item.as<std::int64_t>();
    if (number == nullptr) return not_a("a whole number", item, fmt::format("{}[{}]", where, numbers.size()));
    numbers.push_back(*number);
  }
  return numbers;
}

Result<std::vector<double>> reals_from(const JsonValue& value, std::size_t limit, std::string_view where) {
  const auto* items = value.as<JsonValue::Array>();
  if (items == nullptr) return not_a("an array", value, where);
  RHEO_RETURN_IF_ERROR(check_count(items->size(), limit, where));
  std::vector<double> numbers;
  for (const JsonValue& item : *items) {
    const auto* whole = item.as<std::int64_t>();
    const auto* real = item.as<double>();
    if (whole == nullptr && real == nullptr)
      return not_a("a number", item, fmt::format("{}[{}]", where, numbers.size()));
    numbers.push_back(whole != nullptr ? static_cast<double>(*whole) : *real);
  }
  return numbers;
}

JsonFields::JsonFields(const JsonValue& value, std::string where)
    : members_(value.as<JsonValue::Object>()), where_(std::move(where)) {
  if (members_ == nullptr) status_ = broken(fmt::format("{} is {}, not an object.", where_, value.kind()));
}

bool JsonFields::has(std::string_view name) const { return members_ != nullptr && member(*members_, name) != nullptr; }

const JsonValue* JsonFields::value(std::string_view name) {
  if (!status_.ok()) return nullptr;
  asked_.push_back(name);
  const JsonValue* found = member(*members_, name);
  if (found == nullptr) status_ = broken(fmt::format("{} lacks the field '{}'.", where_, name));
  return found;
}

bool JsonFields::misfit(std::string_view name, std::string_view wanted, const JsonValue& found) {
  status_ = not_a(wanted, found, fmt::format("{}.{}", where_, name));
  return false;
}

bool JsonFields::read_integer(std::string_view name, std::int64_t& out, std::int64_t low, std::int64_t high) {
  const JsonValue* found = value(name);
  if (found == nullptr) return false;
  const auto* number = found->as<std::int64_t>();
  if (number == nullptr) return misfit(name, "a whole number", *found);
  if (*number < low || *number > high) {
    status_ = broken(fmt::format("{}.{} is {}; it must be in [{}, {}].", where_, name, *number, low, high));
    return false;
  }
  out = *number;
  return true;
}

void JsonFields::real(std::string_view name, double& out, double low, double high) {
  const JsonValue* found = value(name);
  if (found == nullptr) return;
  std::optional<double> number;
  if (const auto* real = found->as<double>()) number = *real;
  if (const auto* whole = found->as<std::int64_t>()) number = static_cast<double>(*whole);
  if (!number) {
    misfit(name, "a number", *found);
  } else if (!(*number >= low && *number <= high)) {  // written so that NaN is refused
    status_ = broken(fmt::format("{}.{} is {}; it must be in [{}, {}].", where_, name, *number, low, high));
  } else {
    out = *number;
  }
}

void JsonFields::text(std::string_view name, std::string& out, std::size_t limit_bytes) {
  const JsonValue* found = value(name);
  if (found == nullptr) return;
  const auto* text = found->as<std::string>();
  if (text == nullptr) {
    misfit(name, "a text", *found);
  } else if (text->size() > limit_bytes) {
    status_ = Status(StatusCode::limit_exceeded, fmt::format("{}.{} has {} bytes, more than the limit of {}.", where_,
                                                             name, text->size(), limit_bytes));
  } else {
    out = *text;
  }
}

void JsonFields::name(std::string_view field, std::string& out, std::size_t limit_bytes) {
  text(field, out, limit_bytes);
  if (status_.ok()) status_ = require_name(out, limit_bytes, fmt::format("{}.{}", where_, field));
}

void JsonFields::array(std::string_view name, std::size_t limit, const ReadItem& read) {
  const JsonValue* found = value(name);
  if (found == nullptr) return;
  const std::string place = fmt::format("{}.{}", where_, name);
  const auto* items = found->as<JsonValue::Array>();
  status_ = items == nullptr ? not_a("an array", *found, place) : check_count(items->size(), limit, place);
  for (std::size_t i = 0; status_.ok() && i < items->size(); ++i) {
    status_ = read((*items)[i], fmt::format("{}[{}]", place, i));
  }
}

void JsonFields::integers(std::string_view name, std::vector<std::int64_t>& out, std::size_t limit) {
  const JsonValue* found = value(name);
  if (found == nullptr) return;
  Result<std::vector<std::int64_t>> list = integers_from(*found, limit, fmt::format("{}.{}", where_, name));
  status_ = list.status();
  if (list) out = std::move(*list);
}

void JsonFields::note(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

Status JsonFields::finish() {
  if (!status_.ok()) return status_;
  for (const auto& [name, unused] : *members_) {
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    return broken(fmt::format("{} has the unknown field '{}'.", where_, name.substr(0, 64)));
  }
  return Status();
}

}  // namespace rheo
