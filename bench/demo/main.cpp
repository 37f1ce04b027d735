// SPDX-License-Identifier: Apache-2.0
// What `make demo` runs: adapts the Fashion-MNIST network where that was not done yet, then compares ways to answer on
// the test pictures and writes the plot of cost against agreement.
#include <fmt/core.h>

#include <iostream>

#include "base/try.h"
#include "demo/arguments.h"
#include "demo/comparison.h"
#include "observe/quiet.h"

namespace rheo::demo {
namespace {

constexpr std::size_t kPicturesOfAKind = 5;

Status demo(const Sources& sources) {
  RHEO_RETURN_IF_ERROR(make_packages(sources));
  FastestLoop fastest;
  QuietWatch watch(fastest);
  RHEO_ASSIGN_OR_RETURN(Comparison comparison, compare(sources));
  RHEO_RETURN_IF_ERROR(complete(sources, comparison));
  const Quiet quiet = watch.verdict();
  if (sources.extent == Extent::quick) std::cout << "A quick run, to see that everything works: quote nothing of it.\n";
  std::cout << fmt::format("{} test pictures, batch 1, one thread, contenders in turn\n\n", comparison.pictures.size());
  std::cout << table_text(comparison.rows) << comparison.promise << '\n'
            << pictures_text(comparison, kPicturesOfAKind) << '\n';
  const Row& adaptive = comparison.rows[comparison.adaptive];
  std::cout << fmt::format(
      "mean of adaptive against the fastest certified single path: {:.3f}x, against the reference path: {:.3f}x\n",
      adaptive.mean_us / comparison.rows[comparison.single].mean_us,
      adaptive.mean_us / comparison.rows[comparison.reference].mean_us);
  std::cout << "the machine was " << quiet.to_string() << "\nand while the packages were made " << made_while(sources);
  const std::string file = sources.output + "/cost_agreement.svg";
  RHEO_RETURN_IF_ERROR(write_text(plot_svg(comparison.points, options_of(sources, kShipped).max_disagreement), file));
  std::cout << "plot: " << file << '\n';
  return {};
}

}  // namespace
}  // namespace rheo::demo

int main(int argc, char** argv) {
  std::span<char*> rest;
  const auto sources = rheo::demo::sources_from(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), rest);
  const rheo::Status status = sources ? rheo::demo::demo(*sources) : sources.status();
  if (status.ok()) return 0;
  std::cerr << "demo: " << status.to_string() << '\n';
  return 1;
}
