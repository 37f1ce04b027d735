// SPDX-License-Identifier: Apache-2.0
// The host's ear: without a sink Rheo is silent. A sink is called from any thread that runs Rheo, possibly from several
// at once; it must not throw and must not call back into the engine that logs.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace rheo {

enum class Severity : std::uint8_t {
  verbose,  // for those who work on Rheo
  info,     // what was done
  warning,  // it goes on, but not as asked: only the reference path runs
  error,    // the call that logs it fails; its Status says the same
};

// `message` is one or more whole sentences without a line break at the end; valid during the call only. A sink chooses
// for itself which severities it wants to hear.
using LogSink = std::function<void(Severity severity, std::string_view message)>;

}  // namespace rheo
