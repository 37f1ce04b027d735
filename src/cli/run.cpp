// SPDX-License-Identifier: Apache-2.0
// rheo run FILE --input [name=]x.npy ... --path NAME --output DIR: writes every output as .npy.
#include <filesystem>

#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "load/npy.h"
#include "observe/record_json.h"

namespace rheo::cli {

namespace {

struct RunFlags : EngineFlags {
  std::vector<std::string> inputs;
  std::string path;
  std::string output;
};

Status run_once(const RunFlags& flags) {
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(flags.model, load_options(flags)));
  RHEO_ASSIGN_OR_RETURN(const std::vector<LoadedInput> inputs, read_inputs(flags.inputs, engine));
  const std::vector<NamedInput> views = named(inputs);
  RunOptions options;
  options.path = flags.path;
  RHEO_ASSIGN_OR_RETURN(const Outcome outcome, engine.run(views, options));
  if (!flags.output.empty()) {
    std::error_code error;
    std::filesystem::create_directories(flags.output, error);
    if (error)
      return {StatusCode::io_error, "Cannot create the folder '" + flags.output + "': " + error.message() + "."};
    for (std::size_t i = 0; i < outcome.output_count(); ++i) {
      const std::string file = flags.output + "/" + engine.outputs()[i].name + ".npy";
      RHEO_RETURN_IF_ERROR(write_npy(file, outcome.output(i)));
      std::cerr << "wrote " << file << '\n';
    }
  }
  if (flags.json) {
    std::cout << record_to_json(outcome.record()) << '\n';
  } else {
    std::cout << explain(outcome.record(), engine.labels());
  }
  return {};
}

}  // namespace

void add_run(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("run", "Run a model on .npy inputs");
  auto flags = std::make_shared<RunFlags>();
  add_engine_flags(*command, *flags);
  command->add_option("--input", flags->inputs, "[name=]file.npy, once per input")->required();
  command->add_option("--path", flags->path, "Run just this path, e.g. final.f32");
  command->add_option("--output", flags->output, "Folder for the outputs, one .npy each");
  commands.emplace_back(command, [flags] { return run_once(*flags); });
}

}  // namespace rheo::cli
