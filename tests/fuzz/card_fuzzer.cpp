// SPDX-License-Identifier: Apache-2.0
// Any bytes: what a model card (`rheo.json`) says of a model, or an error with a reason. What was read holds what its
// structs promise.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "load/json_value.h"
#include "load/model_card.h"
#include "support/fuzz_run.h"

using rheo::testing::require;
using rheo::testing::require_reason;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const rheo::LoadLimits limits;
  const auto card = rheo::parse_model_card({reinterpret_cast<const char*>(data), size_bytes}, limits);
  if (!card.ok()) {
    require_reason(card.status());
    return 0;
  }
  const auto is_name = [&](std::string_view name) {
    return rheo::require_name(name, limits.name_bytes, "A name").ok();
  };
  for (const auto& input : card->inputs) {
    require(is_name(input.name));
    require(std::isfinite(input.preprocessing.scale) && std::isfinite(input.preprocessing.offset));
  }
  std::set<std::string> names;
  std::set<std::size_t> outputs;
  for (const auto& exit : card->exits) {
    require(is_name(exit.name) && names.insert(exit.name).second && outputs.insert(exit.output).second);
  }
  for (const std::string& label : card->labels) require(is_name(label));
  return 0;
}
