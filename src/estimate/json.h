// SPDX-License-Identifier: Apache-2.0
// Estimators as JSON text, as they stand in a package: {"kind": "plain"}, or {"kind": "calibrated", ...} with the
// fields of CalibratedModel.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/status.h>

namespace rheo {

// The text may come from anywhere: unknown fields, wrong sizes and numbers out of range are bad_format.
Result<std::shared_ptr<const Estimator>> estimator_from_json(std::string_view text, const Ladder& ladder);

// The same estimator gives the same text, and reading it back gives the same numbers to the last bit. An estimator of
// the user's own has no text: unsupported.
Result<std::string> estimator_to_json(const Estimator& estimator);

}  // namespace rheo
