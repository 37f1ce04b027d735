// SPDX-License-Identifier: Apache-2.0
// What `rheo inspect` prints: tensors, ladder, certificate, and every plan that batch 1 needs with its refusals.
#include <nlohmann/json.hpp>

#include "engine/engine_core.h"
#include "engine/engine_sizes.h"
#include "load/plain_ladder.h"
#include "plan/describe.h"

namespace rheo {

namespace {

using Json = nlohmann::ordered_json;

Json tensors_json(std::span<const TensorInfo> infos) {
  Json list = Json::array();
  for (const TensorInfo& info : infos) {
    list.push_back({{"name", info.name}, {"dtype", name_of(info.dtype)}, {"shape", info.shape.to_string()}});
  }
  return list;
}

// Which exit an output comes with: it is there when the path that answers reaches that exit.
Json outputs_json(const Graph& graph, std::span<const TensorInfo> infos) {
  Json list = tensors_json(infos);
  const std::vector<GivenOut> all = given_out(graph);
  const std::size_t exits = graph.exits().size();
  for (std::size_t i = 1; i < infos.size(); ++i) {
    list[i]["with_exit"] = graph.exits()[static_cast<std::size_t>(all[exits + i - 1].stage)].name;
  }
  return list;
}

Json ladder_json(const Ladder& ladder) {
  Json list = Json::array();
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const PathProfile& profile = ladder.profile(id);
    const Path& path = ladder.path(id);
    // A guess that was never measured is no number for people.
    const auto measured = [&](double number) { return is_measured(profile) ? Json(number) : Json(); };
    list.push_back({{"path", ladder.name(id)},
                    {"exit", path.exit},
                    {"precision", name_of(path.precision)},
                    {"latency_us", measured(profile.latency_us)},
                    {"latency_p99_us", measured(profile.latency_p99_us)},
                    {"multiply_adds", profile.multiply_adds},
                    {"agreement", measured(profile.agreement)},
                    {"temperature", profile.temperature}});
    if (!path.variant.empty()) list.back()["variant"] = path.variant;
    if (!path.resolution.is_own()) list.back()["picture"] = {path.resolution.height, path.resolution.width};
  }
  return list;
}

Json memory_json(const MemoryUse& use) {
  return {{"weights_bytes", use.weights_bytes}, {"plans_bytes", use.plans_bytes}, {"frames_bytes", use.frames_bytes}};
}

Json certificate_json(const std::optional<Certificate>& certificate, const Status& status) {
  Json json = {{"valid_here", status.ok()}, {"why", status.message()}};
  if (certificate) json["statement"] = certificate->to_string();
  return json;
}

}  // namespace

std::string EngineCore::describe() const {
  Json plans = Json::object();
  for (const Path& path : plans_of(*ladder_)) {
    const auto plan = plans_->plan(path, 1);
    plans[path.plan_name()] = plan ? Json::parse(rheo::describe(**plan)) : Json({{"refused", plan.status().message()}});
  }
  Json exits = Json::array();
  for (const Exit& exit : package_.graph->exits()) exits.push_back(exit.name);
  Json json = {{"library", library_versions()},
               {"isa", name_of(isa_)},
               {"model_hash", package_.model_hash},
               {"inputs", tensors_json(inputs_)},
               {"outputs", outputs_json(*package_.graph, *outputs_)},
               {"labels", package_.graph->labels()},
               {"stages", package_.graph->stage_count()},
               {"exits", exits},
               {"policy", policy_->name()},
               {"estimator", estimator_->name()},
               {"ladder", ladder_json(*ladder_)},
               {"certificate", certificate_json(package_.certificate, certificate_status_)},
               {"memory", memory_json(memory())},
               {"plans", plans}};
  if (!package_.variant.empty()) {
    for (const Variant& variant : variants_of(package_)) json["variants"].push_back(variant.name);
  }
  for (const Variant& variant : variants_of(package_)) {
    for (const auto& [node, precision] : variant.mixed) {
      json["mixed"].push_back({{"variant", variant.name}, {"node", node}, {"precision", name_of(precision)}});
    }
  }
  // Names come from model files; what is no UTF-8 is replaced, not thrown at the caller.
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

// The plans are those of the smallest size.
std::string EngineSizes::describe() const {
  std::string text = core().describe();
  if (!has_sizes()) return text;
  Json json = Json::parse(text);
  const auto open = [](Json& list, std::span<const TensorInfo> infos) {
    for (std::size_t i = 0; i < infos.size(); ++i) list[i]["shape"] = infos[i].shape.to_string();
  };
  open(json["inputs"], inputs_);
  open(json["outputs"], outputs_);
  const MemoryUse use = memory();
  json["memory"] = memory_json(use);
  Json& sizes = json["sizes"];
  for (const Listed& listed : listed_) sizes["listed"].push_back(open_->text(listed.sizes));
  sizes["ready"] = use.sizes;
  sizes["padded"] = !options_.mask.empty() && padding_.ok();
  sizes["why"] = options_.mask.empty() ? "No mask is named, so nothing is padded." : padding_.message();
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rheo
