// SPDX-License-Identifier: Apache-2.0
// `adapt`: turns a trained model and calibration inputs into a certified package.
//
// The inputs are split first: half A, the tuning half, for everything that is chosen (value ranges, temperatures,
// calibration, paths, policies), half B, the certification half, only to certify the frozen list of policies. Runs for
// seconds to minutes on the calling thread, may be cancelled at any time, and writes the package atomically at the very
// end: nothing is half-written. Once half B has been looked at the read is counted, also of a call that is stopped
// then.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/certificate.h>
#include <rheo/export.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/path.h>
#include <rheo/status.h>

namespace rheo {

enum class PolicyKind : std::uint8_t { fixed, thresholds, tradeoff };

struct AdaptOptions {
  // What is promised. With both limits set, both are certified at once; to promise a drop alone, set max_disagreement
  // to -1 as well. A drop forgives answers that differ and are no worse, so more can be saved.
  double max_disagreement = 0.01;  // share in (0,1) of answers that may differ from the reference path's; negative: any
  double max_accuracy_drop = -1;   // share in (0,1); negative: not asked. Needs labels
  double confidence = 0.95;        // probability in (0,1) that the promise holds
  PolicyKind policy = PolicyKind::tradeoff;
  // What may be chosen from.
  // Files of smaller models that answer the same question, cheapest first: a cascade. Same kind of input, on pictures
  // of the same size or smaller, and the same classes. The reference path is that of `model`; nothing is resumed
  // between models. Each is named after its file.
  std::vector<std::string> smaller_models;
  // Empty: f32, bf16, int8, and mixed where it is better than int8 and cheaper than bf16. f32 is always among them.
  std::vector<Precision> precisions;
  // Sizes of smaller pictures to compute on, in the narrow precisions; every request still brings pictures of the
  // model's own size. An empty list: none. Nothing: 6/7, 5/7 and 4/7 of the own size to the next multiple of 32 (192,
  // 160 and 128 of 224), of pictures of 128 pixels and more, where the model works on them.
  std::optional<std::vector<Resolution>> resolutions;
  bool use_estimator = true;  // false: the plain estimator
  int policies = 20;          // length of the frozen list, 2..1000
  std::uint64_t seed = 42;    // of the split; another seed on the same data is another read of it
  // Resources.
  std::string ledger;   // counts the certifications on each data set; empty: DATA.rheo-ledger.json
  ModelOptions model;   // what the model's file leaves open
  std::string max_isa;  // as in LoadOptions
  std::stop_token stop;
  std::function<void(std::string_view stage, double done)> progress;  // share done in [0,1]; called on this thread
};

// One row of the frontier that was tuned on half A, and what half B said of it.
struct PolicyRow {
  std::string policy;            // "tradeoff price=120us"
  double cost_us = 0;            // mean per input on half A, from profiles
  double disagreement = 0;       // share on half A
  std::int64_t losses = -1;      // answers on half B that differ; -1: not read, an earlier one failed
  std::int64_t right_lost = -1;  // answers on half B that only the reference got right; -1: not read, or no labels
  std::int64_t right_won = -1;   // answers on half B that only the policy got right; -1: not read, or no labels
  double p_value = 1;            // of the certification test
  bool certified = false;
  double measured_us = -1;  // mean per input end to end on half A; -1: not timed, only the cheapest certified ones are
};

struct DroppedPath {
  std::string path;
  std::string reason;
};

// What adapt saw and decided.
struct RHEO_EXPORT AdaptReport {
  Ladder ladder;
  std::vector<DroppedPath> dropped;
  std::vector<PolicyRow> rows;
  Certificate certificate;
  int chosen = -1;  // row that was shipped, the fastest of those timed; -1: only the reference path
  // Which certification on these inputs this was, whatever the seeds of the earlier ones; read r spends delta / 2^r of
  // the delta = 1 - confidence that may go wrong.
  int read = 1;
  // False: one path answers everything, because that was asked for (PolicyKind::fixed), because adapting does not pay
  // on this host (never-slower guard), or because nothing could be certified.
  bool adaptive = false;
  std::string note;               // one sentence for people: what was shipped and why
  std::string to_string() const;  // the full text, for people
  std::string to_json() const;    // the same for programs
};

// For classifiers with one input. invalid_argument when half B is too small for the promise, and how many inputs it
// takes: some 740 in all for 1 % at 95 % and the first read. `model`: .onnx, .pt or .rheo, with its small relatives in
// AdaptOptions::smaller_models. `data`: IDX file (not compressed), folder of images, or .npy. `labels`: IDX or .npy
// file, or empty (a folder's sub-folders are its labels). `output`: where the package goes.
RHEO_EXPORT Result<AdaptReport> adapt(const std::string& model, const std::string& data, const std::string& labels,
                                      const std::string& output, const AdaptOptions& options = {});

}  // namespace rheo
