// SPDX-License-Identifier: Apache-2.0
#include "plan/choices.h"

#include <nlohmann/json.hpp>

#include "base/try.h"
#include "plan/layout.h"

namespace rheo {
namespace {

using nlohmann::json;

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

Status broken(std::string_view what) {
  return {StatusCode::bad_format,
          "The measured kernel choices are broken: " + std::string(what) + " Run adapt again to measure them anew."};
}

Result<KernelChoice> choice_from(const std::string& node, const json& entry) {
  const bool complete = entry.is_object() && entry.size() == 2 && entry.contains("kernel") &&
                        entry["kernel"].is_string() && entry.contains("layout") && entry["layout"].is_string();
  if (!complete) return broken("'" + node + "' has no kernel and layout.");
  auto layout = layout_from_name(entry["layout"].get_ref<const std::string&>());
  if (!layout) return broken("'" + node + "': " + layout.status().message());
  return KernelChoice{entry["kernel"].get<std::string>(), *layout};
}

}  // namespace

std::string choices_to_text(const KernelChoices& choices) {
  json whole = json::object();
  for (const auto& [node, choice] : choices) {
    whole[node] = {{"kernel", choice.kernel}, {"layout", name_of(choice.layout)}};
  }
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<KernelChoices> choices_from_text(std::string_view text) {
  if (text.size() > kMostBytes) return broken("they are longer than 64 MiB.");
  // Deep nesting is refused while it is read, because the parser's own values would overflow the stack when destroyed.
  bool too_deep = false;
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    too_deep |= depth > 3;
    return !too_deep;
  };
  const json whole = json::parse(text.begin(), text.end(), shallow, false);
  if (too_deep || whole.is_discarded() || !whole.is_object()) return broken("they are no JSON object.");
  if (whole.size() > kMostNodes) return broken("they name more than 100000 nodes.");
  KernelChoices choices;
  for (const auto& [node, entry] : whole.items()) {
    RHEO_ASSIGN_OR_RETURN(choices[node], choice_from(node, entry));
  }
  return choices;
}

}  // namespace rheo
