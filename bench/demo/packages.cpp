// SPDX-License-Identifier: Apache-2.0
#include "demo/packages.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <utility>

#include "adapt/adapt_model.h"
#include "adapt/family.h"
#include "adapt/reads.h"
#include "adapt/workbench.h"
#include "base/try.h"
#include "demo/frontier.h"
#include "demo/stamp.h"
#include "load/file.h"
#include "observe/quiet.h"

namespace rheo::demo {

namespace {

constexpr double kQuickDisagreement = 0.05;  // 1,000 pictures certify it with up to 36 losses

std::string stamp_file(const Sources& sources) { return sources.packages + "/stamp.json"; }

std::string quiet_file(const Sources& sources) { return sources.packages + "/made_while.txt"; }

bool are_there(const Sources& sources, std::string_view stamp) {
  const Result<FileBytes> old = read_file(stamp_file(sources));
  const bool same =
      old && std::string_view(reinterpret_cast<const char*>(old->bytes.data()), old->bytes.size()) == stamp;
  return same && std::all_of(std::begin(kPackages), std::end(kPackages), [&](const PackageSpec& spec) {
           return std::filesystem::exists(package_file(sources, spec)) &&
                  std::filesystem::exists(report_file(sources, spec)) &&
                  std::filesystem::exists(policies_file(sources, spec));
         });
}

// `read`: the number of this read of the certification half; 0 before the first package is certified.
Status make_package(const Workbench& bench, const Sources& sources, const PackageSpec& spec, int& read) {
  const AdaptOptions options = options_of(sources, spec);
  RHEO_ASSIGN_OR_RETURN(const Family family, tune_family(bench, options));
  RHEO_RETURN_IF_ERROR(write_policies(family, policies_file(sources, spec)));
  RHEO_ASSIGN_OR_RETURN(Package draft, draft_package(bench, family));
  if (read == 0) {
    RHEO_ASSIGN_OR_RETURN(read, spend_read(bench, options, sources.ledger));
  }
  RHEO_ASSIGN_OR_RETURN(const Adapted adapted, certify_model(bench, family, std::move(draft), options, read));
  std::cerr << fmt::format("\r== {} ==\n{}\n\n", spec.name, adapted.report.to_string());
  RHEO_RETURN_IF_ERROR(write_text(adapted.report.to_json(), report_file(sources, spec)));
  return write_package(adapted.package, package_file(sources, spec));
}

}  // namespace

AdaptOptions options_of(const Sources& sources, const PackageSpec& spec) {
  AdaptOptions options;
  if (sources.extent == Extent::quick) options.max_disagreement = kQuickDisagreement;
  options.policy = spec.policy;
  options.use_estimator = spec.use_estimator;
  options.progress = [](std::string_view stage, double done) {
    std::cerr << fmt::format("\r{:<24}{:3.0f} %", stage, done * 100) << std::flush;
  };
  return options;
}

std::string package_file(const Sources& sources, const PackageSpec& spec) {
  return sources.packages + "/" + spec.name + ".rheo";
}
std::string report_file(const Sources& sources, const PackageSpec& spec) {
  return sources.packages + "/" + spec.name + ".report.json";
}
std::string policies_file(const Sources& sources, const PackageSpec& spec) {
  return sources.packages + "/" + spec.name + ".policies.json";
}

Status write_text(const std::string& text, const std::string& file) {
  const auto bytes = std::as_bytes(std::span(text));
  return write_file_atomically(file, std::span(&bytes, 1));
}

std::string made_while(const Sources& sources) {
  const Result<FileBytes> line = read_file(quiet_file(sources));
  return line ? std::string(reinterpret_cast<const char*>(line->bytes.data()), line->bytes.size()) : "unknown\n";
}

Status make_packages(const Sources& sources) {
  RHEO_ASSIGN_OR_RETURN(const std::string stamp, stamp_of(sources));
  if (are_there(sources, stamp)) return {};
  std::cerr << "Adapting: no packages of this model, these pictures and this code are in " << sources.packages << '\n';
  std::error_code ignored;
  std::filesystem::remove(stamp_file(sources), ignored);  // half a set must never look whole
  FastestLoop fastest;
  QuietWatch watch(fastest);
  RHEO_ASSIGN_OR_RETURN(const Workbench bench,
                        make_workbench(sources.model, sources.calibration_images, sources.calibration_labels,
                                       options_of(sources, kShipped)));
  int read = 0;
  for (const PackageSpec& spec : kPackages) RHEO_RETURN_IF_ERROR(make_package(bench, sources, spec, read));
  RHEO_RETURN_IF_ERROR(write_text(watch.verdict().to_string() + "\n", quiet_file(sources)));
  return write_text(stamp, stamp_file(sources));
}

}  // namespace rheo::demo
