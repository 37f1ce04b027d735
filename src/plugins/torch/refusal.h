// SPDX-License-Identifier: Apache-2.0
// Why an import stops, as exceptions that never leave the plugin: LibTorch throws too, so there is one way out.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace rheo::torch_import {

// The model holds what Rheo lacks. The walker collects these and goes on, so that the user sees all of them at once.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The import failed with this code of plugin_abi.h.
struct Failure : std::runtime_error {
  Failure(std::uint32_t failure_code, const std::string& message) : std::runtime_error(message), code(failure_code) {}
  std::uint32_t code;
};

// The host said no and has kept the reason.
struct HostRefused {};

}  // namespace rheo::torch_import
