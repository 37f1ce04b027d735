// SPDX-License-Identifier: Apache-2.0
// rheo verify FILE: re-runs the package's self-test inputs on every path of this host.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "adapt/verify.h"
#include "base/try.h"
#include "cli/command.h"

namespace rheo::cli {

void add_verify(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("verify", "Re-run the self-test inputs of a package on every path");
  auto flags = std::make_shared<EngineFlags>();
  add_engine_flags(*command, *flags);
  commands.emplace_back(command, [flags]() -> Status {
    RHEO_ASSIGN_OR_RETURN(const std::vector<PathCheck> checks, verify_package(flags->model, flags->max_isa));
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    int failed = 0;
    for (const PathCheck& check : checks) {
      failed += check.passed ? 0 : 1;
      list.push_back({{"path", check.path},
                      {"passed", check.passed},
                      {"inputs", check.inputs},
                      {"answers_equal", check.answers_equal},
                      {"largest_error", check.largest_error}});
      if (flags->json) continue;
      std::cout << fmt::format(
          "{:<6} {:<16} {} of {} answers as the reference, largest difference {:.3g} of the largest logit\n",
          check.passed ? "ok" : "FAILED", check.path, check.answers_equal, check.inputs, check.largest_error);
    }
    if (flags->json) std::cout << list.dump(2) << '\n';
    if (failed == 0) return {};
    return {
        StatusCode::internal,
        fmt::format(
            "{} of {} paths failed the self-test on this host; do not use this package here, run 'rheo adapt' again.",
            failed, checks.size())};
  });
}

}  // namespace rheo::cli
