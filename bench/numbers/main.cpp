// SPDX-License-Identifier: Apache-2.0
// What `make bench` runs: measures the project's numbers, prints them beside their targets and writes numbers.json.
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <functional>
#include <iostream>

#include "base/try.h"
#include "demo/arguments.h"
#include "demo/contender.h"
#include "numbers/number.h"
#include "numbers/report.h"

namespace rheo::numbers {
namespace {

constexpr int kLoads = 9;
constexpr int kPeerRounds = 1500;

// First line that `command` prints, as a number.
Result<double> number_from(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return Status(StatusCode::io_error, "Cannot run '" + command + "'.");
  std::array<char, 256> line{};
  const bool read = std::fgets(line.data(), line.size(), pipe) != nullptr;
  const int code = pclose(pipe);
  char* end = line.data();
  const double number = std::strtod(line.data(), &end);
  if (!read || code != 0 || end == line.data())
    return Status(StatusCode::io_error,
                  fmt::format("'{}' ended with {} and printed '{}'.", command, code, line.data()));
  return number;
}

Status measure_load(const std::string& self, const demo::Sources& sources, Numbers& numbers) {
  std::vector<double> samples;
  for (int i = 0; i < kLoads; ++i) {
    RHEO_ASSIGN_OR_RETURN(const double ms, number_from(fmt::format("'{}' --first-answer '{}'", self,
                                                                   demo::package_file(sources, demo::kShipped))));
    samples.push_back(ms);
  }
  numbers.push_back(
      {"load_to_first_answer_ms",
       fmt::format("median of {} fresh processes: Engine::load of the package to the first answer", kLoads),
       demo::median(samples), "ms", 50});
  return {};
}

Status measure_peer(const std::string& peer, const demo::Sources& sources, Numbers& numbers) {
  Number number{"reference_vs_libtorch",
                "ratio of medians: reference f32 path against frozen, optimised LibTorch on the same file, one thread",
                std::nullopt, "x", 0.7};
  if (peer.empty()) {
    number.void_because = "not measured: LibTorch was not found when this was built (Debian: apt install libtorch-dev)";
  } else {
    // Its libraries read these when they are loaded, before its main could set anything.
    RHEO_ASSIGN_OR_RETURN(
        number.value,
        number_from(fmt::format("OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 '{}' '{}' '{}' '{}' {}",
                                peer, sources.model, demo::package_file(sources, demo::kSinglePath),
                                sources.test_images, sources.rounds(kPeerRounds))));
  }
  numbers.push_back(std::move(number));
  return {};
}

struct Measure {
  std::function<Status(const demo::Sources&, Numbers&)> take;
  int neighbours = 0;  // processors that it keeps busy on purpose
};

Status measure_all(const std::string& self, const std::string& peer, const demo::Sources& sources) {
  RHEO_RETURN_IF_ERROR(demo::make_packages(sources));
  const auto load = [&](const demo::Sources& from, Numbers& to) { return measure_load(self, from, to); };
  const auto torch = [&](const demo::Sources& from, Numbers& to) { return measure_peer(peer, from, to); };
  const std::vector<Measure> measures = {{measure_adaptive},
                                         {measure_batches},
                                         {measure_overheads},
                                         {measure_layers},
                                         {measure_threads},
                                         {measure_threads_busy, 1},
                                         {load},
                                         {torch},
                                         {measure_answers},
                                         {measure_allocations},
                                         {measure_certificate}};
  Numbers numbers;
  FastestLoop fastest;
  QuietWatch whole(fastest);
  for (const Measure& measure : measures) {
    const std::size_t first = numbers.size();
    QuietWatch watch(fastest);
    RHEO_RETURN_IF_ERROR(measure.take(sources, numbers));
    const Quiet quiet = watch.verdict(measure.neighbours);
    for (std::size_t i = first; i < numbers.size(); ++i) {
      numbers[i].quiet = quiet;
      std::cerr << numbers[i].id << (i + 1 < numbers.size() ? ", " : ": ");
    }
    std::cerr << quiet.to_string() << '\n';
  }
  const Quiet quiet = whole.verdict(1);  // the neighbour of one measure
  std::cout << numbers_text(numbers, quiet, sources);
  return demo::write_text(numbers_json(numbers, quiet, sources), sources.output + "/numbers.json");
}

}  // namespace
}  // namespace rheo::numbers

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--first-answer") {
    const auto ms = rheo::numbers::first_answer_ms(argv[2]);
    if (ms) std::cout << *ms << '\n';
    return ms ? 0 : 1;
  }
  std::span<char*> rest;
  const auto sources = rheo::demo::sources_from(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), rest);
  const std::string peer = rest.empty() ? "" : rest[0];
  const rheo::Status status = sources ? rheo::numbers::measure_all(argv[0], peer, *sources) : sources.status();
  if (status.ok()) return 0;
  std::cerr << "bench: " << status.to_string() << '\n';
  return 1;
}
