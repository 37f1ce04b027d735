// SPDX-License-Identifier: Apache-2.0
// The library's sentences name fields of its options; at the command line they are flags.
#pragma once

#include <string>
#include <string_view>

namespace rheo::cli {

// `sentence` with the flag behind each field that it names: "LoadOptions::sizes (--dim)".
std::string with_flags(std::string_view sentence);

}  // namespace rheo::cli
