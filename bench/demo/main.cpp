// SPDX-License-Identifier: Apache-2.0
// What `make demo` runs: adapts the Fashion-MNIST network where that was not done yet, then compares ways to answer on
// the test pictures and writes the plot of cost against agreement.
#include <fmt/core.h>

#include <cstdlib>
#include <iostream>

#include "base/try.h"
#include "demo/comparison.h"
#include "load/file.h"

namespace rheo::demo {
namespace {

Status demo(const Sources& sources, std::int64_t pictures) {
  RHEO_RETURN_IF_ERROR(make_packages(sources));
  RHEO_ASSIGN_OR_RETURN(const Comparison comparison, compare(sources, pictures));
  std::cout << fmt::format("{} test pictures, batch 1, one thread, contenders in turn\n\n",
                           comparison.runs.front().answers.size());
  std::cout << table_text(comparison.rows) << '\n' << pictures_text(comparison, 5) << '\n';
  const Row& adaptive = comparison.rows[comparison.adaptive];
  std::cout << fmt::format(
      "adaptive against the fastest certified single path: {:.3f}x, against the reference path: {:.3f}x\n",
      adaptive.mean_us / comparison.rows[comparison.single].mean_us,
      adaptive.mean_us / comparison.rows[comparison.reference].mean_us);
  const std::string svg = plot_svg(comparison.points, 0.01);
  const auto bytes = std::as_bytes(std::span(svg));
  const std::string file = sources.folder + "/cost_agreement.svg";
  RHEO_RETURN_IF_ERROR(write_file_atomically(file, std::span(&bytes, 1)));
  std::cout << "plot: " << file << '\n';
  return {};
}

}  // namespace
}  // namespace rheo::demo

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::cerr << "usage: demo MODEL.pt DATA_FOLDER OUTPUT_FOLDER [TEST_PICTURES]\n";
    return 2;
  }
  const auto sources = rheo::demo::prepare_sources(argv[1], argv[2], argv[3]);
  const std::int64_t pictures = argc == 5 ? std::strtoll(argv[4], nullptr, 10) : -1;
  const rheo::Status status = sources ? rheo::demo::demo(*sources, pictures) : sources.status();
  if (status.ok()) return 0;
  std::cerr << "demo: " << status.to_string() << '\n';
  return 1;
}
