// SPDX-License-Identifier: Apache-2.0
// rheo explain FILE --input x.npy: what was decided for one input and why.
#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/paths.h"

namespace rheo::cli {

void add_explain(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  struct ExplainFlags : EngineFlags {
    std::vector<std::string> inputs;
    std::string path;
  };
  CLI::App* command = app.add_subcommand("explain", "Say for one input what was decided and why");
  auto flags = std::make_shared<ExplainFlags>();
  add_engine_flags(*command, *flags);
  command->add_option("--input", flags->inputs, "[name=]file.npy, once per input")->required()->allow_extra_args(false);
  command->add_option("--path", flags->path, "Run just this path, e.g. final.f32");
  add_precision_flag(*command, flags->precisions, kPrecisionRuns);
  commands.emplace_back(command, [flags]() -> Status {
    RHEO_ASSIGN_OR_RETURN(const LoadOptions options, load_options(*flags));
    RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(flags->model, options));
    RHEO_ASSIGN_OR_RETURN(const std::vector<LoadedInput> inputs, read_inputs(flags->inputs, engine));
    RHEO_ASSIGN_OR_RETURN(const std::string path, asked_path(engine.ladder(), flags->path, flags->precisions));
    RHEO_ASSIGN_OR_RETURN(const Outcome outcome, engine.run(named(inputs), {.stop = interrupt_token(), .path = path}));
    std::cout << (flags->json ? to_json(outcome.record()) + "\n" : explain(outcome.record(), engine.labels()));
    return {};
  });
}

}  // namespace rheo::cli
