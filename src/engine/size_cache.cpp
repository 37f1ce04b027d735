// SPDX-License-Identifier: Apache-2.0
#include "engine/size_cache.h"

#include <algorithm>
#include <map>
#include <utility>

namespace rheo {

// Tells those who wait for a core that it is made, or that it will not be: at the end of the scope, however that comes.
class SizeCache::Finish {
 public:
  Finish(SizeCache& cache, std::unique_lock<std::mutex>& lock, const std::shared_ptr<Making>& making)
      : cache_(cache), lock_(lock), making_(making) {}
  ~Finish() {
    if (!lock_.owns_lock()) lock_.lock();
    making_->is_done = true;
    std::erase(cache_.making_, making_);
    lock_.unlock();
    cache_.done_.notify_all();
  }
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;

 private:
  SizeCache& cache_;
  std::unique_lock<std::mutex>& lock_;
  const std::shared_ptr<Making>& making_;
};

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
  std::list<Ready> coming(1);  // so that nothing needs memory between the making and the telling
  making_.push_back(mine);
  {
    const Finish finish(*this, lock, mine);
    lock.unlock();
    Made made = make();
    lock.lock();
    mine->made = std::move(made);
    if (mine->made) {
      coming.front() = {sizes, *mine->made, ++turn_};
      ready_.splice(ready_.end(), coming);
    }
  }
  if (mine->made) keep_within_limit();
  return mine->made;
}

// What cores hold is asked without the lock, because a core may be busy; what goes is destroyed without it, too. Cores
// that come meanwhile are counted by who made them, and those that went are not counted again.
void SizeCache::keep_within_limit() {
  const std::vector<std::shared_ptr<EngineCore>> asked = cores();  // held, so that an address stays that of one core
  std::map<const EngineCore*, std::size_t> held_bytes;
  for (const std::shared_ptr<EngineCore>& core : asked) held_bytes[core.get()] = core->held_bytes();
  const auto bytes_of = [&](const Ready& ready) {
    const auto found = held_bytes.find(ready.core.get());
    return found == held_bytes.end() ? 0 : found->second;
  };
  std::list<Ready> given_back;
  const std::lock_guard lock(mutex_);
  std::size_t total_bytes = 0;
  for (const Ready& ready : ready_) total_bytes += bytes_of(ready);
  while (total_bytes > limit_bytes_) {
    const auto oldest = std::ranges::min_element(ready_, {}, &Ready::used);
    total_bytes -= bytes_of(*oldest);
    given_back.splice(given_back.end(), ready_, oldest);
  }
}

void SizeCache::clear() {
  std::list<Ready> given_back;
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
