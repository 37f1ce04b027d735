// SPDX-License-Identifier: Apache-2.0
// rheo bench FILE: latency of the policy and of single paths, on given or random inputs, interleaved.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/random.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "load/npy.h"

namespace rheo::cli {

namespace {

struct BenchFlags : EngineFlags {
  std::string data;
  std::vector<std::string> paths = {"auto"};
  std::vector<int> batches = {1};
  int warmup = 10;
  int iterations = 200;
  std::uint64_t seed = 42;
  std::string record;
};

struct Sample {
  std::string path;
  int batch = 1;
  std::vector<double> request_us;
};

// Whether requests may hold many items; a model whose input has another dimension 0 takes just that shape.
bool counts_items(const TensorInfo& input) {
  return input.shape.rank() > 0 && (input.shape[0] == kDynamic || input.shape[0] == 1);
}

// [n, ...]: from a .npy file, or made up. Floats are uniform in [0, 1); whole numbers may be places in a table whose
// length nobody knows here, so they are 0.
Result<Tensor> bench_inputs(const BenchFlags& flags, const Engine& engine, int count) {
  if (!flags.data.empty()) return read_npy(flags.data);
  const TensorInfo& input = engine.inputs().front();
  Shape shape = input.shape;
  if (counts_items(input)) shape[0] = count;
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(input.dtype, shape));
  SplitMix64 random(flags.seed);
  for (float& element : tensor.as_mutable<float>()) element = static_cast<float>(random.uniform());
  return tensor;
}

TensorView slice(const TensorInfo& input, const Tensor& inputs, int round, int batch) {
  if (!counts_items(input)) return inputs;
  Shape shape = inputs.shape();
  const std::int64_t items = shape[0];
  const std::size_t item_bytes = inputs.size_bytes() / static_cast<std::size_t>(items);
  shape[0] = batch;
  const std::int64_t first = items > batch ? (static_cast<std::int64_t>(round) * batch) % (items - batch + 1) : 0;
  const auto* from = static_cast<const std::byte*>(inputs.data()) + static_cast<std::size_t>(first) * item_bytes;
  return {from, inputs.dtype(), shape};
}

// `pending` holds the records that the engine has told of since the last call, and `writer` (which may be null) takes
// those of the requests that count, once the clock has stopped.
Status time_all(const Engine& engine, const Tensor& inputs, const BenchFlags& flags, std::vector<Sample>& samples,
                const RecordWriter* writer, std::vector<RunRecord>& pending) {
  for (int round = -flags.warmup; round < flags.iterations; ++round) {
    for (Sample& sample : samples) {  // interleaved, so that a drifting machine slows all alike
      RunOptions options;
      options.stop = interrupt_token();
      if (sample.path != "auto") options.path = sample.path;
      const auto started = std::chrono::steady_clock::now();
      const Result<Outcome> outcome =
          engine.run(slice(engine.inputs().front(), inputs, round + flags.warmup, sample.batch), options);
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
      if (!outcome) return outcome.status();
      if (round >= 0) sample.request_us.push_back(took.count());
      for (const RunRecord& record : pending) {
        if (round >= 0 && writer != nullptr) RHEO_RETURN_IF_ERROR(writer->write(record));
      }
      pending.clear();
    }
  }
  return {};
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

nlohmann::ordered_json summary(Sample& sample) {
  std::sort(sample.request_us.begin(), sample.request_us.end());
  double sum = 0;
  for (const double value : sample.request_us) sum += value;
  return {{"path", sample.path},
          {"batch", sample.batch},
          {"requests", sample.request_us.size()},
          {"mean_us", sum / static_cast<double>(sample.request_us.size())},
          {"min_us", sample.request_us.front()},
          {"p50_us", percentile(sample.request_us, 0.50)},
          {"p90_us", percentile(sample.request_us, 0.90)},
          {"p95_us", percentile(sample.request_us, 0.95)},
          {"p99_us", percentile(sample.request_us, 0.99)}};
}

void print_text(const nlohmann::ordered_json& rows) {
  std::cout << fmt::format("{:<16}{:>7}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}\n", "path", "batch", "mean us", "min",
                           "p50", "p90", "p95", "p99");
  for (const auto& row : rows) {
    std::cout << fmt::format("{:<16}{:>7}{:>11.1f}{:>11.1f}{:>11.1f}{:>11.1f}{:>11.1f}{:>11.1f}\n",
                             row["path"].get<std::string>(), row["batch"].get<int>(), row["mean_us"].get<double>(),
                             row["min_us"].get<double>(), row["p50_us"].get<double>(), row["p90_us"].get<double>(),
                             row["p95_us"].get<double>(), row["p99_us"].get<double>());
  }
}

Status run_bench(const BenchFlags& flags) {
  std::optional<RecordWriter> writer;
  if (!flags.record.empty()) {
    RHEO_ASSIGN_OR_RETURN(writer, RecordWriter::open(flags.record));
  }
  std::vector<RunRecord> pending;
  LoadOptions options = load_options(flags);
  options.batches = flags.batches;
  if (writer) options.on_record = [&pending](const RunRecord& record) { pending.push_back(record); };
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(flags.model, options));
  if (engine.inputs().size() != 1) {
    return {StatusCode::unsupported,
            "rheo bench serves models with one input; this one has " + std::to_string(engine.inputs().size()) + "."};
  }
  const int largest = *std::max_element(flags.batches.begin(), flags.batches.end());
  RHEO_ASSIGN_OR_RETURN(const Tensor inputs, bench_inputs(flags, engine, std::max(largest, 64)));
  const TensorInfo& input = engine.inputs().front();
  const bool is_short = counts_items(input) && (inputs.shape().rank() == 0 || inputs.shape()[0] < largest);
  if (inputs.dtype() != input.dtype || is_short) {
    return {StatusCode::invalid_argument,
            "--data must be " + std::string(name_of(input.dtype)) + " and hold at least " + std::to_string(largest) +
                " inputs along its first axis; it is " + std::string(name_of(inputs.dtype())) + " " +
                inputs.shape().to_string() + "."};
  }
  std::vector<Sample> samples;
  for (const int batch : flags.batches) {
    for (const std::string& path : flags.paths) samples.push_back({path, batch, {}});
  }
  pending.reserve(static_cast<std::size_t>(largest));
  RHEO_RETURN_IF_ERROR(time_all(engine, inputs, flags, samples, writer ? &*writer : nullptr, pending));
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (Sample& sample : samples) rows.push_back(summary(sample));
  if (flags.json) {
    std::cout << rows.dump(2) << '\n';
  } else {
    print_text(rows);
  }
  return {};
}

}  // namespace

void add_bench(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("bench", "Time the policy and single paths, interleaved");
  auto flags = std::make_shared<BenchFlags>();
  add_engine_flags(*command, *flags);
  command->add_option("--data", flags->data, "A .npy file [n, ...] of inputs; random inputs without it");
  command->add_option("--path", flags->paths, "Paths to time; auto is the policy")->delimiter(',');
  command->add_option("-b,--batch", flags->batches, "Batch sizes")->delimiter(',')->check(CLI::PositiveNumber);
  command->add_option("--warmup", flags->warmup, "Requests that are not counted")->check(CLI::NonNegativeNumber);
  command->add_option("--niter", flags->iterations, "Requests that are counted")->check(CLI::PositiveNumber);
  command->add_option("--seed", flags->seed, "Seed of random inputs");
  command->add_option("--record", flags->record, "Append the record of every item that is counted to this file");
  commands.emplace_back(command, [flags] { return run_bench(*flags); });
}

}  // namespace rheo::cli
