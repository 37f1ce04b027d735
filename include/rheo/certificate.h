// SPDX-License-Identifier: Apache-2.0
// `Certificate`: what was promised about a policy, on which data, and what it depends on. Data only.
//
// The statement: with probability at least `confidence` over the draw of the certification inputs, the policy's risk
// is at most `limit`. The test is the exact binomial tail for disagreement, and a betting bound for accuracy drop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <rheo/export.h>

namespace rheo {

enum class LossKind : std::uint8_t {
  disagreement,   // 1 when the answer differs from the reference path's; needs no labels
  accuracy_drop,  // accuracy of the reference path minus accuracy of the policy, needs labels
};
RHEO_EXPORT std::string_view name_of(LossKind kind);

struct RHEO_EXPORT Certificate {
  LossKind loss = LossKind::disagreement;
  double limit = 0;              // largest risk promised, a share in [0,1]
  double confidence = 0;         // probability in (0,1) that the statement holds
  std::int64_t inputs = 0;       // n, certification inputs read
  std::int64_t losses = 0;       // k, of them lost
  double bound = 1;              // upper confidence bound of the risk, a share in [0,1]
  int read = 1;                  // which certification on this data it was, whatever the seeds; r spends delta / 2^r
  std::string policy;            // the certified policy, as its JSON text
  std::string model_hash;        // content hash of weights, graph and ladder
  std::string data_fingerprint;  // content hash of the inputs, of which one half was certified on
  std::string isa;               // instruction set the kernels used, "avx512_vnni_bf16"
  std::string library_versions;  // "rheo 0.1.0, oneDNN 2.6.3"
  std::string created;           // UTC, ISO 8601

  bool holds() const { return inputs > 0 && bound <= limit; }
  std::string to_string() const;  // one sentence with k, n, the bound and the limit
};

}  // namespace rheo
