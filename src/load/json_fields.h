// SPDX-License-Identifier: Apache-2.0
// Reads one JSON object of a known form: every field has a kind and a range, none may be missing, none may be left
// over. The first misfit is kept and named by its place, "graph.nodes[3].name"; later reads then do nothing.
//
//   JsonFields fields(value, "ladder.rungs[0]");
//   fields.text("exit", path.exit, limits.name_bytes);
//   fields.integer("exit_index", path.exit_index, 0, 255);
//   RHEO_RETURN_IF_ERROR(fields.finish());
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/json_value.h"

namespace rheo {

// An array of whole numbers, at most `limit` of them. `where` goes into the message.
Result<std::vector<std::int64_t>> integers_from(const JsonValue& value, std::size_t limit, std::string_view where);
// The same of numbers of any kind.
Result<std::vector<double>> reals_from(const JsonValue& value, std::size_t limit, std::string_view where);

class JsonFields {
 public:
  // `value` must outlive this object. No object: an error that every later call keeps.
  JsonFields(const JsonValue& value, std::string where);

  bool has(std::string_view name) const;

  // A number in [low, high]. Integers must be written without fraction; reals may be.
  template <typename Integer>
  void integer(std::string_view name, Integer& out, std::int64_t low, std::int64_t high) {
    std::int64_t number = 0;
    if (read_integer(name, number, low, high)) out = static_cast<Integer>(number);
  }
  void real(std::string_view name, double& out, double low = std::numeric_limits<double>::lowest(),
            double high = std::numeric_limits<double>::max());
  // A name (require_name), and any text of at most `limit_bytes`.
  void name(std::string_view field, std::string& out, std::size_t limit_bytes);
  void text(std::string_view name, std::string& out, std::size_t limit_bytes);
  // Calls `read(item, where)` for each element, at most `limit` of them.
  using ReadItem = std::function<Status(const JsonValue& item, const std::string& where)>;
  void array(std::string_view name, std::size_t limit, const ReadItem& read);
  void integers(std::string_view name, std::vector<std::int64_t>& out, std::size_t limit);
  // The field's value for further reading; null after an error.
  const JsonValue* value(std::string_view name);

  // Whether all went well so far.
  bool ok() const { return status_.ok(); }
  const std::string& where() const { return where_; }
  // Keeps `status` as the first misfit when it is one.
  void note(Status status);
  // The first misfit, or the names that nobody asked for.
  Status finish();
  // The first misfit alone: for formats whose later versions may add fields.
  Status finish_open() const { return status_; }

 private:
  bool read_integer(std::string_view name, std::int64_t& out, std::int64_t low, std::int64_t high);
  bool misfit(std::string_view name, std::string_view wanted, const JsonValue& found);

  const JsonValue::Object* members_ = nullptr;
  std::string where_;
  std::vector<std::string_view> asked_;
  Status status_;
};

}  // namespace rheo
