// SPDX-License-Identifier: Apache-2.0
// rheo bench MODEL: latency and throughput of the policy and of single paths, over every combination of the lists that
// are given, and what the single ops take.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/cpu.h"
#include "base/try.h"
#include "cli/bench_flags.h"
#include "cli/bench_inputs.h"
#include "cli/bench_model.h"
#include "cli/bench_report.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/paths.h"
#include "kernels/kernel.h"
#include "load/file.h"
#include "observe/quiet.h"

namespace rheo::cli {

namespace {

constexpr std::int64_t kCalls = 200;         // where neither a number nor a duration is asked for
constexpr std::int64_t kProfiledCalls = 50;  // at most: a profile needs no tails

// What is measured in turns: all combinations that one engine serves.
struct Combination {
  std::string path;
  int batch = 1;
  std::string precision = {};
};

// What one sweep shares between its engines.
struct Sweep {
  const BenchFlags& flags;
  BenchModel model;
  BenchReport report;
  Profile profile;
  std::optional<RecordWriter> writer;
  std::vector<RunRecord> pending;         // told since the last counted request
  std::string policy_precision = "auto";  // of what the policy runs, where that is always the same path
  std::string times = "path,batch,threads,concurrency,us\n";
};

Result<std::vector<Combination>> combinations_of(const Sweep& sweep, const Ladder& ladder) {
  const BenchFlags& flags = sweep.flags;
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
      if (!known) all.push_back({path, batch, sweep.policy_precision});
    }
  }
  for (Combination& combination : all) {
    const Result<PathId> path = ladder.find(combination.path);
    if (path) combination.precision = name_of(ladder.path(*path).precision);
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
    row.precision = combinations[i].precision;
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
    const Combination combination{row.path, row.batch, row.precision};
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

// Of a path that is there.
Precision precision_of(std::string_view path, const Ladder& ladder) {
  const Result<PathId> id = ladder.find(path);
  return id ? ladder.path(*id).precision : Precision::f32;
}

// Model and machine, once; one request tells what they are.
Status note_facts(Sweep& sweep, const Engine& engine, const BenchInputs& inputs) {
  RHEO_ASSIGN_OR_RETURN(const Outcome outcome, engine.run(inputs.batch(0, sweep.flags.batches.front())));
  sweep.pending.clear();
  const RunRecord& record = outcome.record();
  if (record.policy == "fixed") sweep.policy_precision = name_of(precision_of(record.path, engine.ladder()));
  RHEO_ASSIGN_OR_RETURN(const std::string hash, file_hash(sweep.flags.model));
  sweep.report.facts = {{"rheo", std::string(version())},
                        {"libraries", library_versions()},
                        {"command", sweep.flags.line},
                        {"model", sweep.flags.model},
                        {"file_hash", hash},
                        {"model_hash", std::string(record.model)},
                        {"cpu", first_line("/proc/cpuinfo", "model name")},
                        {"isa", std::string(record.isa)},
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
  if (sweep.report.facts.empty()) RHEO_RETURN_IF_ERROR(note_facts(sweep, engine, inputs));
  RHEO_ASSIGN_OR_RETURN(const std::vector<Combination> combinations, combinations_of(sweep, engine.ladder()));
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
  RHEO_RETURN_IF_ERROR(settle(flags));
  const WeightsOf weights = flags.random_weights ? WeightsOf::chance : WeightsOf::model;
  Sweep sweep{.flags = flags,
              .model = BenchModel(flags.model, flags.input, weights),
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
  for (const auto& fact : sweep.model.facts()) sweep.report.facts.push_back(fact);
  sweep.report.facts.emplace_back("machine", watch.verdict().to_string());
  if (!flags.times.empty()) RHEO_RETURN_IF_ERROR(write_text(flags.times, sweep.times));
  if (!flags.trace.empty()) RHEO_RETURN_IF_ERROR(write_text(flags.trace, sweep.profile.chrome_trace()));
  RHEO_ASSIGN_OR_RETURN(const std::string text, render(sweep.report, flags.format));
  if (!flags.out.empty()) return write_text(flags.out, text);
  std::cout << text;
  return {};
}

}  // namespace

void add_bench(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands, const std::string& line) {
  CLI::App* command = app.add_subcommand("bench", "Time the policy and single paths, interleaved; lists are swept");
  auto flags = std::make_shared<BenchFlags>();
  flags->line = line;
  add_bench_flags(*command, *flags);
  commands.emplace_back(command, [flags] { return run_bench(*flags); });
}

}  // namespace rheo::cli
