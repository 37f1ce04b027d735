// SPDX-License-Identifier: Apache-2.0
#include "op/attributes.h"

#include <algorithm>

namespace rheo {
namespace {

constexpr auto kByName = [](const auto& item, std::string_view name) { return item.first < name; };

}  // namespace

Attributes::Attributes(std::initializer_list<std::pair<std::string, AttributeValue>> items) {
  for (const auto& [name, value] : items) set(name, value);
}

void Attributes::set(std::string_view name, AttributeValue value) {
  const auto place = std::lower_bound(items_.begin(), items_.end(), name, kByName);
  if (place != items_.end() && place->first == name) {
    place->second = std::move(value);
  } else {
    items_.emplace(place, std::string(name), std::move(value));
  }
}

const AttributeValue* Attributes::find(std::string_view name) const {
  const auto place = std::lower_bound(items_.begin(), items_.end(), name, kByName);
  return place != items_.end() && place->first == name ? &place->second : nullptr;
}

std::int64_t Attributes::integer(std::string_view name, std::int64_t fallback) const {
  const AttributeValue* value = find(name);
  const auto* integer = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return integer == nullptr ? fallback : *integer;
}

double Attributes::real(std::string_view name, double fallback) const {
  const AttributeValue* value = find(name);
  if (value == nullptr) return fallback;
  if (const auto* real = std::get_if<double>(value)) return *real;
  // A whole number is a real too: text formats do not tell 1 from 1.0.
  if (const auto* integer = std::get_if<std::int64_t>(value)) return static_cast<double>(*integer);
  return fallback;
}

std::string_view Attributes::text(std::string_view name, std::string_view fallback) const {
  const AttributeValue* value = find(name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? fallback : std::string_view(*text);
}

std::vector<std::int64_t> Attributes::integers(std::string_view name, std::vector<std::int64_t> fallback) const {
  const AttributeValue* value = find(name);
  const auto* integers = value == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(value);
  if (integers != nullptr) return *integers;
  return fallback;
}

std::vector<double> Attributes::reals(std::string_view name, std::vector<double> fallback) const {
  const AttributeValue* value = find(name);
  if (value == nullptr) return fallback;
  if (const auto* reals = std::get_if<std::vector<double>>(value)) return *reals;
  // As above: a list of whole numbers is a list of reals too.
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(value)) return {integers->begin(), integers->end()};
  return fallback;
}

}  // namespace rheo
