// SPDX-License-Identifier: Apache-2.0
#include "load/variants_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/json_value.h"
#include "load/ladder_json.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVariants = "variants";
constexpr std::size_t kPrecisionBytes = 16;

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

// Number `index` of those before the last one; the last one's sections have no number.
struct Place {
  std::size_t index = 0;
  bool is_last = true;

  std::string section(std::string_view name) const {
    return is_last ? std::string(name) : fmt::format("{}.{}", name, index);
  }
  std::string tensors() const { return is_last ? std::string() : fmt::format("variant.{}/", index); }
};

Status add_variant(const Variant& variant, const Place& place, Sections& sections, NamedTensors& tensors) {
  NamedTensors own;
  RHEO_ASSIGN_OR_RETURN(std::string graph, graph_to_json(*variant.graph, own));
  sections.emplace(place.section("graph"), std::move(graph));
  sections.emplace(place.section("ranges"), ranges_to_json(variant.ranges));
  if (!variant.mixed.empty()) sections.emplace(place.section("mixed"), mixed_to_json(variant.mixed));
  for (auto& [name, tensor] : own) {
    const std::string full = place.tensors() + name;
    if (tensors.emplace(full, std::move(tensor)).second) continue;
    return {StatusCode::invalid_argument, fmt::format("The tensor name '{}' is taken; rename that constant.", full)};
  }
  return {};
}

// The tensors whose names begin with `prefix`, without it; all of them when it is empty.
NamedTensors take_tensors(NamedTensors& tensors, const std::string& prefix) {
  NamedTensors taken;
  if (prefix.empty()) taken.swap(tensors);
  for (auto at = tensors.lower_bound(prefix); at != tensors.end() && at->first.starts_with(prefix);) {
    taken.emplace(at->first.substr(prefix.size()), std::move(at->second));
    at = tensors.erase(at);
  }
  return taken;
}

Result<std::string> take_section(Sections& sections, const std::string& name) {
  auto section = sections.extract(name);
  if (section.empty())
    return broken(
        fmt::format("The file lacks the section '{}'; it is no Rheo package. Weights alone are "
                    "given beside their model: ModelOptions::weights, --weights.",
                    name));
  return std::move(section.mapped());
}

Status take_variant(const Place& place, Sections& sections, NamedTensors& tensors, const LoadLimits& limits,
                    Variant& variant) {
  RHEO_ASSIGN_OR_RETURN(const std::string graph, take_section(sections, place.section("graph")));
  NamedTensors own = take_tensors(tensors, place.tensors());
  RHEO_ASSIGN_OR_RETURN(variant.graph, graph_from_json(graph, own, limits));
  // What the graph does not use is for the caller to complain of.
  for (auto& [name, tensor] : own) tensors.emplace(place.tensors() + name, std::move(tensor));
  RHEO_ASSIGN_OR_RETURN(const std::string ranges, take_section(sections, place.section("ranges")));
  RHEO_ASSIGN_OR_RETURN(variant.ranges, ranges_from_json(ranges, *variant.graph, limits));
  const std::string mixed = place.section("mixed");
  if (!sections.contains(mixed)) return {};
  RHEO_ASSIGN_OR_RETURN(const std::string text, take_section(sections, mixed));
  RHEO_ASSIGN_OR_RETURN(variant.mixed, mixed_from_json(text, *variant.graph, limits));
  return {};
}

// The names of all models; one empty name where the file says nothing of several.
Result<std::vector<std::string>> take_names(Sections& sections, const LoadLimits& limits) {
  if (!sections.contains(kVariants)) return std::vector<std::string>{""};
  RHEO_ASSIGN_OR_RETURN(const std::string text, take_section(sections, std::string(kVariants)));
  Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context(kVariants);
  std::vector<std::string> names;
  JsonFields fields(*root, std::string(kVariants));
  fields.array("names", kMaxPaths, [&](const JsonValue& item, const std::string& where) {
    const auto* name = item.as<std::string>();
    if (name == nullptr) return broken(where + " is not a text.");
    RHEO_RETURN_IF_ERROR(require_name(*name, limits.name_bytes, where));
    if (std::ranges::find(names, *name) != names.end()) return broken(where + " repeats the name of a model.");
    names.push_back(*name);
    return Status();
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  if (names.empty()) return broken("variants.names is empty; leave the section out where there is one model.");
  return names;
}

// Models of one ladder give the same answers to the same kind of input.
Status check_alike(const Variant& variant, const Variant& last) {
  const auto types = [](const Graph& graph) {
    std::string text;
    for (const GraphInput& input : graph.inputs()) {
      const TensorType& type = graph.value(input.value).type;
      text += fmt::format("{} of rank {}, ", name_of(type.dtype), type.shape.rank());
    }
    const TensorType& answer = graph.value(graph.exits().back().value).type;
    return fmt::format("{}answers {} {}", text, name_of(answer.dtype), answer.shape.to_string());
  };
  if (types(*variant.graph) == types(*last.graph)) return {};
  return broken(fmt::format("The models '{}' and '{}' are no variants of each other: {}; {}.", variant.name, last.name,
                            types(*variant.graph), types(*last.graph)));
}

}  // namespace

Status add_variants(const std::vector<Variant>& variants, Sections& sections, NamedTensors& tensors) {
  const std::size_t last = variants.size() - 1;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    RHEO_RETURN_IF_ERROR(add_variant(variants[i], {i, i == last}, sections, tensors));
  }
  if (variants.size() == 1 && variants.front().name.empty()) return {};
  Json names = Json::array();
  for (const Variant& variant : variants) names.push_back(variant.name);
  sections.emplace(kVariants, Json{{"names", std::move(names)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
  return {};
}

Result<std::vector<Variant>> take_variants(Sections& sections, NamedTensors& tensors, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::string> names, take_names(sections, limits));
  std::vector<Variant> variants;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Variant& variant = variants.emplace_back();
    variant.name = names[i];
    const Status taken = take_variant({i, i + 1 == names.size()}, sections, tensors, limits, variant);
    if (!taken.ok()) return names.size() == 1 ? taken : taken.with_context(names[i]);
  }
  for (const Variant& variant : variants) RHEO_RETURN_IF_ERROR(check_alike(variant, variants.back()));
  return variants;
}

std::string mixed_to_json(const NodePrecisions& mixed) {
  Json all = Json::array();
  for (const auto& [node, precision] : mixed) all.push_back({{"node", node}, {"precision", name_of(precision)}});
  return Json{{"mixed", std::move(all)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<NodePrecisions> mixed_from_json(const std::string& text, const Graph& graph, const LoadLimits& limits) {
  Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context("mixed");
  std::set<std::string_view> names;
  for (const Node& node : graph.nodes()) names.insert(node.name);
  NodePrecisions mixed;
  JsonFields fields(*root, "mixed");
  fields.array("mixed", names.size(), [&](const JsonValue& item, const std::string& where) {
    std::string node;
    std::string precision;
    JsonFields entry(item, where);
    entry.name("node", node, limits.name_bytes);
    entry.text("precision", precision, kPrecisionBytes);
    RHEO_RETURN_IF_ERROR(entry.finish());
    if (!names.contains(node)) return broken(fmt::format("{}: the graph has no node '{}'.", where, node));
    const Precision wider = precision == name_of(Precision::bf16) ? Precision::bf16 : Precision::f32;
    if (precision != name_of(wider)) return broken(fmt::format("{}.precision is neither f32 nor bf16.", where));
    if (!mixed.emplace(node, wider).second) return broken(fmt::format("{}: '{}' is there twice.", where, node));
    return Status();
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  return mixed;
}

}  // namespace rheo
