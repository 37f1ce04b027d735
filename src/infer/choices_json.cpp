// SPDX-License-Identifier: Apache-2.0
#include "infer/choices_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "plan/choices.h"

namespace rheo {

namespace {

// "lite0:int8@160" names a plan when its arithmetic is one that exists. Whether a path runs on it is not asked: adapt
// may have dropped it.
Status check_plan_name(std::string_view plan) {
  const std::size_t begin = plan.rfind(':') + 1;  // 0 where there is none
  const std::size_t end = std::min(plan.find('@', begin), plan.size());
  return precision_from_name(plan.substr(begin, end - begin)).status();
}

}  // namespace

std::string choices_by_plan_to_json(const ChoicesByPlan& choices) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [plan, of_plan] : choices) {
    if (!of_plan.empty()) json[plan] = nlohmann::ordered_json::parse(choices_to_text(of_plan));
  }
  return json.dump();
}

Result<ChoicesByPlan> choices_by_plan_from_json(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || json.size() > kMaxPaths) {
    return Status(StatusCode::bad_format,
                  "The section 'choices' of the package is no JSON object with at most one entry per path. Run 'rheo "
                  "adapt' again.");
  }
  ChoicesByPlan choices;
  for (const auto& [plan, of_plan] : json.items()) {
    RHEO_RETURN_IF_ERROR(check_plan_name(plan).with_context("The section 'choices'"));
    Result<KernelChoices> read =
        choices_from_text(of_plan.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (!read) return read.status().with_context(plan);
    choices.emplace(plan, *std::move(read));
  }
  return choices;
}

}  // namespace rheo
