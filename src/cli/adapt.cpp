// SPDX-License-Identifier: Apache-2.0
// rheo adapt MODEL --data ... -o model.rheo: the one command from a trained model to a certified package.
#include <fmt/core.h>

#include "base/try.h"
#include "cli/command.h"
#include "cli/interrupt.h"

namespace rheo::cli {

namespace {

struct AdaptFlags {
  std::vector<std::string> models;  // smallest first
  std::string data;
  std::string labels;
  std::string output;
  std::string policy = "tradeoff";
  std::vector<std::string> precisions;
  std::vector<std::string> resolutions;
  AdaptOptions options;
  FileFlags file;
  bool plain_estimator = false;
  bool json = false;
};

Status run_adapt(AdaptFlags& flags) {
  const std::map<std::string, PolicyKind> kinds = {
      {"fixed", PolicyKind::fixed}, {"thresholds", PolicyKind::thresholds}, {"tradeoff", PolicyKind::tradeoff}};
  const auto kind = kinds.find(flags.policy);
  if (kind == kinds.end()) {
    return {StatusCode::invalid_argument, "Unknown policy '" + flags.policy + "'; use fixed, thresholds or tradeoff."};
  }
  RHEO_ASSIGN_OR_RETURN(flags.options.model, model_options(flags.file));
  flags.options.policy = kind->second;
  flags.options.use_estimator = !flags.plain_estimator;
  flags.options.stop = interrupt_token();
  for (const std::string& name : flags.precisions) {
    RHEO_ASSIGN_OR_RETURN(const Precision precision, precision_from_name(name));
    flags.options.precisions.push_back(precision);
  }
  for (const std::string& text : flags.resolutions) {
    if (!flags.options.resolutions) flags.options.resolutions.emplace();
    if (text == "own") continue;
    RHEO_ASSIGN_OR_RETURN(const Resolution resolution, resolution_from_text(text));
    flags.options.resolutions->push_back(resolution);
  }
  flags.options.smaller_models.assign(flags.models.begin(), flags.models.end() - 1);
  bool line_open = false;  // progress stands on a line that has no end yet
  flags.options.progress = [&line_open](std::string_view stage, double done) {
    line_open = true;
    std::cerr << fmt::format("\r{:<24}{:3.0f} %", stage, done * 100) << std::flush;
  };
  const Result<AdaptReport> report = adapt(flags.models.back(), flags.data, flags.labels, flags.output, flags.options);
  if (line_open) std::cerr << '\n';
  if (!report) return report.status();
  std::cout << (flags.json ? report->to_json() : report->to_string()) << '\n';
  return {};
}

}  // namespace

void add_adapt(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("adapt", "Turn a trained model and unlabelled data into a certified package");
  auto flags = std::make_shared<AdaptFlags>();
  AdaptOptions& options = flags->options;
  command
      ->add_option(
          "model", flags->models,
          ".onnx, .pt2, TorchScript .pt or .rheo; after smaller models that answer the same question: a cascade")
      ->required();
  command->add_option("--data", flags->data, "IDX file, folder of images, or .npy")->required();
  command->add_option("--labels", flags->labels, "IDX or .npy file with one class index per input");
  command->add_option("-o,--output", flags->output, "The package to write")->required();
  const CLI::Option* disagreement = command->add_option(
      "--max-disagreement", options.max_disagreement,
      "Largest share of answers that may differ from the reference path; 0.01 when nothing is asked");
  const CLI::Option* drop =
      command->add_option("--max-accuracy-drop", options.max_accuracy_drop,
                          "Largest loss of accuracy, a share; needs labels. Alone it is all that is promised, with "
                          "--max-disagreement both are");
  command->add_option("--confidence", options.confidence, "Probability that the promise holds");
  command->add_option("--policy", flags->policy, "fixed, thresholds or tradeoff");
  command->add_option("--precisions", flags->precisions, "f32, bf16, int8, mixed")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--resolutions", flags->resolutions,
                   "Sizes of smaller pictures to compute on, 160 or 160x120; own: none. Chosen when nothing is asked")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--policies", options.policies, "Length of the frozen list of policies");
  command->add_flag("--no-estimator", flags->plain_estimator, "Take evidence at its word instead of calibrating it");
  command->add_option("--ledger", options.ledger, "File that counts the reads of the certification half");
  command->add_option("--seed", options.seed, "Seed of the split");
  add_file_flags(*command, flags->file);
  add_picture_flags(*command, flags->file);
  command->add_option("--max-isa", options.max_isa, "Cap of the instruction set");
  command->add_flag("--json", flags->json, "Machine-readable output");
  commands.emplace_back(command, [flags, disagreement, drop] {
    if (drop->count() > 0 && disagreement->count() == 0) flags->options.max_disagreement = -1;
    return run_adapt(*flags);
  });
}

}  // namespace rheo::cli
