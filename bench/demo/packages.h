// SPDX-License-Identifier: Apache-2.0
// The packages of the demo: the one that ships, and those it is compared with. All are made from one recording.
#pragma once

#include <string>
#include <vector>

#include <rheo/adapt.h>

namespace rheo::demo {

struct Sources {
  std::string model;               // .pt
  std::string calibration_images;  // IDX
  std::string calibration_labels;
  std::string test_images;
  std::string test_labels;
  std::string folder;  // where everything is written
};

// `data` holds the four unpacked files of Fashion-MNIST. Writes the calibration files into `folder`, which is made.
Result<Sources> prepare_sources(const std::string& model, const std::string& data, const std::string& folder);

struct PackageSpec {
  const char* name;  // file NAME.rheo and NAME.report.json in the folder
  PolicyKind policy;
  bool use_estimator;
};

// The first is the one that ships; the others are certified alike, each as if it were the only one.
inline constexpr PackageSpec kPackages[] = {
    {"fashion_mnist", PolicyKind::tradeoff, true},
    {"thresholds", PolicyKind::thresholds, true},
    {"no_estimator", PolicyKind::tradeoff, false},
    {"single_path", PolicyKind::fixed, false},
};

std::string package_file(const Sources& sources, const PackageSpec& spec);
std::string report_file(const Sources& sources, const PackageSpec& spec);

// Makes the packages that are missing. Progress on standard error.
Status make_packages(const Sources& sources);

}  // namespace rheo::demo
