// SPDX-License-Identifier: Apache-2.0
#include "load/model_card.h"

#include <fmt/format.h>
#include <rheo/path.h>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/json_value.h"

namespace rheo {
namespace {

constexpr std::int64_t kVersion = 1;

class CardReader {
 public:
  explicit CardReader(const LoadLimits& limits) : limits_(limits) {}

  Result<ModelCard> read(const JsonValue& root) {
    JsonFields fields(root, kModelCardKey);
    std::int64_t version = 0;
    fields.integer("version", version, kVersion, kVersion);
    if (fields.has("inputs")) {
      fields.array("inputs", limits_.inputs, [&](auto& item, auto& where) { return read_input(item, where); });
    }
    if (fields.has("exits")) {
      fields.array("exits", kMaxPaths, [&](auto& item, auto& where) { return read_exit(item, where); });
    }
    if (fields.has("labels")) {
      fields.array("labels", limits_.labels, [&](auto& item, auto& where) { return read_label(item, where); });
    }
    RHEO_RETURN_IF_ERROR(fields.finish());
    return std::move(card_);
  }

 private:
  Status read_input(const JsonValue& item, const std::string& where) {
    JsonFields fields(item, where);
    ModelCard::Input input;
    fields.name("name", input.name, limits_.name_bytes);
    if (fields.has("scale")) fields.real("scale", input.preprocessing.scale);
    if (fields.has("offset")) fields.real("offset", input.preprocessing.offset);
    card_.inputs.push_back(std::move(input));
    return fields.finish();
  }

  Status read_exit(const JsonValue& item, const std::string& where) {
    JsonFields fields(item, where);
    ModelCard::Exit exit;
    fields.name("name", exit.name, limits_.name_bytes);
    fields.integer("output", exit.output, 0, static_cast<std::int64_t>(limits_.values));
    RHEO_RETURN_IF_ERROR(fields.finish());
    for (const ModelCard::Exit& other : card_.exits) {
      if (other.output != exit.output && other.name != exit.name) continue;
      return {StatusCode::bad_format,
              fmt::format("{}: exit '{}' has the name or the output of exit '{}'.", where, exit.name, other.name)};
    }
    card_.exits.push_back(std::move(exit));
    return {};
  }

  Status read_label(const JsonValue& item, const std::string& where) {
    const auto* label = item.as<std::string>();
    if (label == nullptr) {
      return {StatusCode::bad_format, fmt::format("{} is {}, not a text.", where, item.kind())};
    }
    card_.labels.push_back(*label);
    return require_name(*label, limits_.name_bytes, where);
  }

  const LoadLimits& limits_;
  ModelCard card_;
};

}  // namespace

Result<ModelCard> parse_model_card(std::string_view text, const LoadLimits& limits) {
  auto root = parse_json(text, limits);
  if (!root.ok()) return root.status().with_context(kModelCardKey);
  return CardReader(limits).read(*root);
}

}  // namespace rheo
