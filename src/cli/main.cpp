// SPDX-License-Identifier: Apache-2.0
// The `rheo` command: one list of subcommands.
#include <csignal>

#include "cli/command.h"
#include "cli/interrupt.h"

int main(int argc, char** argv) {
  CLI::App app("Rheo: inference that gives each input just the compute it needs");
  app.set_version_flag("--version", std::string(rheo::version()));
  app.require_subcommand(1);
  std::vector<std::pair<CLI::App*, rheo::cli::Action>> commands;
  rheo::cli::add_inspect(app, commands);
  rheo::cli::add_adapt(app, commands);
  rheo::cli::add_run(app, commands);
  rheo::cli::add_bench(app, commands);
  rheo::cli::add_explain(app, commands);
  rheo::cli::add_verify(app, commands);
  CLI11_PARSE(app, argc, argv);
  rheo::cli::watch_interrupts();
  for (const auto& [command, action] : commands) {
    if (!command->parsed()) continue;
    const rheo::Status status = action();
    if (status.ok()) return 0;
    std::cerr << "rheo: " << status.to_string() << '\n';
    return 1;
  }
  return 1;
}
