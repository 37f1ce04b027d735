// SPDX-License-Identifier: Apache-2.0
// What kind of model bytes are, by their content: names are given by people.
#pragma once

#include <cstdint>
#include <string>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "load/file.h"

namespace rheo {

enum class ModelFormat : std::uint8_t { package, onnx, exported, torchscript };

// bad_format when the bytes are none of them; unsupported names pickled weights, which Rheo never opens. Looks at the
// first bytes, and at the names in a zip archive; that the rest is well-formed is for the reader to find out.
Result<ModelFormat> format_of(const FileBytes& content, const LoadLimits& limits = {});
// Of a file: by the endings .onnx, .pt2 and .rheo, of either case, else by its content. not_found, io_error.
Result<ModelFormat> format_of_file(const std::string& file, const LoadLimits& limits = {});

}  // namespace rheo
