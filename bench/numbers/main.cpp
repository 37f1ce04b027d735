// SPDX-License-Identifier: Apache-2.0
// What `make bench` runs: measures the project's numbers, prints them beside their targets and writes numbers.json.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/cpu.h"
#include "base/try.h"
#include "demo/contender.h"
#include "kernels/kernel.h"
#include "load/file.h"
#include "numbers/number.h"

namespace rheo::numbers {
namespace {

// First line that `command` prints, as a number.
Result<double> number_from(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return Status(StatusCode::io_error, "Cannot run '" + command + "'.");
  std::array<char, 256> line{};
  const bool read = std::fgets(line.data(), line.size(), pipe) != nullptr;
  const int code = pclose(pipe);
  if (!read || code != 0)
    return Status(StatusCode::io_error,
                  fmt::format("'{}' ended with {} and printed '{}'.", command, code, line.data()));
  return std::strtod(line.data(), nullptr);
}

Status measure_load(const std::string& self, const demo::Sources& sources, Numbers& numbers) {
  std::vector<double> samples;
  for (int i = 0; i < 9; ++i) {
    RHEO_ASSIGN_OR_RETURN(const double ms, number_from(fmt::format("'{}' --first-answer '{}'", self,
                                                                   demo::package_file(sources, demo::kPackages[0]))));
    samples.push_back(ms);
  }
  numbers.push_back({"load_to_first_answer_ms",
                     "Engine::load of the package to the first answer, fresh process, median of 9",
                     demo::percentile(samples, 0.5), "ms", 50});
  return {};
}

Status measure_peer(const std::string& peer, const demo::Sources& sources, Numbers& numbers) {
  if (peer.empty()) return {};
  RHEO_ASSIGN_OR_RETURN(const double ratio,
                        number_from(fmt::format("'{}' '{}' '{}' '{}'", peer, sources.model,
                                                demo::package_file(sources, demo::kPackages[3]), sources.test_images)));
  numbers.push_back({"reference_vs_libtorch",
                     "reference f32 path against frozen, optimised LibTorch on the same file, one thread", ratio, "x",
                     0.7});
  return {};
}

Status write_numbers(const Numbers& numbers, double quiet_before_us, double quiet_after_us, const std::string& file) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Number& number : numbers) {
    list.push_back({{"id", number.id},
                    {"value", number.value},
                    {"unit", number.unit},
                    {"target", number.at_most},
                    {"met", number.met()},
                    {"what", number.what}});
  }
  const nlohmann::ordered_json json = {
      {"library", library_versions()},
      {"isa", name_of(*select_isa(""))},
      {"calibration_loop_us", {{"before", quiet_before_us}, {"after", quiet_after_us}}},
      {"numbers", list}};
  const std::string text = json.dump(2) + "\n";
  const auto bytes = std::as_bytes(std::span(text));
  return write_file_atomically(file, std::span(&bytes, 1));
}

Status measure_all(const std::string& self, const std::string& peer, const demo::Sources& sources) {
  const double before = calibration_loop_us();
  RHEO_RETURN_IF_ERROR(demo::make_packages(sources));
  Numbers numbers;
  using Measure = Status (*)(const demo::Sources&, Numbers&);
  for (const Measure measure :
       {measure_adaptive, measure_certificate, measure_layers, measure_overheads, measure_threads}) {
    RHEO_RETURN_IF_ERROR(measure(sources, numbers));
    std::cerr << numbers.size() << " numbers\n";
  }
  RHEO_RETURN_IF_ERROR(measure_load(self, sources, numbers));
  RHEO_RETURN_IF_ERROR(measure_peer(peer, sources, numbers));
  const double after = calibration_loop_us();
  std::cout << fmt::format("{:<26}{:>10}  {:<6}{:>10}  {}\n", "id", "value", "unit", "at most", "");
  for (const Number& number : numbers) {
    std::cout << fmt::format("{:<26}{:>10.4f}  {:<6}{:>10.4g}  {:<7}{}\n", number.id, number.value, number.unit,
                             number.at_most, number.met() ? "met" : "MISSED", number.what);
  }
  std::cout << fmt::format("calibration loop {:.1f} us before, {:.1f} us after: {}\n", before, after,
                           after < before * 1.15 && before < after * 1.15 ? "quiet" : "NOT QUIET, do not quote");
  return write_numbers(numbers, before, after, sources.folder + "/numbers.json");
}

}  // namespace
}  // namespace rheo::numbers

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--first-answer") {
    const auto ms = rheo::numbers::first_answer_ms(argv[2]);
    if (ms) std::cout << *ms << '\n';
    return ms ? 0 : 1;
  }
  if (argc < 4 || argc > 5) {
    std::cerr << "usage: numbers MODEL.pt DATA_FOLDER OUTPUT_FOLDER [LIBTORCH_PEER]\n";
    return 2;
  }
  const auto sources = rheo::demo::prepare_sources(argv[1], argv[2], argv[3]);
  const std::string peer = argc == 5 ? argv[4] : "";
  const rheo::Status status = sources ? rheo::numbers::measure_all(argv[0], peer, *sources) : sources.status();
  if (status.ok()) return 0;
  std::cerr << "bench: " << status.to_string() << '\n';
  return 1;
}
