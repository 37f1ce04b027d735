// SPDX-License-Identifier: Apache-2.0
// Certificate and verified hosts as JSON texts. Reading checks every number against its meaning: shares are shares,
// counts fit each other, nothing is said twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rheo/certificate.h>
#include <rheo/limits.h>
#include <rheo/status.h>

namespace rheo {

// A kind of host on which every path of a package has passed the self-test.
struct VerifiedHost {
  std::string isa;               // instruction set that the kernels may use, "avx2"
  std::string library_versions;  // "rheo 0.1.0, oneDNN 2.6.3"
  std::string verified;          // when, UTC, ISO 8601

  bool same_kind(std::string_view other_isa, std::string_view other_versions) const {
    return isa == other_isa && library_versions == other_versions;
  }
};

std::string certificate_to_json(const Certificate& certificate);
// A bound of a disagreement that does not follow from its counts is bad_format.
Result<Certificate> certificate_from_json(const std::string& text, const LoadLimits& limits);

std::string hosts_to_json(const std::vector<VerifiedHost>& hosts);
Result<std::vector<VerifiedHost>> hosts_from_json(const std::string& text, const LoadLimits& limits);

}  // namespace rheo
