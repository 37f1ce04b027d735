// SPDX-License-Identifier: Apache-2.0
// What can be chosen: a `Path` is one way to compute an answer, a `Ladder` holds all paths of a model with what was
// measured of them. Data only: nothing here runs anything. Frozen after `adapt`, so any thread may read it.
//
// A path is named EXIT.PRECISION, "exit1.int8" or "final.f32"; on smaller pictures EXIT.PRECISION@SIZE,
// "final.int8@160"; of a ladder of several models VARIANT:EXIT.PRECISION, "lite0:final.int8". The reference path is the
// last exit of the last model in f32, on pictures of its own size: its answer is the truth that certificates speak
// about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/export.h>
#include <rheo/status.h>

namespace rheo {

// Arithmetic of a path. int8 means u8 or s8 activations and per-channel s8 weights with 32-bit sums; mixed is int8 but
// for the layers that suffer most from it, which compute in bf16 or f32.
enum class Precision : std::uint8_t { f32, bf16, int8, mixed };
RHEO_EXPORT std::string_view name_of(Precision precision);  // "f32", "bf16", "int8", "mixed"
// invalid_argument names the precisions there are.
RHEO_EXPORT Result<Precision> precision_from_name(std::string_view name);

// A path's position in its Ladder, 0 the cheapest. Means nothing without that ladder.
struct PathId {
  std::uint8_t index = 0;
  friend bool operator==(PathId a, PathId b) = default;
};

// At most this many paths per ladder, so that a request can keep its evidence without allocating.
inline constexpr std::size_t kMaxPaths = 32;

// Size of pictures in pixels. Both 0: the model's own size.
struct RHEO_EXPORT Resolution {
  int height = 0;
  int width = 0;

  bool is_own() const { return height == 0 && width == 0; }
  std::string to_string() const;  // "160" of a square, else "160x120": height first
  friend bool operator==(Resolution a, Resolution b) = default;
};
// What to_string writes; invalid_argument says how a size is written.
RHEO_EXPORT Result<Resolution> resolution_from_text(std::string_view text);

// One way to compute, as data: which model, in which arithmetic, on pictures of which size, and at which exit of its
// graph to stop.
struct RHEO_EXPORT Path {
  Precision precision = Precision::f32;
  std::string exit = {};       // name of the exit that answers
  int exit_index = 0;          // its position in the graph: stages 0..exit_index run
  std::string variant = {};    // name of the model; empty where the ladder has only one
  Resolution resolution = {};  // its input is made that small first

  std::string name() const;       // "exit1.int8", "lite0:final.int8@160"
  std::string plan_name() const;  // the same without the exit: "int8", "lite0:int8@160"
  // Paths that differ in their exit alone share a plan: the deeper one resumes where the shallower one ended.
  bool shares_plan(const Path& other) const {
    return precision == other.precision && resolution == other.resolution && variant == other.variant;
  }
  bool resumes(const Path& earlier) const { return exit_index > earlier.exit_index && shares_plan(earlier); }
};

// Median latency of a path in batches of `batch` inputs, one thread, from the input to this path's answer.
struct BatchLatency {
  int batch = 1;
  double latency_us = 0;  // of the whole batch
};

// What `adapt` measured of one path.
struct RHEO_EXPORT PathProfile {
  double latency_us = 0;              // median, batch 1, one thread, from the input to this path's answer
  double latency_p99_us = 0;          // 99th percentile of the same
  double multiply_adds = 0;           // count, per input, all stages up to the exit
  double agreement = 0;               // share in [0,1] of tuning inputs whose answer equals the reference's
  double temperature = 1;             // divides this exit's logits before confidences are taken; a positive ratio
  std::vector<BatchLatency> batches;  // ascending by batch
};

// All paths of a model, cheapest first, the reference path last. An input may skip rungs.
class RHEO_EXPORT Ladder {
 public:
  struct Rung {
    Path path;
    PathProfile profile;
  };

  Ladder() = default;
  // Checks: 1..kMaxPaths rungs, unique names, the last one is the deepest exit of its model in f32 on pictures of its
  // own size. Keeps the given order.
  static Result<Ladder> create(std::vector<Rung> rungs);

  std::size_t size() const { return rungs_.size(); }  // number of paths, 1..kMaxPaths; 0 only when default-made
  PathId cheapest() const { return PathId{0}; }
  PathId reference() const { return PathId{static_cast<std::uint8_t>(rungs_.size() - 1)}; }
  // `id` must be of this ladder (index below size()); it is not checked. References live as long as the ladder.
  const Path& path(PathId id) const { return rungs_[id.index].path; }
  const PathProfile& profile(PathId id) const { return rungs_[id.index].profile; }
  std::string_view name(PathId id) const { return names_[id.index]; }  // valid as long as the ladder
  // not_found lists the names that exist.
  Result<PathId> find(std::string_view name) const;
  // Expected time in microseconds to run `next` when `done` (paths already run, any order) may be resumed.
  double remaining_us(PathId next, std::span<const PathId> done) const;

 private:
  std::vector<Rung> rungs_;
  std::vector<std::string> names_;
};

}  // namespace rheo
