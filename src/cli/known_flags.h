// SPDX-License-Identifier: Apache-2.0
// Flags that people know from the benchmarks of other runtimes, as `rheo bench` takes them: one table says what each is
// called here, or why it has no counterpart.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <rheo/status.h>

namespace rheo::cli {

// The words behind `rheo bench`, with known flags of benchmark_app, onnxruntime_perf_test and trtexec replaced by ours.
// What is ours, or nobody's, stays for the parser. invalid_argument: a flag that means nothing here, with what to write
// instead; or two names of one flag.
Result<std::vector<std::string>> in_our_flags(std::span<const std::string> words);

// For help: which flags are understood, and as what.
std::string known_flags_text();

}  // namespace rheo::cli
