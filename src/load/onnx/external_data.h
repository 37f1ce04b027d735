// SPDX-License-Identifier: Apache-2.0
// Weights beside the model: TensorProto.external_data names a file, and the model's folder is all that it may reach.
//
// 1. A location is one or more names with single '/' between them: not absolute, no "." or "..", no backslash, no
// drive.
// 2. It is opened from the folder, which is opened once, and no symbolic link is followed on the way.
// 3. The file is regular and has one name only, so that no hard link leads to a file elsewhere.
// 4. What is mapped is what was checked: the same descriptor. Nothing is ever written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "load/descriptor.h"
#include "load/file.h"

namespace rheo::onnx {

// What the entries of TensorProto.external_data say; those with other keys count for nothing.
struct ExternalReference {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;

  // bad_format for a key that was given before, or a number that is not written in decimal digits only.
  Status set(std::string_view key, std::string_view value, std::size_t limit_bytes);

 private:
  bool has_location_ = false;
  bool has_offset_ = false;
};

// Ok for a location that stays in the folder, as far as its letters tell (rule 1).
Status check_location(std::string_view location, std::size_t limit_bytes);

// Opens `location`, which passed check_location, below `folder` without following links; a negative number leaves the
// reason in errno. The second does it name by name, for kernels without openat2 (before 5.6).
Descriptor open_below(const Descriptor& folder, const std::string& location);
Descriptor open_below_by_names(const Descriptor& folder, const std::string& location);

// The files beside one model, each opened and mapped once. For one thread.
class ExternalData {
 public:
  // `model_file` is the path that the host gave; its folder is opened when the first location is asked for.
  ExternalData(const std::string& model_file, const LoadLimits& limits);

  // The `size_bytes` bytes that the reference means. bad_format, not_found, io_error, limit_exceeded.
  Result<FileBytes> bytes(const ExternalReference& reference, std::size_t size_bytes);
  // The paths of what was mapped.
  std::vector<std::string> files() const;

 private:
  Result<FileBytes> map(const std::string& location);

  std::string folder_name_;
  const LoadLimits& limits_;
  Descriptor folder_{-1};
  std::map<std::string, FileBytes, std::less<>> mapped_;
};

}  // namespace rheo::onnx
