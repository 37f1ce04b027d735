// SPDX-License-Identifier: Apache-2.0
#include "infer/choices_json.h"

#include <nlohmann/json.hpp>

#include "base/try.h"
#include "plan/choices.h"

namespace rheo {

namespace {

constexpr std::array<Precision, kPrecisionCount> kPrecisions = {Precision::f32, Precision::bf16, Precision::int8};

}  // namespace

std::string choices_by_precision_to_json(const ChoicesByPrecision& choices) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Precision precision : kPrecisions) {
    const KernelChoices& of_precision = choices[static_cast<std::size_t>(precision)];
    if (of_precision.empty()) continue;
    json[std::string(name_of(precision))] = nlohmann::ordered_json::parse(choices_to_text(of_precision));
  }
  return json.dump();
}

Result<ChoicesByPrecision> choices_by_precision_from_json(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Status(StatusCode::bad_format,
                  "The section 'choices' of the package is no JSON object. Run 'rheo adapt' again.");
  }
  ChoicesByPrecision choices;
  for (const auto& [name, of_precision] : json.items()) {
    RHEO_ASSIGN_OR_RETURN(const Precision precision, precision_from_name(name));
    RHEO_ASSIGN_OR_RETURN(choices[static_cast<std::size_t>(precision)], choices_from_text(of_precision.dump()));
  }
  return choices;
}

}  // namespace rheo
