// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>

#include "load/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto tensor = rheo::read_idx(std::as_bytes(std::span(data, size_bytes)));
  if (tensor.ok() && tensor->size_bytes() > size_bytes) __builtin_trap();
  return 0;
}
