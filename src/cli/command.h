// SPDX-License-Identifier: Apache-2.0
// One subcommand of `rheo`: declares its options, and runs. Results go to standard output, progress and errors to
// standard error, and the exit code is 0 only when what was asked was done.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
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
// `line` is the command line as it was given; results name it.
void add_bench(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands, const std::string& line);
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
// How stored pictures become the input: for commands that read them.
void add_picture_flags(CLI::App& command, FileFlags& flags);
// For a model of one size. invalid_argument names a text that is not NAME=NUMBER.
Result<ModelOptions> model_options(const FileFlags& flags);

// Options that every command with an engine shares.
struct EngineFlags {
  std::string model;
  FileFlags file;
  std::string mask;
  std::string max_isa;
  std::vector<std::string> precisions;
  int threads = 1;
  bool allow_uncertified = false;
  bool json = false;
};
void add_model_flags(CLI::App& command, EngineFlags& flags);   // all but --threads and --precision
void add_engine_flags(CLI::App& command, EngineFlags& flags);  // all but --precision
// --precision, which `purpose` explains.
void add_precision_flag(CLI::App& command, std::vector<std::string>& precisions, const std::string& purpose);
// Its purpose where one request is run.
inline constexpr const char* kPrecisionRuns =
    "Run just the path to the last exit in f32, bf16, int8 or mixed; a model that was never adapted gets it";
Result<LoadOptions> load_options(const EngineFlags& flags);
Result<std::vector<Precision>> precisions_of(const std::vector<std::string>& names);

// Checks of numbers, each element of a list. What fails is told with the smallest number there may be.
CLI::Validator whole_from(std::int64_t least);
CLI::Validator above_zero();

// Warnings of the library, on standard error.
LogSink stderr_log();

}  // namespace rheo::cli
