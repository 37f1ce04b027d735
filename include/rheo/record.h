// SPDX-License-Identifier: Apache-2.0
// The words of one request: what is known of the input (`InputStatistics`, `Complexity`), what the steps showed
// (`Evidence`), what the policy sees (`Situation`) and says (`Decision` with its `Reason`), and what was done
// (`RunRecord`). Plain data without tensors or heap memory on the request path. A request owns its own; nothing is
// shared.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <rheo/export.h>
#include <rheo/path.h>
#include <rheo/status.h>

namespace rheo {

// Cheap facts of an input, taken from the caller's memory in one pass before it is copied. All over the elements of the
// first input tensor; zero unless that is f32.
struct InputStatistics {
  static constexpr std::size_t kCount = 4;
  float mean = 0;
  float variance = 0;
  float gradient_energy = 0;  // mean squared difference of horizontal and vertical neighbours
  float entropy = 0;          // of a 32-bin histogram over [min, max], in nats
};

// Why a policy decided as it did: `value` of `measure` against `threshold`, "margin 0.93 >= 0.71".
enum class Measure : std::uint8_t {
  fixed_path,     // the policy or the caller always takes this path; value and threshold are 0
  first_step,     // nothing was seen yet; value and threshold are 0
  margin,         // evidence margin against the tuned margin
  agreement,      // calibrated probability of agreement against what the knob asks
  expected_cost,  // expected cost of answering against that of the best next step, microseconds
  last_rung,      // nothing deeper is left
  // Remaining time against the time of the next step, microseconds. Whoever gives this reason, an own policy too, says
  // that the deadline changed its course: the record's `interrupted` is then deadline_exceeded, and nothing certified.
  budget,
  custom,  // a user's policy
};
RHEO_EXPORT std::string_view name_of(Measure measure);

struct RHEO_EXPORT Reason {
  Measure measure = Measure::custom;
  float value = 0;
  float threshold = 0;
  std::string to_string() const;
};

// What one step showed: the answer of one path. Confidences are of the temperature-scaled softmax.
// `usable` is false when a logit was NaN or +infinite, or all of them -infinite: such an answer is never trusted, the
// policy must go deeper. What is no classifier shows no class (-1) and no confidences (0); it is usable when all
// elements of its answer are finite.
struct Evidence {
  PathId path;
  std::int32_t answer = -1;   // index of the largest logit, the lowest one on ties; -1: no classifier
  float top_probability = 0;  // in [0,1]
  float margin = 0;           // largest minus second largest probability, in [0,1]
  float entropy = 0;          // of the probabilities, in nats
  float agreement = 0;        // calibrated probability that `answer` is the reference's; the estimator's latest word
  bool usable = false;
  double cost_us = 0;  // time this step took, microseconds; of a batch that took it together, an item's equal share
  Reason reason = {};  // why the policy asked for this step, written by the loop
};

// How hard an input looks. `agreement[p]` is the calibrated probability that the answer of path p equals the
// reference path's, given all that has been seen so far.
struct Complexity {
  float score = 0.5f;  // 0 easy .. 1 hard
  std::array<float, kMaxPaths> agreement{};
};

// The evidence of one request, in the order in which steps were taken. Keeps up to kMaxPaths items without allocating;
// making and copying one touches no more memory than it holds evidence, so that a request finds little of it cold.
class RHEO_EXPORT EvidenceList {
 public:
  EvidenceList() {}  // NOLINT(modernize-use-equals-default): the items stay untouched
  EvidenceList(const EvidenceList& other) : EvidenceList() { copy(other); }
  EvidenceList& operator=(const EvidenceList& other) {
    if (this != &other) copy(other);
    return *this;
  }

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const Evidence& operator[](std::size_t i) const { return items_[i]; }
  const Evidence& back() const { return items_[count_ - 1]; }
  const Evidence* begin() const { return items_; }
  const Evidence* end() const { return items_ + count_; }
  // Recall: the usable evidence with the highest calibrated agreement, the later one on ties; the last one if none is
  // usable. Call only when not empty.
  const Evidence& best() const;
  bool has(PathId path) const;

  // False when full, which a ladder of kMaxPaths cannot reach.
  bool push_back(const Evidence& evidence);
  // Writes the estimator's latest word into every item.
  void update(const Complexity& complexity);
  // Writes into the last item why its step was asked for. Does nothing when empty.
  void explain_last(const Reason& reason);
  void clear() { count_ = 0; }

 private:
  void copy(const EvidenceList& other) {
    for (count_ = 0; count_ < other.count_; ++count_) std::construct_at(items_ + count_, other.items_[count_]);
  }

  union {
    Evidence items_[kMaxPaths];  // the first count_ exist
  };
  std::size_t count_ = 0;
};

// What the request may still spend.
struct Budget {
  double remaining_us = std::numeric_limits<double>::infinity();  // until the deadline
};

// All that a policy may look at. Borrowed for the duration of `decide`.
struct Situation {
  const Complexity& complexity;
  const EvidenceList& evidence;
  const Ladder& ladder;
  Budget budget;
};

// Run one more path, or answer with evidence that is there.
class RHEO_EXPORT Decision {
 public:
  static Decision run(PathId path, Reason reason = {}) { return Decision(false, path, reason); }
  static Decision answer(const Evidence& evidence, Reason reason = {}) { return Decision(true, evidence.path, reason); }

  bool answers() const { return answers_; }
  PathId path() const { return path_; }  // to run, or whose evidence answers
  const Reason& reason() const { return reason_; }

 private:
  Decision(bool answers, PathId path, Reason reason) : answers_(answers), path_(path), reason_(reason) {}
  bool answers_;
  PathId path_;
  Reason reason_;
};

// What was asked, decided, really used and paid for one request, or for one item of a batch. Complete, also when the
// request was cut short or ended without an answer.
struct RHEO_EXPORT RunRecord {
  std::shared_ptr<const Ladder> ladder;  // what the paths below are paths of; keeps every text below alive
  // Asked
  std::int64_t request = 0;    // the caller's own number, RunOptions::id
  int item = 0;                // position in the request's batch
  std::string_view model;      // content hash of the model, as in its certificate
  std::string_view policy;     // name of the policy that decided
  std::string_view estimator;  // name of the estimator that it listened to
  std::string_view asked;      // path the caller fixed by name; empty when the policy was free
  // Used
  std::string_view path;        // path whose answer was returned, "exit1.int8"; empty without an answer
  std::string_view unfinished;  // path that was asked for last but was cut short; empty when every step was taken
  std::string_view device;      // that computed it: "cpu"
  std::string_view isa;         // instruction set of its kernels, "avx512_vnni_bf16"
  // Sizes of LoadOptions::sizes that it was computed in, "sequence=128"; larger than the request's own where it was
  // padded. Empty: the engine has one size.
  std::string_view sizes;
  // Seen and decided
  Reason decided;         // of the last decision; evidence[i].reason is that of the decision that asked for step i
  EvidenceList evidence;  // every step, in order
  InputStatistics statistics;
  float score = 0;  // complexity before the first step, 0 easy .. 1 hard
  // Paid, in microseconds. Of a batch every item's record holds the batch's times, but for what is said to be its own.
  double statistics_us = 0;  // taking the statistics of all inputs that were served together, at most 32 items
  double deciding_us = 0;  // all estimate and decide calls for this item: its own, an equal share where taken together
  double building_us = 0;  // plans made for an unseen shape, normally 0
  double total_us = 0;     // the whole request
  // Promised
  bool certified = false;  // the answer is covered by a valid certificate
  // Why the answer was cut short (deadline_exceeded, cancelled), or why there is none; ok otherwise.
  StatusCode interrupted = StatusCode::ok;

  std::string reason() const { return decided.to_string(); }  // "margin 0.93 >= 0.71"
  // Index of the answer's largest logit, of `path`; -1 without an answer, and where the model is no classifier.
  std::int32_t answer() const;
};

// What one op of a plan took, for profiles.
struct OpTime {
  std::string_view op;      // the model's own name, "layer1.0.conv1", or "reorder(x)" where the plan changes a layout
  std::string_view kind;    // "conv2d"
  std::string_view kernel;  // that ran it, "dnnl.conv2d"
  int batch = 1;            // items that the plan computes together
  std::int64_t started_ns = 0;  // on the steady clock
  double took_us = 0;
};

// A host's ear for ops; see LoadOptions::on_op for when it is called and by whom.
using OpListener = std::function<void(const OpTime& op)>;

// A host's ear for records; see LoadOptions::on_record for when it is called and by whom.
using RecordListener = std::function<void(const RunRecord& record)>;

}  // namespace rheo
