// SPDX-License-Identifier: Apache-2.0
// The memory behind an Outcome. Slots are pooled: an Outcome that is destroyed gives its slot back, so a request that
// finds a free one allocates nothing. The pool lives as long as the last Outcome made from it, even when the engine is
// gone.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rheo/engine.h>

namespace rheo {

class SlotPool;

struct Outcome::Slot {
  std::vector<std::byte> owned;     // elements of the outputs, unless the caller gave buffers
  std::vector<TensorView> outputs;  // into `owned` or into the caller's buffers
  RunRecord record;
  std::shared_ptr<const std::vector<TensorInfo>> infos;
  std::shared_ptr<SlotPool> home;  // empty while the slot lies in the pool
};

class SlotPool : public std::enable_shared_from_this<SlotPool> {
 public:
  explicit SlotPool(std::shared_ptr<const std::vector<TensorInfo>> infos) : infos_(std::move(infos)) {}
  ~SlotPool();
  // A slot with room for `bytes` of output elements.
  Outcome::Slot* acquire(std::size_t bytes);
  void release(Outcome::Slot* slot);
  // Makes sure that `count` slots of `bytes` are free.
  void prepare(std::size_t count, std::size_t bytes);

 private:
  std::shared_ptr<const std::vector<TensorInfo>> infos_;
  std::mutex mutex_;
  std::vector<Outcome::Slot*> free_;  // guarded by mutex_; by rising size; has room for every slot ever made
  std::size_t made_ = 0;              // guarded by mutex_
};

}  // namespace rheo
