// SPDX-License-Identifier: Apache-2.0
// rheo replay FILE TRACE --policy NAME ...: decides recorded requests again, offline, and says what came of it.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "adapt/open_model.h"
#include "base/try.h"
#include "cli/command.h"
#include "estimate/json.h"
#include "load/file.h"
#include "load/model_format.h"
#include "load/plain_ladder.h"
#include "observe/replay.h"
#include "observe/trace.h"
#include "policy/json.h"

namespace rheo::cli {

namespace {

struct ReplayFlags {
  std::string model;
  std::string trace;
  FileFlags file;
  std::vector<std::string> precisions;
  std::vector<std::string> policies;
  bool json = false;
};

using Json = nlohmann::ordered_json;
using PolicyPointer = std::shared_ptr<const Policy>;

// The package's policy; the reference path where it has none, as in an engine.
Result<PolicyPointer> packaged_policy(const Package& package) {
  if (package.policy.empty()) return make_fixed_policy(package.ladder.reference());
  return policy_from_json(package.policy, package.ladder);
}

Result<PolicyPointer> policy_in_file(const std::string& file, const Ladder& ladder) {
  std::string text;
  if (file.ends_with(".rheo")) {
    RHEO_ASSIGN_OR_RETURN(const Package package, read_package(file));
    text = package.policy;
  } else {
    RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file, LoadLimits().text_bytes));
    text.assign(reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size());
  }
  Result<PolicyPointer> policy = policy_from_json(text, ladder);
  if (!policy) return policy.status().with_context(file);
  return policy;
}

Result<PolicyPointer> policy_named(const std::string& name, const Package& package) {
  constexpr std::string_view kFixed = "fixed:";
  if (name.starts_with(kFixed)) {
    RHEO_ASSIGN_OR_RETURN(const PathId path, package.ladder.find(name.substr(kFixed.size())));
    return make_fixed_policy(path);
  }
  if (name.ends_with(".json") || name.ends_with(".rheo")) return policy_in_file(name, package.ladder);
  if (name != "thresholds" && name != "tradeoff") {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("Unknown policy '{}'; use thresholds, tradeoff, fixed:PATH, FILE.json or FILE.rheo.", name));
  }
  RHEO_ASSIGN_OR_RETURN(PolicyPointer packaged, packaged_policy(package));
  if (packaged->name() == name) return packaged;
  return Status(StatusCode::not_found,
                fmt::format("The package holds a policy of the kind {}, not {}; tune one with 'rheo adapt --policy {}' "
                            "and name the file it writes.",
                            packaged->name(), name, name));
}

// One policy and what it did.
struct Trial {
  std::string name;
  PolicyPointer policy;
  ReplayBy by;
  Replayer replayer;
};

double mean(double sum, std::int64_t count) { return count > 0 ? sum / static_cast<double>(count) : 0; }

// Whether the ladder knows what its paths cost, beyond their order.
bool knows_costs(const Ladder& ladder) { return is_measured(ladder.profile(ladder.reference())); }

Json to_json(const Trial& trial, const Ladder& ladder) {
  const ReplayReport& report = trial.replayer.report();
  const bool costs = knows_costs(ladder);
  Json paths = Json::array();
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    paths.push_back({{"path", ladder.name(PathId{static_cast<std::uint8_t>(i)})},
                     {"answered", report.answered_by[i]},
                     {"missing", report.missing_at[i]}});
  }
  return {{"policy", trial.name},
          {"records", report.records},
          {"cut_short", report.cut_short},
          {"other_minds", report.other_minds},
          {"answered", report.answered},
          {"missing", report.missing},
          {"failed", report.failed},
          {"reproduced", report.reproduced},
          {"compared", report.compared},
          {"differing", report.differing},
          {"expected_us", costs ? Json(mean(report.expected_us, report.answered)) : Json()},
          {"recorded_us", costs ? Json(mean(report.recorded_us, report.answered)) : Json()},
          {"paths", paths}};
}

void print_text(const Trial& trial, const Ladder& ladder) {
  const ReplayReport& report = trial.replayer.report();
  std::cout << fmt::format("\n{}: {} of {} records answered, {} of them decided exactly as recorded\n", trial.name,
                           report.answered, report.records, report.reproduced);
  if (report.cut_short > 0) {
    std::cout << fmt::format("  {} not replayed: cut short by a deadline, a stop or a failure\n", report.cut_short);
  }
  if (report.other_minds > 0) {
    std::cout << fmt::format("  {} not replayed: another policy or estimator than the package's decided them\n",
                             report.other_minds);
  }
  if (report.failed > 0) std::cout << fmt::format("  {} failed: no usable answer was left\n", report.failed);
  if (report.missing > 0) {
    std::cout << fmt::format("  {} not answered: a step was wanted that was never recorded\n", report.missing);
  }
  std::cout << fmt::format("  {} of {} answers differ from the recorded ones\n", report.differing, report.compared);
  if (knows_costs(ladder)) {
    std::cout << fmt::format("  mean expected cost {:.1f} us, of the recorded steps {:.1f} us\n",
                             mean(report.expected_us, report.answered), mean(report.recorded_us, report.answered));
  }
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    if (report.answered_by[i] == 0 && report.missing_at[i] == 0) continue;
    std::cout << fmt::format("  {:<16} answered {:>8} ({:5.1f} %), missing {:>8}\n",
                             ladder.name(PathId{static_cast<std::uint8_t>(i)}), report.answered_by[i],
                             100 * mean(static_cast<double>(report.answered_by[i]), report.answered),
                             report.missing_at[i]);
  }
}

Result<std::vector<Trial>> trials(const ReplayFlags& flags, const Package& package, const Estimator& estimator) {
  std::vector<Trial> list;
  const auto add = [&](std::string name, PolicyPointer policy, ReplayBy by) {
    const Policy& borrowed = *policy;
    list.push_back({std::move(name), std::move(policy), by, Replayer(package.ladder, estimator, borrowed, by)});
  };
  if (flags.policies.empty()) {
    RHEO_ASSIGN_OR_RETURN(PolicyPointer policy, packaged_policy(package));
    add("as recorded", std::move(policy), ReplayBy::recorded);
  }
  for (const std::string& name : flags.policies) {
    RHEO_ASSIGN_OR_RETURN(PolicyPointer policy, policy_named(name, package));
    add(name, std::move(policy), ReplayBy::given);
  }
  return list;
}

// A record of another model may be one of the same file, read in another way.
Status with_advice(const Status& status, const ReplayFlags& flags) {
  const Result<ModelFormat> format = format_of_file(flags.model);
  if (status.code() != StatusCode::invalid_argument || !format || *format == ModelFormat::package) return status;
  return {
      status.code(),
      status.message() +
          " A model file counts as the same model when --precision, --dim, --input-shape, --bind, --fixed-batch and "
          "--weights are those of the command that wrote the records. What 'bench' measures in int8 of a model that "
          "is not quantised, or with --random-weights, exists in that run alone."};
}

Status run_replay(const ReplayFlags& flags) {
  RHEO_ASSIGN_OR_RETURN(const ModelOptions options, model_options(flags.file));
  RHEO_ASSIGN_OR_RETURN(const std::vector<Precision> precisions, precisions_of(flags.precisions));
  RHEO_ASSIGN_OR_RETURN(const Package package, open_model(flags.model, options, stderr_log(), precisions));
  std::shared_ptr<const Estimator> estimator = make_plain_estimator();
  if (!package.estimator.empty()) {
    RHEO_ASSIGN_OR_RETURN(estimator, estimator_from_json(package.estimator, package.ladder));
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<Trial> list, trials(flags, package, *estimator));
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(flags.trace));
  const std::string_view text(reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size());
  TraceReader reader(text, std::make_shared<const Ladder>(package.ladder), package.model_hash);
  while (!reader.at_end()) {
    const Result<RunRecord> record = reader.next();
    if (!record) return with_advice(record.status(), flags).with_context(flags.trace);
    for (Trial& trial : list) trial.replayer.add(*record);
  }
  if (flags.json) {
    Json rows = Json::array();
    for (const Trial& trial : list) rows.push_back(to_json(trial, package.ladder));
    std::cout << Json({{"model", package.model_hash}, {"policies", rows}}).dump(2) << '\n';
    return {};
  }
  std::cout << flags.trace << ", of model " << package.model_hash << '\n';
  for (const Trial& trial : list) print_text(trial, package.ladder);
  return {};
}

}  // namespace

void add_replay(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("replay", "Decide recorded requests again, by the same policy or another one");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("model", flags->model, "The .rheo package or the model file that served the requests")
      ->required();
  command->add_option("trace", flags->trace, "Records, one JSON line each, as --record writes them")->required();
  command
      ->add_option("--policy", flags->policies,
                   "thresholds or tradeoff (the package's own), fixed:PATH, FILE.json (a policy's text) or FILE.rheo "
                   "(that package's policy); may be given several times. Without it: whatever decided then")
      ->allow_extra_args(false);
  add_file_flags(*command, flags->file);
  add_precision_flag(*command, flags->precisions,
                     "As the command that wrote the records had it, for a model that was never adapted");
  command->add_flag("--json", flags->json, "Machine-readable output");
  commands.emplace_back(command, [flags] { return run_replay(*flags); });
}

}  // namespace rheo::cli
