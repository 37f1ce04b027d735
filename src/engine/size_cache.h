// SPDX-License-Identifier: Apache-2.0
// `SizeCache`: the cores of sizes that nobody listed, each made when its first request comes and kept while they hold
// no more than a number of bytes together. The one that was used longest ago goes first. Whoever got a core may use it
// on, whatever becomes of it here. Thread-safe: a core is made once, however many wait for it, and who asks for another
// does not wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine_core.h"
#include "engine/open_sizes.h"

namespace rheo {

class SizeCache {
 public:
  using Made = Result<std::shared_ptr<EngineCore>>;

  explicit SizeCache(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // The core of these sizes if it is ready; allocates nothing.
  std::shared_ptr<EngineCore> ready(const Sizes& sizes);
  // The core of these sizes, by `make` where there is none. Whoever waited for the same one gets the same failure; the
  // next one makes it again, and so it is when `make` throws.
  Made get(const Sizes& sizes, const std::function<Made()>& make);
  // Gives all of them back.
  void clear();
  // Those that are ready.
  std::vector<std::shared_ptr<EngineCore>> cores() const;

 private:
  struct Ready {
    Sizes sizes;
    std::shared_ptr<EngineCore> core;
    std::uint64_t used = 0;  // turn of its last request
  };
  // One that is on its way.
  struct Making {
    Sizes sizes;
    bool is_done = false;
    Made made = Status(StatusCode::internal, "The core was never made.");
  };

  class Finish;
  std::shared_ptr<EngineCore> find(const Sizes& sizes);  // with mutex_ held; null when there is none
  void keep_within_limit();

  const std::size_t limit_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable done_;
  std::list<Ready> ready_;                       // guarded by mutex_
  std::vector<std::shared_ptr<Making>> making_;  // guarded by mutex_, and so are the members of what it points to
  std::uint64_t turn_ = 0;                       // guarded by mutex_
};

}  // namespace rheo
