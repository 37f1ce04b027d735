// SPDX-License-Identifier: Apache-2.0
// Writes the pictures that tests read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rheo::testing {

// `pixels` are [height, width, channels]. Throws when the file cannot be written.
void write_png(const std::string& file, int width, int height, int channels, const std::vector<std::uint8_t>& pixels);

}  // namespace rheo::testing
