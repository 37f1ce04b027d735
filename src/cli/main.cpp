// SPDX-License-Identifier: Apache-2.0
// The `rheo` command: one list of subcommands.
#include <algorithm>

#include "cli/command.h"
#include "cli/flag_names.h"
#include "cli/interrupt.h"
#include "cli/known_flags.h"

namespace {

constexpr int kFailed = 1;
constexpr int kMisused = 2;

constexpr const char* kFooter =
    "Results go to standard output, as JSON with --json. Progress, warnings and errors are text on standard error, "
    "with\n"
    "--json too. Exit code 0: what was asked was done; 1: it failed, and the message says why; 2: the command line is\n"
    "wrong.";

// What is wrong with a command line.
int misuse(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words) {
  std::string command = "rheo";
  std::string wrong = error.what();
  if (!app.get_subcommands().empty()) {
    command += " " + app.get_subcommands().front()->get_name();
  } else if (!words.empty()) {
    wrong = "there is no command '" + words.front() + "'";
  }
  std::cerr << "rheo: " << wrong << ".\nRun '" << command << " --help' for what it takes.\n";
  return kMisused;
}

// As a shell takes it: words with anything but letters, numbers and plain signs in quotes.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string line_of(const std::vector<std::string>& words) {
  std::string line = "rheo";
  for (const std::string& word : words) line += " " + quoted(word);
  return line;
}

// The words as the parser takes them: last first, flags of other benchmarks as ours.
rheo::Result<std::vector<std::string>> to_parse(std::vector<std::string> words) {
  if (!words.empty() && words.front() == "bench") {
    auto ours = rheo::cli::in_our_flags(words);
    if (!ours) return ours.status();
    words = *std::move(ours);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

int run(const std::vector<std::string>& words) {
  CLI::App app("Rheo: inference that gives each input just the compute it needs", "rheo");
  app.set_version_flag("--version", std::string(rheo::version()));
  app.require_subcommand(1);
  app.footer(kFooter);
  std::vector<std::pair<CLI::App*, rheo::cli::Action>> commands;
  rheo::cli::add_inspect(app, commands);
  rheo::cli::add_adapt(app, commands);
  rheo::cli::add_run(app, commands);
  rheo::cli::add_bench(app, commands, line_of(words));
  rheo::cli::add_explain(app, commands);
  rheo::cli::add_replay(app, commands);
  rheo::cli::add_verify(app, commands);
  auto reversed = to_parse(words);
  if (!reversed) {
    std::cerr << "rheo: " << reversed.status().message() << "\nRun 'rheo bench --help' for what it takes.\n";
    return kMisused;
  }
  try {
    app.parse(*std::move(reversed));
  } catch (const CLI::ParseError& error) {
    const bool no_error = error.get_exit_code() == 0;  // help or the version was asked for
    return no_error ? app.exit(error) : misuse(app, error, words);
  }
  rheo::cli::watch_interrupts();
  for (const auto& [command, action] : commands) {
    if (!command->parsed()) continue;
    const rheo::Status status = action();
    if (status.ok()) return 0;
    std::cerr << "rheo: " << rheo::cli::with_flags(status.to_string()) << '\n';
    return kFailed;
  }
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  } catch (const std::exception& error) {  // memory ran out, say
    std::cerr << "rheo: " << error.what() << '\n';
    return kFailed;
  }
}
