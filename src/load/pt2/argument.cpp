// SPDX-License-Identifier: Apache-2.0
// What nodes are given, and the types of tensors.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/pt2/program.h"

namespace rheo::pt2 {
namespace {

using aten::Argument;
using aten::ValueName;

Status unsupported(const std::string& where, std::string_view what) {
  return {StatusCode::unsupported, fmt::format("{} {}.", where, what)};
}

Status broken(const std::string& where, std::string_view wanted, const JsonValue& found) {
  return {StatusCode::bad_format, fmt::format("{} is {}, not {}.", where, found.kind(), wanted)};
}

// Numbers that JSON cannot hold are written as texts.
Result<Argument> real_from(const JsonValue& value, const std::string& where) {
  if (const auto* whole = value.as<std::int64_t>()) return Argument(static_cast<double>(*whole));
  if (const auto* real = value.as<double>()) return Argument(*real);
  const auto* text = value.as<std::string>();
  if (text == nullptr) return broken(where, "a number", value);
  if (*text == "Infinity") return Argument(std::numeric_limits<double>::infinity());
  if (*text == "-Infinity") return Argument(-std::numeric_limits<double>::infinity());
  if (*text == "NaN") return Argument(std::numeric_limits<double>::quiet_NaN());
  return broken(where, "a number", value);
}

template <typename T>
Result<Argument> plain(const JsonValue& value, const std::string& where, std::string_view wanted) {
  const auto* content = value.as<T>();
  return content == nullptr ? Result<Argument>(broken(where, wanted, value)) : Argument(*content);
}

Result<Argument> integer_from(const JsonValue& value, const std::string& where) {
  return plain<std::int64_t>(value, where, "a whole number");
}
Result<Argument> bool_from(const JsonValue& value, const std::string& where) {
  return plain<bool>(value, where, "true or false");
}
Result<Argument> text_from(const JsonValue& value, const std::string& where) {
  return plain<std::string>(value, where, "a text");
}

Result<Argument> value_from(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(std::string name, name_in(value, where));
  return Argument(ValueName{std::move(name)});
}

// {"as_name": "s"}: a number that the program computes; {"as_int": 3} one that it does not.
Result<Argument> symbolic_from(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(value, where));
  if (content.tag == "as_int") return integer_from(*content.value, where);
  if (content.tag == "as_bool") return bool_from(*content.value, where);
  if (content.tag == "as_float") return real_from(*content.value, where);
  const auto* name = content.value->as<std::string>();
  if (content.tag != "as_name" || name == nullptr) return unsupported(where, "is a number of an unknown kind");
  return Argument(ValueName{*name});
}

Result<Argument> optional_value_from(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(value, where));
  if (content.tag == "as_none") return Argument();
  if (content.tag == "as_tensor") return value_from(*content.value, where);
  return unsupported(where, "is neither a tensor nor None");
}

Result<Argument> dtype_from(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(std::string name, dtype_of_code(value, where));
  return Argument(std::move(name));
}

// Layout, device and memory format: Rheo decides about them by itself.
Result<Argument> nothing_from(const JsonValue& /*value*/, const std::string& /*where*/) { return Argument(); }

using Read = Result<Argument> (*)(const JsonValue&, const std::string&);
struct Tag {
  std::string_view name;
  Read read;
  bool is_list;
};

constexpr Tag kTags[] = {
    {"as_tensor", value_from, false},
    {"as_tensors", value_from, true},
    {"as_optional_tensor", optional_value_from, false},
    {"as_optional_tensors", optional_value_from, true},
    {"as_int", integer_from, false},
    {"as_ints", integer_from, true},
    {"as_float", real_from, false},
    {"as_floats", real_from, true},
    {"as_bool", bool_from, false},
    {"as_bools", bool_from, true},
    {"as_string", text_from, false},
    {"as_strings", text_from, true},
    {"as_sym_int", symbolic_from, false},
    {"as_sym_ints", symbolic_from, true},
    {"as_sym_float", symbolic_from, false},
    {"as_sym_floats", symbolic_from, true},
    {"as_sym_bool", symbolic_from, false},
    {"as_sym_bools", symbolic_from, true},
    {"as_scalar_type", dtype_from, false},
    {"as_memory_format", nothing_from, false},
    {"as_layout", nothing_from, false},
    {"as_device", nothing_from, false},
    {"as_none", nothing_from, false},
};

Result<Size> size_from(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(value, where));
  const auto* number = content.value->as<std::int64_t>();
  if (content.tag == "as_int" && number != nullptr && *number >= 0) return Size{*number, {}};
  if (content.tag != "as_expr") return unsupported(where, "has a size that is neither a number nor an expression");
  JsonFields fields(*content.value, where);
  Size size;
  fields.text("expr_str", size.expression, LoadLimits().name_bytes);
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  if (size.expression.empty()) return unsupported(where, "has a size without a name");
  return size;
}

}  // namespace

Result<Tagged> tagged(const JsonValue& value, const std::string& where) {
  const auto* members = value.as<JsonValue::Object>();
  if (members == nullptr) return broken(where, "an object", value);
  const JsonValue::Member* found = nullptr;
  for (const JsonValue::Member& member : *members) {
    if (member.second.is_null()) continue;
    if (found != nullptr)
      return unsupported(where, fmt::format("is '{}' and '{}' at once", found->first, member.first));
    found = &member;
  }
  if (found == nullptr) return unsupported(where, "is nothing");
  return Tagged{found->first, &found->second};
}

Result<std::string> name_in(const JsonValue& value, const std::string& where) {
  JsonFields fields(value, where);
  std::string name;
  fields.name("name", name, LoadLimits().name_bytes);
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  return name;
}

Result<std::string> dtype_of_code(const JsonValue& value, const std::string& where) {
  constexpr std::array<std::string_view, 14> kNames = {"",    "u8",  "i8",  "i16", "i32",  "i64",  "f16",
                                                       "f32", "f64", "c32", "c64", "c128", "bool", "bf16"};
  const auto* code = value.as<std::int64_t>();
  if (code == nullptr) return broken(where, "the number of an element type", value);
  if (*code < 1 || *code >= static_cast<std::int64_t>(kNames.size())) {
    return unsupported(where, fmt::format("has elements of type {}", *code));
  }
  return std::string(kNames[static_cast<std::size_t>(*code)]);
}

Result<Argument> parse_argument(const JsonValue& value, const std::string& where) {
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(value, where));
  for (const Tag& tag : kTags) {
    if (tag.name != content.tag) continue;
    if (!tag.is_list) return tag.read(*content.value, where);
    const auto* items = content.value->as<JsonValue::Array>();
    if (items == nullptr) return broken(where, "a list", *content.value);
    Argument::List list;
    for (const JsonValue& item : *items) {
      RHEO_ASSIGN_OR_RETURN(Argument argument, tag.read(item, where));
      list.push_back(std::move(argument));
    }
    return Argument(std::move(list));
  }
  return unsupported(where, fmt::format("is given something that Rheo does not take ('{}')", content.tag));
}

Result<TensorMeta> parse_tensor_meta(const JsonValue& value, const std::string& where) {
  constexpr std::int64_t kStrided = 7;
  JsonFields fields(value, where);
  TensorMeta meta;
  std::int64_t layout = 0;
  const auto sizes = [](std::vector<Size>& out) {
    return [&out](const JsonValue& item, const std::string& place) -> Status {
      RHEO_ASSIGN_OR_RETURN(Size size, size_from(item, place));
      out.push_back(std::move(size));
      return {};
    };
  };
  if (const JsonValue* code = fields.value("dtype")) {
    RHEO_ASSIGN_OR_RETURN(meta.dtype, dtype_of_code(*code, where));
  }
  fields.array("sizes", Shape::kMaxRank, sizes(meta.sizes));
  fields.array("strides", Shape::kMaxRank, sizes(meta.strides));
  fields.integer("layout", layout, 0, 255);
  if (const JsonValue* offset = fields.value("storage_offset")) {
    RHEO_ASSIGN_OR_RETURN(meta.storage_offset, size_from(*offset, where));
  }
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  if (layout != kStrided) return unsupported(where, "is a sparse tensor");
  if (meta.strides.size() != meta.sizes.size()) return unsupported(where, "has strides for other dimensions");
  return meta;
}

}  // namespace rheo::pt2
