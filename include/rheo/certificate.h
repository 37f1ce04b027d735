// SPDX-License-Identifier: Apache-2.0
// `Certificate`: what was promised about a policy, on which data, and what it depends on. Data only.
//
// The statement: with probability at least `confidence` over the draw of the certification inputs, every risk in
// `promises` is at most its limit. The test is the exact binomial tail for disagreement, and a betting bound for
// accuracy drop; with both promised, a policy is certified only when both tests pass.
//
//   if (certificate.holds()) use(certificate.limit_of(rheo::LossKind::disagreement));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/export.h>

namespace rheo {

enum class LossKind : std::uint8_t {
  disagreement,   // 1 when the answer differs from the reference path's; needs no labels
  accuracy_drop,  // accuracy of the reference path minus accuracy of the policy, needs labels
};
RHEO_EXPORT std::string_view name_of(LossKind kind);

// One risk that was promised, and what the certification inputs said of it.
struct CertifiedRisk {
  LossKind loss = LossKind::disagreement;
  double limit = 0;  // largest risk promised, a share in [0,1]
  // Upper bound of the risk at confidence 1 - (1 - confidence) / 2^read, a share in [0,1]; of a drop it may lie in
  // [-1,0): a gain.
  double bound = 1;
  std::int64_t losses = 0;  // inputs whose answer differs; for a drop, inputs that only the reference path got right
  std::int64_t gains = 0;   // for a drop, inputs that only the policy got right; else 0

  bool holds() const { return bound <= limit; }
};

struct RHEO_EXPORT Certificate {
  std::vector<CertifiedRisk> promises;  // at most one per LossKind; empty: nothing was certified
  double confidence = 0;                // probability in (0,1) that the statement holds
  std::int64_t inputs = 0;              // n, certification inputs read
  int read = 1;        // which certification on this data it was, whatever the seeds; r spends delta / 2^r
  std::string policy;  // the certified policy, as its JSON text
  std::string
      model_hash;  // content hash of all that decides an answer: graph, weights, ranges, ladder, estimator, kernels
  std::string data_fingerprint;    // content hash of the inputs, of which one half was certified on
  std::string tuning_fingerprint;  // the same of the other half, on which everything was chosen
  std::string order;               // how the list of policies was ordered before the certification inputs were read
  std::string isa;                 // instruction set the kernels used, "avx512_vnni_bf16"
  std::string library_versions;    // "rheo 0.1.0, oneDNN 2.6.3"
  std::string created;             // UTC, ISO 8601

  // All of what was promised holds, and something was.
  bool holds() const;
  // What was promised of this loss; null when nothing was.
  const CertifiedRisk* find(LossKind loss) const;
  // The largest risk that the promises allow: the limit of that loss, for a drop also that of the disagreement, without
  // which no accuracy is lost. 1 when nothing bounds it.
  double limit_of(LossKind loss) const;
  std::string to_string() const;  // one sentence with k, n, bound and limit of every promise
};

}  // namespace rheo
