// SPDX-License-Identifier: Apache-2.0
// `EngineCore`: one model in one size of its open dimensions, ready to run: what all copies of an Engine share, or,
// where it has several sizes, one of several that engine_sizes.h holds. Const after `create` but for its pools, which
// lock for themselves; shared by all requests that use it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "engine/outcome.h"
#include "engine/session.h"
#include "graph/graph.h"
#include "infer/common_weights.h"
#include "infer/plan_set.h"
#include "load/package.h"

namespace rheo {

// What records speak of. Every record's `ladder` keeps it alive, because an Outcome may outlive its engine.
struct RecordRoots {
  Ladder ladder;
  std::string model;
  std::string sizes;
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const Estimator> estimator;
};

// What one of several cores is.
struct CoreRole {
  std::string sizes = {};                            // what records call it: "sequence=128"
  std::shared_ptr<const CommonWeights> common = {};  // of the first of them; null for that one
  // As PlanSetOptions::read_again. Empty where other cores look at the weights of this one.
  std::function<Result<std::vector<Variant>>()> read_again = {};
};

// Which dimensions follow the one that requests may bring shorter: bit `axis` of each input and output.
struct PaddedAxes {
  std::vector<std::uint32_t> inputs = {};
  std::vector<std::uint32_t> outputs = {};
};

// What a request has behind it when it comes to its core.
struct Arrival {
  std::int64_t started_ns = 0;  // when the call began; 0: now
  double building_us = 0;       // what was spent on making the core
  std::int64_t length = 0;      // its own size of the padded dimension, below the core's; 0: it has the core's
  bool is_trial = false;        // the library's own request: no listener hears of it
};

class EngineCore {
 public:
  static constexpr int kMaxBatch = 1024;
  static constexpr int kMaxRequests = 1024;  // at once, that can be prepared for
  // A session holds at most this many items; larger batches go through it in parts, so that memory stays bounded.
  static constexpr int kMaxCapacity = 32;

  static Result<std::shared_ptr<EngineCore>> create(Package package, const LoadOptions& options,
                                                    const CoreRole& role = {});
  // From now on requests may be shorter along `axes`. Called before the core is shared.
  void pad_along(PaddedAxes axes) { axes_ = std::move(axes); }

  Result<Outcome> run(std::span<const NamedInput> inputs, const RunOptions& options, const Arrival& arrival = {});
  Result<std::vector<Outcome>> run_batch(std::span<const TensorView> items, const RunOptions& options,
                                         const Arrival& arrival = {});
  Status prepare(int batch, int requests = 1);
  MemoryUse memory() const;
  // What would be given back with this core: its memory, and the constants that no other core has.
  std::size_t held_bytes() const { return held_bytes_of(memory()); }
  std::string describe() const;
  // Why a request with these options ends before it begins; ok when it does not.
  static Status check_control(const RunOptions& options);

  const Package& package() const { return package_; }
  const Ladder& ladder() const { return *ladder_; }
  const Status& certificate_status() const { return certificate_status_; }
  std::span<const TensorInfo> inputs() const { return inputs_; }
  std::span<const TensorInfo> outputs() const { return *outputs_; }
  PlanSet& plans() const { return *plans_; }
  const Policy& policy() const { return *policy_; }
  const Estimator& estimator() const { return *estimator_; }

 private:
  // One request on its way: borrowed session, what to fill, when it must end.
  struct Request;
  // How large a request is.
  struct Extent {
    std::int64_t items = 1;
    std::int64_t length = 0;  // as in Arrival
  };

  EngineCore(Package package, const LoadOptions& options);
  Status check_certificate() const;
  Status choose_mind(const LoadOptions& options);
  Status make_plans(const CoreRole& role);
  Status check_policy() const;
  void describe_tensors();
  // Shapes of an input or output in a request.
  Shape shape_for(const TensorInfo& info, std::span<const std::uint32_t> axes, std::size_t index,
                  const Extent& extent) const;
  Shape input_shape(std::size_t index, const Extent& extent) const;
  Shape output_shape(std::size_t index, const Extent& extent) const;
  std::size_t output_bytes(std::size_t index, const Extent& extent) const;
  // All outputs together, one after another as open_outcome lays them out.
  std::size_t all_output_bytes(const Extent& extent) const;
  void count_own_constants(const CommonWeights* common);
  std::size_t held_bytes_of(const MemoryUse& use) const {
    return use.weights_bytes + use.plans_bytes + use.frames_bytes + own_constants_bytes_;
  }
  Status check_input(std::size_t index, const TensorView& view, const Extent& extent) const;
  Status check_outputs(const RunOptions& options, const Extent& extent) const;
  Result<const Policy*> policy_for(const RunOptions& options) const;
  Status match_inputs(std::span<const NamedInput> inputs, const Extent& extent) const;
  Status check_finite(const Request& request, std::size_t item) const;
  // Sessions come in powers of two: a bounded number of plans serves every batch size. A model that was exported with
  // a fixed batch runs its items one by one.
  int capacity_for(int items) const;
  Result<std::unique_ptr<Session>> borrow(std::int64_t batch, double& building_us);
  void place_views(const Request& request, std::span<const NamedInput> inputs, int count) const;
  // Copies in, loops, leaves the answers in the session's items.
  Status think(Request& request, int items);
  void fill_record(const Request& request, const Item& item, RunRecord& record) const;
  Status status_of(const Request& request, const Item& item, std::int64_t batch) const;
  Outcome open_outcome(const RunOptions& options, const Extent& extent);
  void hand_out(const Request& request, const Item& item, std::int64_t row, Outcome& outcome) const;
  // Gives the host's listener the record of every item; does nothing without a listener.
  void tell(const Request& request, std::span<const Item> items) const;

  // Starts the clocks of a request and finds who decides it.
  Status open_request(Request& request, const Arrival& arrival) const;

  Package package_;
  LoadOptions options_;
  Isa isa_ = Isa::portable;
  std::shared_ptr<RecordRoots> roots_;
  std::shared_ptr<const Ladder> ladder_;  // roots_->ladder, and an owner of roots_
  std::shared_ptr<PlanSet> plans_;
  std::shared_ptr<const Policy> policy_;
  std::shared_ptr<const Estimator> estimator_;
  std::vector<std::shared_ptr<const Policy>> fixed_;  // one per path, for RunOptions::path
  Status certificate_status_;
  bool policy_is_certified_ = false;
  bool counts_items_ = true;    // else a request is one item of the model's own shapes
  bool has_open_batch_ = true;  // else items run one by one
  std::vector<TensorInfo> inputs_;
  std::shared_ptr<const std::vector<TensorInfo>> outputs_;
  std::shared_ptr<SlotPool> slots_;
  std::unique_ptr<SessionPool> sessions_;
  PaddedAxes axes_;  // empty: nothing is padded
  std::size_t own_constants_bytes_ = 0;
};

}  // namespace rheo
