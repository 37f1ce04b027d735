// SPDX-License-Identifier: Apache-2.0
// One case of the conformance data: a model, inputs, and the outputs that are expected.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace rheo::conformance {

inline constexpr std::string_view kPass = "pass";

struct Case {
  std::string outcome;              // kPass, "skip: what Rheo refuses", or "fail: what differs"
  std::set<std::string> operators;  // in the model
};

Case run_case(const std::filesystem::path& folder);

}  // namespace rheo::conformance
