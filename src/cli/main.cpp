// SPDX-License-Identifier: Apache-2.0
// The `rheo` command: one list of subcommands.
#include "cli/command.h"
#include "cli/interrupt.h"

namespace {

constexpr int kFailed = 1;
constexpr int kMisused = 2;

constexpr const char* kFooter =
    "Results go to standard output, as JSON with --json. Progress, warnings and errors are text on standard error, "
    "with\n"
    "--json too. Exit code 0: what was asked was done; 1: it failed, and the message says why; 2: the command line is\n"
    "wrong.";

// What is wrong with a command line, `first` being its first word.
int misuse(const CLI::App& app, const CLI::ParseError& error, const char* first) {
  std::string command = "rheo";
  std::string wrong = error.what();
  if (!app.get_subcommands().empty()) {
    command += " " + app.get_subcommands().front()->get_name();
  } else if (first != nullptr) {
    wrong = "there is no command '" + std::string(first) + "'";
  }
  std::cerr << "rheo: " << wrong << ".\nRun '" << command << " --help' for what it takes.\n";
  return kMisused;
}

int run(int argc, char** argv) {
  CLI::App app("Rheo: inference that gives each input just the compute it needs", "rheo");
  app.set_version_flag("--version", std::string(rheo::version()));
  app.require_subcommand(1);
  app.footer(kFooter);
  std::vector<std::pair<CLI::App*, rheo::cli::Action>> commands;
  rheo::cli::add_inspect(app, commands);
  rheo::cli::add_adapt(app, commands);
  rheo::cli::add_run(app, commands);
  rheo::cli::add_bench(app, commands);
  rheo::cli::add_explain(app, commands);
  rheo::cli::add_replay(app, commands);
  rheo::cli::add_verify(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool no_error = error.get_exit_code() == 0;  // help or the version was asked for
    return no_error ? app.exit(error) : misuse(app, error, argc > 1 ? argv[1] : nullptr);
  }
  rheo::cli::watch_interrupts();
  for (const auto& [command, action] : commands) {
    if (!command->parsed()) continue;
    const rheo::Status status = action();
    if (status.ok()) return 0;
    std::cerr << "rheo: " << status.to_string() << '\n';
    return kFailed;
  }
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // memory ran out, say
    std::cerr << "rheo: " << error.what() << '\n';
    return kFailed;
  }
}
