// SPDX-License-Identifier: Apache-2.0
// rheo verify FILE: re-runs the package's self-test inputs on every path of this host. When all pass, this kind of host
// is written into the package, and its certificate counts here from then on.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "adapt/verify.h"
#include "base/try.h"
#include "cli/command.h"

namespace rheo::cli {

namespace {

struct VerifyFlags {
  std::string model;
  std::string max_isa;
  bool check_only = false;
  bool json = false;
};

nlohmann::ordered_json verification_json(const Verification& verification) {
  nlohmann::ordered_json paths = nlohmann::ordered_json::array();
  for (const PathCheck& check : verification.paths) {
    paths.push_back({{"path", check.path},
                     {"passed", check.passed},
                     {"inputs", check.inputs},
                     {"answers_equal", check.answers_equal},
                     {"largest_error", check.largest_error},
                     {"largest_change", check.largest_change}});
  }
  return {{"isa", verification.host.isa},    {"library_versions", verification.host.library_versions},
          {"passed", verification.passed()}, {"listed", verification.known},
          {"written", verification.written}, {"paths", std::move(paths)}};
}

void print_text(const Verification& verification, const std::string& file) {
  for (const PathCheck& check : verification.paths) {
    std::cout << fmt::format(
        "{:<6} {:<16} {} of {} answers as where it was made; largest difference {:.3g} of the largest logit from "
        "there, "
        "{:.3g} from the reference kernels\n",
        check.passed ? "ok" : "FAILED", check.path, check.answers_equal, check.inputs, check.largest_change,
        check.largest_error);
  }
  const std::string host = fmt::format("{} with {}", verification.host.isa, verification.host.library_versions);
  if (!verification.passed()) {
    std::cout << "Nothing was written.\n";
  } else if (verification.written) {
    std::cout << fmt::format("Wrote {} into {}: its certificate counts here.\n", host, file);
  } else if (verification.known) {
    std::cout << fmt::format("{} is listed in {} already; nothing was written.\n", host, file);
  } else {
    std::cout << fmt::format("{} is not listed in {}; nothing was written. Leave out --check to add it.\n", host, file);
  }
}

Status run_verify(const VerifyFlags& flags) {
  RHEO_ASSIGN_OR_RETURN(
      const Verification verification,
      verify_package(flags.model, flags.max_isa, flags.check_only ? WhenVerified::only_say : WhenVerified::record));
  if (flags.json) {
    std::cout << verification_json(verification).dump(2) << '\n';
  } else {
    print_text(verification, flags.model);
  }
  if (verification.passed()) return {};
  return {StatusCode::not_certified,
          "Not every path passed the self-test on this host; do not use this package here, run 'rheo adapt' again."};
}

}  // namespace

void add_verify(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("verify",
                                         "Re-run the self-test inputs of a package on every path, and make "
                                         "its certificate count on this host when all pass");
  auto flags = std::make_shared<VerifyFlags>();
  command->add_option("model,-m,--model", flags->model, "A .rheo package")->required();
  command->add_option("--max-isa", flags->max_isa, "Cap of the instruction set: portable, avx2, avx512, ...");
  command->add_flag("--check", flags->check_only, "Only check; write nothing");
  command->add_flag("--json", flags->json, "Machine-readable output");
  commands.emplace_back(command, [flags] { return run_verify(*flags); });
}

}  // namespace rheo::cli
