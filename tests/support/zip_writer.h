// SPDX-License-Identifier: Apache-2.0
// Zip archives for tests, honest ones and others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/file.h"

namespace rheo::testing {

// One entry as it is to be written; what is set lies about it.
struct ZipPart {
  std::string name;
  std::string content;
  bool is_deflated = false;
  std::optional<std::uint64_t> size_bytes = {};  // in both headers
  std::optional<std::uint32_t> crc = {};
  std::optional<std::string> local_name = {};
  std::optional<std::uint64_t> offset = {};  // of the local header, in the directory
  std::uint16_t flags = 0;
  std::optional<std::uint16_t> method = {};
};

// `count`: of entries as the end tells it, where it lies. `align`: data begin at multiples of 64 bytes.
std::string zip_of(const std::vector<ZipPart>& parts, std::optional<std::uint16_t> count = {});
// The same with sizes in 64-bit fields.
std::string wide_zip_of(const std::vector<ZipPart>& parts, std::optional<std::uint64_t> count = {});

// Bytes as a file would give them.
FileBytes as_file(std::string bytes);

}  // namespace rheo::testing
