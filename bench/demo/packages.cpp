// SPDX-License-Identifier: Apache-2.0
#include "demo/packages.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "adapt/adapt_model.h"
#include "adapt/reads.h"
#include "adapt/workbench.h"
#include "base/try.h"
#include "load/file.h"

namespace rheo::demo {

namespace {

AdaptOptions options_of(const PackageSpec& spec) {
  AdaptOptions options;
  options.policy = spec.policy;
  options.use_estimator = spec.use_estimator;
  options.progress = [](std::string_view stage, double done) {
    std::cerr << fmt::format("\r{:<24}{:3.0f} %", stage, done * 100) << std::flush;
  };
  return options;
}

Status make_package(const Workbench& bench, const Sources& sources, const PackageSpec& spec, int read) {
  RHEO_ASSIGN_OR_RETURN(const Adapted adapted, adapt_model(bench, options_of(spec), read));
  std::cerr << fmt::format("\r== {} ==\n{}\n\n", spec.name, adapted.report.to_string());
  const std::string report = adapted.report.to_json();
  const auto bytes = std::as_bytes(std::span(report));
  RHEO_RETURN_IF_ERROR(write_file_atomically(report_file(sources, spec), std::span(&bytes, 1)));
  return write_package(adapted.package, package_file(sources, spec));
}

}  // namespace

std::string package_file(const Sources& sources, const PackageSpec& spec) {
  return sources.folder + "/" + spec.name + ".rheo";
}
std::string report_file(const Sources& sources, const PackageSpec& spec) {
  return sources.folder + "/" + spec.name + ".report.json";
}

Status make_packages(const Sources& sources) {
  const bool complete = std::all_of(std::begin(kPackages), std::end(kPackages), [&](const PackageSpec& spec) {
    return std::filesystem::exists(package_file(sources, spec)) && std::filesystem::exists(report_file(sources, spec));
  });
  if (complete) return {};
  const AdaptOptions options = options_of(kPackages[0]);
  RHEO_ASSIGN_OR_RETURN(const Workbench bench,
                        make_workbench(sources.model, sources.calibration_images, sources.calibration_labels, options));
  // Only the first package ships, so only it spends a read of the certification split.
  RHEO_ASSIGN_OR_RETURN(const int read, spend_read(bench, options, sources.folder + "/ledger.json"));
  for (const PackageSpec& spec : kPackages) RHEO_RETURN_IF_ERROR(make_package(bench, sources, spec, read));
  return {};
}

}  // namespace rheo::demo
