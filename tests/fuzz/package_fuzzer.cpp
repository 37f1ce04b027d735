// SPDX-License-Identifier: Apache-2.0
// Any bytes: a package or an error. What was read can be written, and then reads the same.
#include <cstddef>
#include <cstdint>
#include <span>

#include "load/package.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  rheo::LoadLimits limits;
  limits.header_bytes = 1 << 20;
  limits.dimension = 1 << 16;
  const auto package = rheo::read_package(std::as_bytes(std::span(data, size_bytes)), limits);
  if (!package.ok()) {
    if (package.status().message().empty()) __builtin_trap();
    return 0;
  }
  const auto bytes = rheo::package_bytes(*package);
  if (!bytes.ok()) __builtin_trap();
  const auto again = rheo::read_package(*bytes);
  if (!again.ok() || again->model_hash != package->model_hash) __builtin_trap();
  return 0;
}
