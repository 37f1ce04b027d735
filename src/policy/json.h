// SPDX-License-Identifier: Apache-2.0
// Policies as JSON text, as they stand in a package and in a certificate. Paths are named, never numbered.
//
//   {"kind": "fixed", "path": "final.f32"}
//   {"kind": "thresholds", "rungs": [{"path": "exit1.int8", "margin": 0.71}, {"path": "final.f32", "margin": 0}]}
//   {"kind": "tradeoff", "price_us": 5000, "paths": ["exit1.int8", "final.f32"],
//    "expected_us": [[ACTION, ACTION], ...]}      row 0: before any step; row r: after path r - 1
//
// where ACTION is null when that path is not offered there, else kBins numbers (null for infinity).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/status.h>

namespace rheo {

// The text may come from anywhere: unknown fields, unknown paths, wrong sizes and numbers out of range are bad_format.
Result<std::shared_ptr<const Policy>> policy_from_json(std::string_view text, const Ladder& ladder);

// The same policy gives the same text, and reading it back gives the same policy to the last bit. A policy of the
// user's own has no text: unsupported.
Result<std::string> policy_to_json(const Policy& policy, const Ladder& ladder);

}  // namespace rheo
