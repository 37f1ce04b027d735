// SPDX-License-Identifier: Apache-2.0
// `EngineCore`: what all copies of an Engine share. Const after `create` but for its pools, which lock for themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "engine/outcome.h"
#include "engine/session.h"
#include "engine/worker_queue.h"
#include "graph/graph.h"
#include "infer/plan_set.h"
#include "load/package.h"

namespace rheo {

// What records speak of. Every record's `ladder` keeps it alive, because an Outcome may outlive its engine.
struct RecordRoots {
  Ladder ladder;
  std::string model;
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const Estimator> estimator;
};

class EngineCore {
 public:
  static constexpr int kMaxBatch = 1024;
  static constexpr int kMaxRequests = 1024;  // at once, that can be prepared for
  // A session holds at most this many items; larger batches go through it in parts, so that memory stays bounded.
  static constexpr int kMaxCapacity = 32;

  static Result<std::shared_ptr<EngineCore>> create(Package package, const LoadOptions& options);

  Result<Outcome> run(std::span<const NamedInput> inputs, const RunOptions& options);
  Result<Outcome> run(const TensorView& input, const RunOptions& options);
  Result<std::vector<Outcome>> run_batch(std::span<const TensorView> items, const RunOptions& options);
  std::future<Result<Outcome>> submit(const TensorView& input, const RunOptions& options);
  Status prepare(int batch, int requests = 1);
  MemoryUse memory() const;
  std::string describe() const;

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

  EngineCore(Package package, const LoadOptions& options);
  Status check_certificate() const;
  Status choose_mind(const LoadOptions& options);
  Status make_plans();
  Status check_policy() const;
  void describe_tensors();
  // Shape of an input or output in a request of `items` items.
  Shape shape_for(const TensorInfo& info, std::int64_t items) const;
  std::size_t bytes_for(const TensorInfo& info, std::int64_t items) const;
  // All outputs together, one after another as open_outcome lays them out.
  std::size_t output_bytes(std::int64_t items) const;
  Status check_input(std::size_t index, const TensorView& view, std::int64_t batch) const;
  Status check_outputs(const RunOptions& options, std::int64_t batch) const;
  Result<const Policy*> policy_for(const RunOptions& options) const;
  Status match_inputs(std::span<const NamedInput> inputs, std::int64_t batch) const;
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
  Outcome open_outcome(const RunOptions& options, std::int64_t batch);
  void hand_out(const Request& request, const Item& item, std::int64_t row, Outcome& outcome) const;
  // Gives the host's listener the record of every item; does nothing without a listener.
  void tell(const Request& request, std::span<const Item> items) const;

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
  std::unique_ptr<WorkerQueue> workers_;  // last: its threads end before what they use
};

}  // namespace rheo
