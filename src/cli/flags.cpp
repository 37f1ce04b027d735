// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

namespace rheo::cli {

void add_model_flags(CLI::App& command, EngineFlags& flags) {
  command.add_option("model,-m,--model", flags.model, "A .rheo package, or a TorchScript .pt file")->required();
  command.add_option("--plugin-dir", flags.plugin_dir, "Folder with the importer plugins");
  command.add_option("--max-isa", flags.max_isa, "Cap of the instruction set: portable, avx2, avx512, ...");
  command.add_flag("--allow-uncertified", flags.allow_uncertified,
                   "Run an adaptive policy without a valid certificate");
  command.add_flag("--json", flags.json, "Machine-readable output");
}

void add_engine_flags(CLI::App& command, EngineFlags& flags) {
  add_model_flags(command, flags);
  command.add_option("--threads", flags.threads, "Threads per request")->check(CLI::PositiveNumber);
}

LoadOptions load_options(const EngineFlags& flags) {
  LoadOptions options;
  options.plugin_dir = flags.plugin_dir;
  options.max_isa = flags.max_isa;
  options.threads = flags.threads;
  options.allow_uncertified = flags.allow_uncertified;
  options.log = stderr_log();
  return options;
}

LogSink stderr_log() {
  return [](Severity severity, std::string_view message) {
    if (severity >= Severity::warning) std::cerr << "rheo: " << message << '\n';
  };
}

}  // namespace rheo::cli
