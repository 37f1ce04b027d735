// SPDX-License-Identifier: Apache-2.0
// `LiveSteps`: takes steps by running plans. Holds the frames of one request at a time and is reused for the next one.
//
// Items that go to the same path run together. Where some items of a batch have left, the survivors are moved into
// smaller frames when the profile says that this is cheaper than computing the empty rows (compaction). Everything is
// made in `create`; a request allocates nothing. Used by one thread at a time.
#pragma once

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
  void begin(std::span<const std::span<const TensorView>> inputs, const RunControl& control,
             InputFit fit = InputFit::exact);

  Status take(std::span<Item* const> items) override;
  double remaining_us() const override;

  // What a path that the item has run gives out, one item's part, valid until the next begin. Number 0 is the answer of
  // the path's exit, number 1 + i output i of the graph: an empty view where the path ends before the stage that makes
  // it, also when a deeper path was run, and where the path is of another model than the reference's.
  TensorView output(int item, PathId path, std::size_t number) const;
  TensorView answer(int item, PathId path) const { return output(item, path, 0); }
  std::size_t frames_bytes() const;

 private:
  // Where an item stands in one plan.
  struct Place {
    Frame* frame = nullptr;  // null: not begun
    std::int64_t row = 0;
    int stages = 0;  // what these first stages give out is kept
  };

  // Copies of what the items were given by one plan, so that frames may serve other rows.
  struct Kept {
    std::vector<std::size_t> offsets;  // by the plan's output, within an item
    std::size_t item_bytes = 0;
    std::vector<std::byte> bytes;  // [capacity, item_bytes]
  };

  // All that the paths which share a plan share.
  struct Lane {
    Path path;                                   // one of them
    std::vector<std::unique_ptr<Frame>> frames;  // larger batches first
    std::vector<Place> places;                   // one per item
    Kept kept;
    bool is_reference_model = true;  // its outputs besides the answer are those of the engine

    const Plan& plan() const { return frames.front()->plan(); }
    Place& place(int item) { return places[static_cast<std::size_t>(item)]; }
  };

  LiveSteps(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity);
  static Result<std::unique_ptr<LiveSteps>> make(std::shared_ptr<PlanSet> plans, const Ladder& ladder, int capacity);
  Status add_lane(const Path& path);
  Status add_frames(Lane& lane);
  Status book_outputs(Lane& lane);
  Lane& lane_of(PathId path) { return lanes_[lane_of_path_[path.index]]; }
  const Lane& lane_of(PathId path) const { return lanes_[lane_of_path_[path.index]]; }
  Status run_group(std::span<Item* const> group, PathId path);
  // Items of the group that are not begun go into fresh frames, chunk by chunk.
  Status start(std::span<Item* const> group, Lane& lane);
  // Moves survivors together when that is cheaper; leaves them where they are otherwise.
  Status compact(std::span<Item* const> group, Lane& lane, int exit);
  Status run_frames(std::span<Item* const> group, Lane& lane, int exit);
  void collect(std::span<Item* const> group, PathId path, double elapsed_us);
  // Copies what the item's frame gives out in its first `stages` stages and what is not kept yet.
  static void keep_outputs(Lane& lane, int item, int stages);
  static Frame* free_frame(Lane& lane, std::size_t most_rows);
  double stage_cost_us(const Lane& lane, int from_stage, int exit, std::int64_t batch) const;

  std::shared_ptr<PlanSet> plans_;
  const Ladder& ladder_;
  int capacity_;
  bool is_classifier_ = false;
  std::vector<Lane> lanes_;
  std::vector<std::size_t> lane_of_path_;  // by path of the ladder
  std::vector<Item*> group_;               // room to sort a take by path
  std::span<const std::span<const TensorView>> inputs_;
  RunControl control_;
  InputFit fit_ = InputFit::exact;
};

}  // namespace rheo
