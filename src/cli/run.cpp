// SPDX-License-Identifier: Apache-2.0
// rheo run FILE --input [name=]x.npy ... --path NAME --output DIR: writes every output as .npy and tells of every item.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/paths.h"
#include "load/npy.h"

namespace rheo::cli {

namespace {

struct RunFlags : EngineFlags {
  std::vector<std::string> inputs;
  std::string path;
  std::string output;
  std::string record;
};

// Names come from the model and may hold anything, "../x" too. What no file name needs becomes '_', and a number parts
// names that are alike then.
std::string file_name(const std::string& output, std::set<std::string>& taken) {
  std::string plain = output;
  for (char& c : plain) {
    const bool keeps =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!keeps) c = '_';
  }
  if (plain.starts_with('.')) plain.front() = '_';
  constexpr std::size_t kLongest = 200;  // characters, so that a number and the ending still fit
  plain.resize(std::min(plain.size(), kLongest));
  std::string unique = plain;
  for (int number = 2; !taken.insert(unique).second; ++number) unique = plain + "_" + std::to_string(number);
  return unique;
}

Status write_outputs(const Engine& engine, const Outcome& outcome, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return {StatusCode::io_error, "Cannot create the folder '" + folder + "': " + error.message() + "."};
  std::set<std::string> taken;
  for (std::size_t i = 0; i < outcome.output_count(); ++i) {
    const std::string& name = engine.outputs()[i].name;
    if (outcome.output(i).data() == nullptr) {
      std::cerr << "not written: " << outcome.output(name).status().message() << '\n';
      continue;
    }
    const std::string file = folder + "/" + file_name(name, taken) + ".npy";
    RHEO_RETURN_IF_ERROR(write_npy(file, outcome.output(i)));
    std::cerr << "wrote " << file << '\n';
  }
  return {};
}

// One JSON line, or one story, for each item.
void print(const RunFlags& flags, const Engine& engine, const std::vector<RunRecord>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (flags.json) {
      std::cout << to_json(records[i]) << '\n';
      continue;
    }
    if (records.size() > 1) std::cout << (i > 0 ? "\n" : "") << "Item " << i << '\n';
    std::cout << explain(records[i], engine.labels());
  }
}

Status run_once(const RunFlags& flags) {
  std::optional<RecordWriter> writer;
  if (!flags.record.empty()) {
    RHEO_ASSIGN_OR_RETURN(writer, RecordWriter::open(flags.record));
  }
  std::vector<RunRecord> records;
  RHEO_ASSIGN_OR_RETURN(LoadOptions load, load_options(flags));
  load.on_record = [&records](const RunRecord& record) { records.push_back(record); };
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(flags.model, load));
  RHEO_ASSIGN_OR_RETURN(const std::vector<LoadedInput> inputs, read_inputs(flags.inputs, engine));
  const std::vector<NamedInput> views = named(inputs);
  RunOptions options;
  RHEO_ASSIGN_OR_RETURN(const std::string path, asked_path(engine.ladder(), flags.path, flags.precisions));
  options.path = path;
  options.stop = interrupt_token();
  const Result<Outcome> outcome = engine.run(views, options);
  for (const RunRecord& record : records) {  // of a request that failed, too
    if (writer) RHEO_RETURN_IF_ERROR(writer->write(record));
  }
  if (!outcome) return outcome.status();
  if (!flags.output.empty()) RHEO_RETURN_IF_ERROR(write_outputs(engine, *outcome, flags.output));
  print(flags, engine, records);
  return {};
}

}  // namespace

void add_run(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("run", "Run a model on .npy inputs; every item of a batch takes its own path");
  auto flags = std::make_shared<RunFlags>();
  add_engine_flags(*command, *flags);
  command->add_option("--input", flags->inputs, "[name=]file.npy [batch, ...], once per input")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--path", flags->path, "Run just this path, e.g. final.f32");
  add_precision_flag(*command, flags->precisions, kPrecisionRuns);
  command->add_option("--output", flags->output, "Folder for the outputs, one .npy each");
  command->add_option("--record", flags->record, "Append the record of every item to this file, one JSON line each");
  commands.emplace_back(command, [flags] { return run_once(*flags); });
}

}  // namespace rheo::cli
