// SPDX-License-Identifier: Apache-2.0
// A small .pt2 archive for tests: y = relu(x + w), x [s0, 2] f32, w [2] = {1, -2}. Tests change what they want to
// break.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/zip_writer.h"

namespace rheo::testing {

// models/model.json and the list of its weights.
std::string sample_program();
std::string sample_weights();
// The entries of the archive around them.
std::vector<ZipPart> sample_export(const std::string& program = sample_program(),
                                   const std::string& weights = sample_weights());
// `text` with the first `from` replaced; throws when there is none, so that no test changes nothing.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace rheo::testing
