// SPDX-License-Identifier: Apache-2.0
// A JSON text from outside, parsed strictly into a plain tree: no duplicate keys, no numbers beyond 64 bits, bounded
// depth and count. `JsonFields` (json_fields.h) is how the tree is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

namespace rheo {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Member = std::pair<std::string, JsonValue>;
  using Object = std::vector<Member>;  // sorted by key

  JsonValue() = default;
  template <typename T>
  explicit JsonValue(T value) : content_(std::move(value)) {}

  // The content when it is a T (bool, std::int64_t, double, std::string, Array, Object), else null.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&content_);
  }
  template <typename T>
  T* as() {
    return std::get_if<T>(&content_);
  }
  bool is_null() const { return content_.index() == 0; }
  std::string_view kind() const;  // "an object": for messages

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> content_;
};

// bad_format names the byte at which the text is no JSON; limit_exceeded the limit.
Result<JsonValue> parse_json(std::string_view text, const LoadLimits& limits = {});

// Ok for UTF-8 of 1 to `limit_bytes` bytes without control characters: what may be a name. `what` goes into the
// message.
Status require_name(std::string_view name, std::size_t limit_bytes, std::string_view what);
// The same for a text that is no name: it may be empty and hold control characters, but no zero byte.
Status require_text(std::string_view text, std::size_t limit_bytes, std::string_view what);

}  // namespace rheo
