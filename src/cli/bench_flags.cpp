// SPDX-License-Identifier: Apache-2.0
// Tested by tests/cli/bench_test.cpp.
#include "cli/bench_flags.h"

#include "base/cpu.h"
#include "cli/known_flags.h"

namespace rheo::cli {

namespace {

// A list is one word, "1,2": the word behind it may be the model.
template <typename T>
CLI::Option* add_list(CLI::App& command, const std::string& names, std::vector<T>& values, const std::string& purpose) {
  return command.add_option(names, values, purpose)->delimiter(',')->allow_extra_args(false);
}

void add_what(CLI::App& command, BenchFlags& flags) {
  add_list(command, "-d,--device", flags.devices, "Devices")->check(CLI::IsMember({"cpu"}, CLI::ignore_case));
  add_list(command, "--path", flags.paths, "Paths by name; auto is the policy");
  add_list(command, "--precision", flags.precisions,
           "Paths to the last exit, which a model that was never adapted gets: f32,bf16,int8,mixed");
  add_list(command, "--policy", flags.policies, "auto: the model's policy; off: its reference path")
      ->check(CLI::IsMember({"auto", "off"}));
  add_list(command, "-b,--batch", flags.batches, "Batch sizes")->check(whole_from(1));
  add_list(command, "--threads", flags.thread_counts, "Threads per request")->check(whole_from(1));
  add_list(command, "-c,--concurrency", flags.concurrency, "Requests at once, each from a thread of its own")
      ->check(whole_from(1));
  command
      .add_option("--goal", flags.goal,
                  "Where --threads or -c is left out. latency: one request at a time, on all usable threads; "
                  "throughput: as many at once as there are, each on one; none: one on one")
      ->transform(CLI::IsMember({"latency", "throughput", "tput", "none"}, CLI::ignore_case));
  command.add_flag("--random-weights", flags.random_weights,
                   "Put random weights of the same spread in place of the model's: its structure is timed, without "
                   "what it has learned");
}

void add_inputs(CLI::App& command, BenchInputFlags& flags) {
  command.add_option("--data,--input", flags.files, "[name=]file.npy [items, ...], once per input; random without")
      ->allow_extra_args(false);
  command.add_option("--shape", flags.shapes, "[name=]3x224x224: one item's sizes where the model leaves them open")
      ->allow_extra_args(false);
  command.add_option("--seed", flags.seed, "Seed of random inputs and weights");
  command.add_option("--below", flags.whole_below, "Random whole numbers lie below this")->check(whole_from(1));
}

void add_pace(CLI::App& command, BenchFlags& flags) {
  command.add_option("--warmup", flags.warmup, "Requests that are not counted")->check(whole_from(0));
  command.add_option("--niter,-r", flags.calls, "Requests to count for each row; 200, unless -t is given")
      ->check(whole_from(1));
  command.add_option("-t,--duration", flags.duration_s, "Seconds to measure each row; with --niter, what ends first")
      ->check(above_zero());
  add_list(command, "--percentiles", flags.percentiles, "Percentiles of the latency")->check(CLI::Range(0.0, 100.0));
}

void add_results(CLI::App& command, BenchFlags& flags) {
  command.add_option("-o,--format", flags.format, "table, md, csv, json or jsonl; --json is -o json")
      ->check(CLI::IsMember({"table", "md", "csv", "json", "jsonl"}));
  command.add_option("--out", flags.out, "Write the results to this file instead of standard output");
  command.add_flag("--profile", flags.profile, "Tell what every op takes, from a run of its own");
  command.add_option("--profile-trace", flags.trace, "Write the profile as a Chrome trace; implies --profile");
  command.add_option("--export-times", flags.times, "Write the latency of every counted request to this .csv");
  command.add_option("--record", flags.record, "Append the record of every item that is counted to this file");
}

}  // namespace

void add_bench_flags(CLI::App& command, BenchFlags& flags) {
  add_model_flags(command, flags);
  add_what(command, flags);
  add_inputs(command, flags.input);
  add_pace(command, flags);
  add_results(command, flags);
  command.footer(known_flags_text() + "\n\n" + command.get_footer());
}

Status settle(BenchFlags& flags) {
  if (flags.json) flags.format = "json";
  if (flags.thread_counts.empty()) flags.thread_counts = {flags.goal == "latency" ? usable_threads() : 1};
  const bool is_throughput = flags.goal == "throughput" || flags.goal == "tput";
  if (flags.concurrency.empty()) flags.concurrency = {is_throughput ? usable_threads() : 1};
  if (!flags.record.empty() && flags.concurrency != std::vector<int>{1}) {
    return {StatusCode::invalid_argument, "--record keeps the records of one caller; leave --concurrency at 1."};
  }
  if (flags.profile && flags.format == "csv" && flags.trace.empty()) {
    return {StatusCode::invalid_argument,
            "-o csv is one table, of latencies, and has no place for the ops of --profile. Take -o json, jsonl, md or "
            "table, or write the ops to a file with --profile-trace."};
  }
  if (!flags.trace.empty()) flags.profile = true;
  return {};
}

}  // namespace rheo::cli
