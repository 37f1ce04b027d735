// SPDX-License-Identifier: Apache-2.0
// What zlib does for zip archives: the one place where it appears.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <rheo/status.h>

namespace rheo::pt2 {

// Fills `to` with the deflated bytes of `from`, a raw stream without a header. bad_format when it holds more or less
// than that, or is no such stream.
Status inflate(std::span<const std::byte> from, std::span<std::byte> to);

// The checksum of `bytes` behind others whose checksum is `before`; checksum.h has a faster one.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace rheo::pt2
