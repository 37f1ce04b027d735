// SPDX-License-Identifier: Apache-2.0
// The host's ear: without a sink Rheo is silent. A sink is called from any thread that runs Rheo, possibly from several
// at once; it must not throw and must not call back into the engine that logs.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace rheo {

enum class Severity : std::uint8_t { verbose, info, warning, error };

using LogSink = std::function<void(Severity severity, std::string_view message)>;

}  // namespace rheo
