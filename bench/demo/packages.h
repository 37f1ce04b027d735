// SPDX-License-Identifier: Apache-2.0
// The packages that the demo and the numbers use: the one that ships, and those it is compared with. All are made from
// one recording, once for every state of model, pictures and code, and shared by both programs, so that the pictures
// that certify are read once.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/adapt.h>

namespace rheo::demo {

// How much is done: all of it, or just enough to see that everything still runs. What `quick` prints may not be quoted.
enum class Extent : std::uint8_t { full, quick };

struct Sources {
  std::string model;               // .pt
  std::string calibration_images;  // IDX
  std::string calibration_labels;
  std::string test_images;
  std::string test_labels;
  std::string ledger;    // counts the reads of the calibration pictures; lies beside them
  std::string packages;  // folder of packages and reports
  std::string output;    // folder of what is printed and drawn
  Extent extent = Extent::full;

  // `full` rounds of a measurement, or a fiftieth of them.
  int rounds(int full) const { return extent == Extent::full ? full : std::max(1, full / 50); }
};

// `data` holds the four unpacked files of Fashion-MNIST; the calibration pictures are written beside them. The other
// two folders are made where they are missing. A quick run calibrates on some pictures that trained the network and
// writes them into `packages`, so that it never looks at one that certifies.
Result<Sources> prepare_sources(const std::string& model, const std::string& data, const std::string& packages,
                                const std::string& output, Extent extent);

struct PackageSpec {
  const char* name;  // files NAME.rheo, NAME.report.json and NAME.policies.json in the folder of packages
  PolicyKind policy;
  bool use_estimator;
};

// The first is the one that ships, and the only one whose certificate is a promise: it alone is counted as a read of
// the certification half. The others are judged alike, on the same pictures at the same level, to be compared with.
inline constexpr PackageSpec kPackages[] = {
    {"fashion_mnist", PolicyKind::tradeoff, true},
    {"thresholds", PolicyKind::thresholds, true},
    {"no_estimator", PolicyKind::tradeoff, false},
    {"single_path", PolicyKind::fixed, false},
};
inline constexpr const PackageSpec& kShipped = kPackages[0];
inline constexpr const PackageSpec& kThresholds = kPackages[1];
inline constexpr const PackageSpec& kNoEstimator = kPackages[2];
inline constexpr const PackageSpec& kSinglePath = kPackages[3];

std::string package_file(const Sources& sources, const PackageSpec& spec);
std::string report_file(const Sources& sources, const PackageSpec& spec);
std::string policies_file(const Sources& sources, const PackageSpec& spec);  // the frozen list, see frontier.h

// Makes all packages, unless those in the folder were made from this very model, data, code and instruction set
// (stamp.h). Progress on standard error.
Status make_packages(const Sources& sources);
// How quiet the machine was then, in one line: what adapt measured decides which policies there are.
std::string made_while(const Sources& sources);

// What adapt is asked for. A quick run promises less, so that its few pictures can certify it.
AdaptOptions options_of(const Sources& sources, const PackageSpec& spec);

// Writes one text atomically.
Status write_text(const std::string& text, const std::string& file);

}  // namespace rheo::demo
