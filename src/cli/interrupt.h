// SPDX-License-Identifier: Apache-2.0
// Ctrl-C as a stop token: a command ends in order, with nothing half-written.
#pragma once

#include <stop_token>

namespace rheo::cli {

// From now on SIGINT and SIGTERM request a stop instead of ending the process; a second one ends it.
void watch_interrupts();
std::stop_token interrupt_token();

}  // namespace rheo::cli
