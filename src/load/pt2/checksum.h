// SPDX-License-Identifier: Apache-2.0
// The checksum of zip archives, at the speed of memory: every weight of a model is compared with its own before it is
// used. Safe from many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rheo::pt2 {

// CRC-32 as zip has it (polynomial 0x04c11db7, bits reflected).
std::uint32_t checksum(std::span<const std::byte> bytes);

}  // namespace rheo::pt2
