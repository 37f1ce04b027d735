// SPDX-License-Identifier: Apache-2.0
// Named settings of one op: integers, reals, texts, and lists of integers or reals. A value type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rheo {

using AttributeValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>>;

class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<std::string, AttributeValue>> items);

  void set(std::string_view name, AttributeValue value);
  const AttributeValue* find(std::string_view name) const;
  // The value, or `fallback` when absent. The schema has checked the kind before anybody asks.
  std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const;
  double real(std::string_view name, double fallback = 0) const;
  std::string_view text(std::string_view name, std::string_view fallback = {}) const;
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> fallback = {}) const;
  std::vector<double> reals(std::string_view name, std::vector<double> fallback = {}) const;

  // Sorted by name.
  const std::vector<std::pair<std::string, AttributeValue>>& items() const { return items_; }
  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::vector<std::pair<std::string, AttributeValue>> items_;
};

}  // namespace rheo
