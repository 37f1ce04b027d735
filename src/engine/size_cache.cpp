// SPDX-License-Identifier: Apache-2.0
#include "engine/size_cache.h"

#include <algorithm>
#include <map>
#include <utility>

namespace rheo {

std::shared_ptr<EngineCore> SizeCache::find(const Sizes& sizes) {
  const auto found = std::ranges::find(ready_, sizes, &Ready::sizes);
  if (found == ready_.end()) return nullptr;
  found->used = ++turn_;
  return found->core;
}

std::shared_ptr<EngineCore> SizeCache::ready(const Sizes& sizes) {
  const std::lock_guard lock(mutex_);
  return find(sizes);
}

SizeCache::Made SizeCache::get(const Sizes& sizes, const std::function<Made()>& make) {
  std::unique_lock lock(mutex_);
  if (std::shared_ptr<EngineCore> core = find(sizes)) return core;
  const auto same = [&](const std::shared_ptr<Making>& making) { return making->sizes == sizes; };
  const auto found = std::ranges::find_if(making_, same);
  if (found != making_.end()) {
    const std::shared_ptr<Making> waited_for = *found;
    done_.wait(lock, [&] { return waited_for->is_done; });
    return waited_for->made;
  }
  const auto mine = std::make_shared<Making>();
  mine->sizes = sizes;
  making_.push_back(mine);
  lock.unlock();
  Made made = make();
  lock.lock();
  mine->made = made;
  mine->is_done = true;
  std::erase(making_, mine);
  if (made) ready_.push_back({sizes, *made, ++turn_});
  lock.unlock();
  done_.notify_all();
  if (made) keep_within_limit();
  return made;
}

// What cores hold is asked without the lock, because a core may be busy; what goes is destroyed without it, too. Cores
// that come meanwhile are counted by who made them.
void SizeCache::keep_within_limit() {
  std::map<const EngineCore*, std::size_t> held_bytes;
  std::size_t total_bytes = 0;
  for (const std::shared_ptr<EngineCore>& core : cores()) {
    total_bytes += held_bytes[core.get()] = core->held_bytes();
  }
  std::vector<std::shared_ptr<EngineCore>> given_back;
  const std::lock_guard lock(mutex_);
  while (total_bytes > limit_bytes_ && !ready_.empty()) {
    const auto oldest = std::ranges::min_element(ready_, {}, &Ready::used);
    total_bytes -= std::min(total_bytes, held_bytes[oldest->core.get()]);
    given_back.push_back(std::move(oldest->core));
    ready_.erase(oldest);
  }
}

void SizeCache::clear() {
  std::vector<Ready> given_back;
  const std::lock_guard lock(mutex_);
  given_back.swap(ready_);
}

std::vector<std::shared_ptr<EngineCore>> SizeCache::cores() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<EngineCore>> cores;
  for (const Ready& ready : ready_) cores.push_back(ready.core);
  return cores;
}

}  // namespace rheo
