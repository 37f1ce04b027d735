// SPDX-License-Identifier: Apache-2.0
// One subcommand of `rheo`: declares its options, and runs. Results go to standard output, progress and errors to
// standard error, and the exit code is 0 only when what was asked was done.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <rheo/rheo.h>

namespace rheo::cli {

// Adds a subcommand to `app`. The returned function is called when it was chosen.
using Action = std::function<Status()>;

void add_inspect(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_run(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_explain(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_adapt(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_bench(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_replay(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);
void add_verify(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands);

// What the file of another framework leaves open, as text.
struct FileFlags {
  ModelOptions options;
  std::vector<std::string> dimensions;  // "sequence=128"; "sequence=32,64,128" where an engine takes several sizes
  std::vector<std::string> shapes;      // "input=1,576"; "?" leaves the batch open
  std::vector<std::string> bound;       // "sr=16000"
};
void add_file_flags(CLI::App& command, FileFlags& flags);
// For a model of one size. invalid_argument names a text that is not NAME=NUMBER.
Result<ModelOptions> model_options(const FileFlags& flags);

// Options that every command with an engine shares.
struct EngineFlags {
  std::string model;
  FileFlags file;
  std::string mask;
  std::string max_isa;
  int threads = 1;
  bool allow_uncertified = false;
  bool json = false;
};
void add_model_flags(CLI::App& command, EngineFlags& flags);   // all but --threads
void add_engine_flags(CLI::App& command, EngineFlags& flags);  // all
Result<LoadOptions> load_options(const EngineFlags& flags);

// Warnings of the library, on standard error.
LogSink stderr_log();

}  // namespace rheo::cli
