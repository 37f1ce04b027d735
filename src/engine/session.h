// SPDX-License-Identifier: Apache-2.0
// `Session`: the working memory of one request: frames, items, views. Sessions are pooled by capacity; a request
// borrows one, so many threads run one engine at once and none of them allocates.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "base/thread_pool.h"
#include "infer/live_steps.h"
#include "infer/plan_set.h"
#include "infer/steps.h"

namespace rheo {

struct Session {
  std::unique_ptr<LiveSteps> steps;
  std::unique_ptr<ThreadPool> pool;                     // null: one thread per request
  std::vector<Item> items;                              // capacity items
  std::vector<Item*> active;                            // room for the loop
  std::vector<std::vector<TensorView>> views;           // [inputs][capacity]
  std::vector<std::span<const TensorView>> view_spans;  // [inputs], into views

  static Result<std::unique_ptr<Session>> create(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                                 int capacity, std::size_t inputs);
};

class SessionPool {
 public:
  SessionPool(std::shared_ptr<PlanSet> plans, std::shared_ptr<const Ladder> ladder, std::size_t inputs)
      : plans_(std::move(plans)), ladder_(std::move(ladder)), inputs_(inputs) {}

  // Declares `capacity` prepared and makes sessions for it, until `requests` of them are free.
  Status prepare(int capacity, int requests = 1);
  // The smallest prepared capacity that holds `items`; 0 when none does.
  int prepared_capacity(int items) const;
  // A session of exactly `capacity`, made now when all are busy.
  Result<std::unique_ptr<Session>> acquire(int capacity);
  void release(std::unique_ptr<Session> session);
  std::size_t frames_bytes() const;

 private:
  std::shared_ptr<PlanSet> plans_;
  std::shared_ptr<const Ladder> ladder_;
  std::size_t inputs_;
  mutable std::mutex mutex_;
  std::map<int, std::vector<std::unique_ptr<Session>>> free_;  // guarded by mutex_; a key is a prepared capacity
  std::map<int, std::size_t> made_;                            // guarded by mutex_
  std::size_t frames_bytes_ = 0;                               // guarded by mutex_
};

}  // namespace rheo
