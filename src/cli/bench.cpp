// SPDX-License-Identifier: Apache-2.0
// rheo bench MODEL: latency and throughput of the policy and of single paths, over every combination of the lists that
// are given, and what the single ops take. Known flags of other tools' benchmarks mean here what they mean there.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/cpu.h"
#include "base/try.h"
#include "cli/bench_inputs.h"
#include "cli/bench_model.h"
#include "cli/bench_report.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "load/file.h"
#include "observe/quiet.h"

namespace rheo::cli {

namespace {

constexpr std::int64_t kCalls = 200;         // where neither a number nor a duration is asked for
constexpr std::int64_t kProfiledCalls = 50;  // at most: a profile needs no tails

struct BenchFlags : EngineFlags {
  BenchInputFlags input;
  std::vector<std::string> devices = {"cpu"};
  std::vector<std::string> paths;
  std::vector<std::string> precisions;
  std::vector<std::string> policies;
  std::vector<int> batches = {1};
  std::vector<int> thread_counts = {1};
  std::vector<int> concurrency = {1};
  int warmup = 10;
  std::int64_t calls = 0;
  double duration_s = 0;
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9};
  std::string format = "table";
  std::string out;
  std::string record;
  std::string times;
  std::string trace;
  bool profile = false;
};

// What is measured in turns: all combinations that one engine serves.
struct Combination {
  std::string path;
  int batch = 1;
};

// What one sweep shares between its engines.
struct Sweep {
  const BenchFlags& flags;
  BenchModel model;
  BenchReport report;
  Profile profile;
  std::optional<RecordWriter> writer;
  std::vector<RunRecord> pending;  // told since the last counted request
  std::string times = "path,batch,threads,concurrency,us\n";
};

Result<std::string> path_of_precision(const Ladder& ladder, const std::string& name) {
  RHEO_ASSIGN_OR_RETURN(const Precision precision, precision_from_name(name));
  for (std::size_t i = ladder.size(); i-- > 0;) {  // the deepest exit of it comes last
    const PathId id{static_cast<std::uint8_t>(i)};
    Path wanted = ladder.path(ladder.reference());
    wanted.precision = precision;
    if (ladder.path(id).shares_plan(wanted) && ladder.path(id).exit_index == wanted.exit_index) {
      return std::string(ladder.name(id));
    }
  }
  return Status(StatusCode::not_found, "The model has no path in " + name +
                                           " to its last exit; 'rheo adapt' makes "
                                           "paths in other precisions.");
}

Result<std::vector<Combination>> combinations_of(const BenchFlags& flags, const Ladder& ladder) {
  std::vector<std::string> paths = flags.paths;
  for (const std::string& policy : flags.policies) {
    paths.push_back(policy == "off" ? std::string(ladder.name(ladder.reference())) : policy);
  }
  for (const std::string& precision : flags.precisions) {
    RHEO_ASSIGN_OR_RETURN(std::string path, path_of_precision(ladder, precision));
    paths.push_back(std::move(path));
  }
  if (paths.empty()) paths.emplace_back("auto");
  std::vector<Combination> all;
  for (const int batch : flags.batches) {
    for (const std::string& path : paths) {
      const bool known =
          std::any_of(all.begin(), all.end(), [&](const Combination& c) { return c.path == path && c.batch == batch; });
      if (!known) all.push_back({path, batch});
    }
  }
  return all;
}

Status run_one(const Engine& engine, const BenchInputs& inputs, const Combination& combination, std::int64_t number) {
  RunOptions options;
  options.stop = interrupt_token();
  if (combination.path != "auto") options.path = combination.path;
  return engine.run(inputs.batch(number, combination.batch), options).status();
}

std::vector<Call> calls_of(Sweep& sweep, const Engine& engine, const BenchInputs& inputs,
                           const std::vector<Combination>& combinations) {
  std::vector<Call> calls;
  calls.reserve(combinations.size());
  for (const Combination& combination : combinations) {
    calls.emplace_back([&sweep, &engine, &inputs, &combination](int caller, std::int64_t number) {
      Status status = run_one(engine, inputs, combination, number + caller);
      if (number < 0 && caller == 0 && sweep.writer) sweep.pending.clear();  // of a warm-up
      return status;
    });
  }
  return calls;
}

Status write_pending(Sweep& sweep) {
  for (const RunRecord& record : sweep.pending) RHEO_RETURN_IF_ERROR(sweep.writer->write(record));
  sweep.pending.clear();
  return {};
}

// Rows of one engine at one concurrency.
Status measure_engine(Sweep& sweep, const Engine& engine, const BenchInputs& inputs,
                      const std::vector<Combination>& combinations, int threads, int concurrency) {
  const BenchFlags& flags = sweep.flags;
  Pace pace;
  pace.warmup = flags.warmup;
  pace.calls = flags.calls == 0 && flags.duration_s == 0 ? kCalls : flags.calls;
  pace.duration_s = flags.duration_s;
  pace.callers = concurrency;
  pace.stop = interrupt_token();
  if (sweep.writer) pace.after = [&sweep](std::size_t) { return write_pending(sweep); };
  for (const int batch : flags.batches) RHEO_RETURN_IF_ERROR(engine.prepare(batch, concurrency));
  const std::vector<Call> calls = calls_of(sweep, engine, inputs, combinations);
  RHEO_ASSIGN_OR_RETURN(std::vector<Series> series, measure(calls, pace));
  for (std::size_t i = 0; i < combinations.size(); ++i) {
    BenchRow row;
    row.path = combinations[i].path;
    row.batch = combinations[i].batch;
    row.threads = threads;
    row.concurrency = concurrency;
    for (const double us : series[i].call_us) {
      if (flags.times.empty()) break;
      sweep.times += fmt::format("{},{},{},{},{:.3f}\n", row.path, row.batch, threads, concurrency, us);
    }
    summarise(std::move(series[i]), flags.percentiles, row);
    sweep.report.rows.push_back(std::move(row));
  }
  return {};
}

// Runs the combinations of the rows from `first_row` on again, on an engine that is watched, so that watching cannot be
// in anybody's latency.
Status profile_engine(Sweep& sweep, const LoadOptions& options, const BenchInputs& inputs, std::size_t first_row) {
  LoadOptions watched = options;
  watched.on_record = {};
  watched.log = {};
  watched.on_op = [&sweep](const OpTime& op) { sweep.profile.add(op); };
  RHEO_ASSIGN_OR_RETURN(const Engine engine, sweep.model.load(watched));
  for (std::size_t i = first_row; i < sweep.report.rows.size(); ++i) {
    BenchRow& row = sweep.report.rows[i];
    if (row.concurrency != sweep.flags.concurrency.front()) continue;  // ops do not depend on it
    const Combination combination{row.path, row.batch};
    sweep.profile.begin("warm-up of " + row.label());
    for (int number = 0; number < 3; ++number) {
      RHEO_RETURN_IF_ERROR(run_one(engine, inputs, combination, number));
    }
    sweep.profile.begin(row.label());
    for (std::int64_t number = 0; number < std::min(row.requests, kProfiledCalls); ++number) {
      RHEO_RETURN_IF_ERROR(run_one(engine, inputs, combination, number));
    }
    row.ops = sweep.profile.rows(row.label());
  }
  return {};
}

std::string first_line(const std::string& file, const std::string& after) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(after)) continue;
    const std::size_t start = after.empty() ? 0 : std::min(line.size(), line.find(": ") + 2);
    return line.substr(start);
  }
  return "unknown";
}

// Model and machine, once; one request tells what they are.
Status note_facts(Sweep& sweep, const Engine& engine, const BenchInputs& inputs) {
  RHEO_ASSIGN_OR_RETURN(const Outcome outcome, engine.run(inputs.batch(0, sweep.flags.batches.front())));
  sweep.pending.clear();
  sweep.report.facts = {{"rheo", std::string(version())},
                        {"model", sweep.flags.model},
                        {"model_hash", std::string(outcome.record().model)},
                        {"cpu", first_line("/proc/cpuinfo", "model name")},
                        {"isa", std::string(outcome.record().isa)},
                        {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "")},
                        {"usable_threads", std::to_string(usable_threads())}};
  return {};
}

Status sweep_threads(Sweep& sweep, int threads) {
  const BenchFlags& flags = sweep.flags;
  RHEO_ASSIGN_OR_RETURN(LoadOptions options, load_options(flags));
  options.batches = flags.batches;
  options.threads = threads;
  if (!sweep.report.facts.empty()) options.log = {};  // the first engine has said it
  if (sweep.writer) options.on_record = [&sweep](const RunRecord& record) { sweep.pending.push_back(record); };
  RHEO_ASSIGN_OR_RETURN(const Engine engine, sweep.model.load(options));
  const int largest = *std::max_element(flags.batches.begin(), flags.batches.end());
  RHEO_ASSIGN_OR_RETURN(const BenchInputs inputs, BenchInputs::make(flags.input, engine, largest));
  RHEO_ASSIGN_OR_RETURN(const std::vector<Combination> combinations, combinations_of(flags, engine.ladder()));
  if (sweep.report.facts.empty()) RHEO_RETURN_IF_ERROR(note_facts(sweep, engine, inputs));
  const std::size_t first_row = sweep.report.rows.size();
  for (const int concurrency : flags.concurrency) {
    RHEO_RETURN_IF_ERROR(measure_engine(sweep, engine, inputs, combinations, threads, concurrency));
  }
  return flags.profile ? profile_engine(sweep, options, inputs, first_row) : Status();
}

Status write_text(const std::string& file, const std::string& text) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  return write_file_atomically(file, {{bytes}});
}

Status run_bench(BenchFlags flags) {
  if (flags.json) flags.format = "json";
  if (!flags.trace.empty()) flags.profile = true;
  if (!flags.record.empty() && flags.concurrency != std::vector<int>{1}) {
    return {StatusCode::invalid_argument, "--record keeps the records of one caller; leave --concurrency at 1."};
  }
  Sweep sweep{.flags = flags,
              .model = BenchModel(flags.model, flags.precisions, flags.input),
              .report = {},
              .profile = {},
              .writer = {},
              .pending = {}};
  sweep.report.percentiles = flags.percentiles;
  if (!flags.record.empty()) {
    RHEO_ASSIGN_OR_RETURN(sweep.writer, RecordWriter::open(flags.record));
  }
  FastestLoop fastest;
  QuietWatch watch(fastest);
  for (const int threads : flags.thread_counts) RHEO_RETURN_IF_ERROR(sweep_threads(sweep, threads));
  if (!sweep.model.note().empty()) sweep.report.facts.emplace_back("int8", sweep.model.note());
  sweep.report.facts.emplace_back("machine", watch.verdict().to_string());
  if (!flags.times.empty()) RHEO_RETURN_IF_ERROR(write_text(flags.times, sweep.times));
  if (!flags.trace.empty()) RHEO_RETURN_IF_ERROR(write_text(flags.trace, sweep.profile.chrome_trace()));
  RHEO_ASSIGN_OR_RETURN(const std::string text, render(sweep.report, flags.format));
  if (!flags.out.empty()) return write_text(flags.out, text);
  std::cout << text;
  return {};
}

void add_what(CLI::App& command, BenchFlags& flags) {
  command.add_option("-d,--device", flags.devices, "Devices")->delimiter(',')->check(CLI::IsMember({"cpu"}));
  command.add_option("--path", flags.paths, "Paths by name; auto is the policy")->delimiter(',');
  command.add_option("--precision,--infer_precision", flags.precisions, "Paths to the last exit: f32,bf16,int8,mixed")
      ->delimiter(',');
  command.add_option("--policy", flags.policies, "auto: the model's policy; off: its reference path")
      ->delimiter(',')
      ->check(CLI::IsMember({"auto", "off"}));
  command.add_option("-b,--batch", flags.batches, "Batch sizes")->delimiter(',')->check(CLI::PositiveNumber);
  command.add_option("--threads,--nthreads", flags.thread_counts, "Threads per request")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command.add_option("-c,--concurrency,--nireq", flags.concurrency, "Requests at once, each from a thread of its own")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
}

void add_inputs(CLI::App& command, BenchInputFlags& flags) {
  command.add_option("--data,--input", flags.files, "[name=]file.npy [items, ...], once per input; random without")
      ->allow_extra_args(false);
  command.add_option("--shape", flags.shapes, "[name=]3x224x224: one item's sizes where the model leaves them open")
      ->allow_extra_args(false);
  command.add_option("--seed", flags.seed, "Seed of random inputs");
  command.add_option("--below", flags.whole_below, "Random whole numbers lie below this")->check(CLI::PositiveNumber);
}

void add_pace(CLI::App& command, BenchFlags& flags) {
  command.add_option("--warmup", flags.warmup, "Requests that are not counted")->check(CLI::NonNegativeNumber);
  command.add_option("--niter,-r", flags.calls, "Requests to count for each row; 200, unless -t is given")
      ->check(CLI::PositiveNumber);
  command.add_option("-t,--duration", flags.duration_s, "Seconds to measure each row; with --niter, what ends first")
      ->check(CLI::PositiveNumber);
  command.add_option("--percentiles", flags.percentiles, "Percentiles of the latency")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 100.0));
}

void add_results(CLI::App& command, BenchFlags& flags) {
  command.add_option("-o,--format", flags.format, "table, md, csv, json or jsonl; --json is -o json")
      ->check(CLI::IsMember({"table", "md", "csv", "json", "jsonl"}));
  command.add_option("--out", flags.out, "Write the results to this file instead of standard output");
  command.add_flag("--profile,--pc", flags.profile, "Tell what every op takes, from a run of its own");
  command.add_option("--profile-trace", flags.trace, "Write the profile as a Chrome trace; implies --profile");
  command.add_option("--export-times", flags.times, "Write the latency of every counted request to this .csv");
  command.add_option("--record", flags.record, "Append the record of every item that is counted to this file");
}

}  // namespace

void add_bench(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("bench", "Time the policy and single paths, interleaved; lists are swept");
  auto flags = std::make_shared<BenchFlags>();
  add_model_flags(*command, *flags);
  add_what(*command, *flags);
  add_inputs(*command, flags->input);
  add_pace(*command, *flags);
  add_results(*command, *flags);
  commands.emplace_back(command, [flags] { return run_bench(*flags); });
}

}  // namespace rheo::cli
