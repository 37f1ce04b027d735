// SPDX-License-Identifier: Apache-2.0
// `LiveSteps`: takes steps by running plans. Holds the frames of one request at a time and is reused for the next one.
//
// Items that go to the same path run together. Where some items of a batch have left, the survivors are moved into
// smaller frames when the profile says that this is cheaper than computing the empty rows (compaction). Everything is
// made in `create`; a request allocates nothing. Used by one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "infer/plan_set.h"
#include "infer/steps.h"
#include "run/frame.h"

namespace rheo {

class LiveSteps : public Steps {
 public:
  // For requests of up to `capacity` items. The ladder must outlive this. limit_exceeded or resource_exhausted when the
  // model's values or answers are too large.
  static Result<std::unique_ptr<LiveSteps>> create(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity);

  int capacity() const { return capacity_; }
  // Starts a request. `inputs` holds one row per item: item i reads inputs[input][i]. They are borrowed until the last
  // `take`. `control` is kept for the request.
  void begin(std::span<const std::span<const TensorView>> inputs, const RunControl& control);

  Status take(std::span<Item* const> items) override;
  double remaining_us() const override;

  // What a path that the item has run gives out, one item's part, valid until the next begin. Number 0 is the answer of
  // the path's exit, number 1 + i output i of the graph: an empty view where the path ends before the stage that makes
  // it, also when a deeper path was run.
  TensorView output(int item, PathId path, std::size_t number) const;
  TensorView answer(int item, PathId path) const { return output(item, path, 0); }
  std::size_t frames_bytes() const;

 private:
  // Where an item stands in one precision.
  struct Place {
    Frame* frame = nullptr;  // null: not begun
    std::int64_t row = 0;
    int stages = 0;  // what these first stages give out is kept
  };

  // Copies of what the items were given in one precision, so that frames may serve other rows.
  struct Kept {
    std::vector<std::size_t> offsets;  // by the plan's output, within an item
    std::size_t item_bytes = 0;
    std::vector<std::byte> bytes;  // [capacity, item_bytes]
  };

  LiveSteps(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity);
  static Result<std::unique_ptr<LiveSteps>> make(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity);
  Status add_frames(Precision precision);
  Status book_outputs(Precision precision);
  Kept& kept(Precision precision) { return kept_[static_cast<std::size_t>(precision)]; }
  const Kept& kept(Precision precision) const { return kept_[static_cast<std::size_t>(precision)]; }
  const Plan& plan_of(Precision precision) const;
  Place& place(int item, Precision precision) {
    return places_[static_cast<std::size_t>(precision)][static_cast<std::size_t>(item)];
  }
  Status run_group(std::span<Item* const> group, PathId path);
  // Items of the group that are not begun go into fresh frames, chunk by chunk.
  Status start(std::span<Item* const> group, const Path& path);
  // Moves survivors together when that is cheaper; leaves them where they are otherwise.
  Status compact(std::span<Item* const> group, const Path& path);
  Status run_frames(std::span<Item* const> group, const Path& path);
  void collect(std::span<Item* const> group, PathId path, double elapsed_us);
  // Copies what the item's frame gives out in its first `stages` stages and what is not kept yet.
  void keep_outputs(int item, Precision precision, int stages);
  Frame* free_frame(Precision precision, std::size_t most_rows);
  bool in_use(const Frame& frame, Precision precision) const;
  double stage_cost_us(Precision precision, int from_stage, int exit, std::int64_t batch) const;

  std::shared_ptr<PlanSet> plans_;
  const Ladder& ladder_;
  int capacity_;
  bool is_classifier_ = false;
  // Per precision: frames, larger batches first; places, one per item; copies.
  std::array<std::vector<std::unique_ptr<Frame>>, kPrecisionCount> frames_;
  std::array<std::vector<Place>, kPrecisionCount> places_;
  std::array<Kept, kPrecisionCount> kept_;
  std::vector<Item*> group_;  // room to sort a take by path
  std::span<const std::span<const TensorView>> inputs_;
  RunControl control_;
};

}  // namespace rheo
