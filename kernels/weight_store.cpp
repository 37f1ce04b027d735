// SPDX-License-Identifier: Apache-2.0
#include "kernels/weight_store.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;
// Blocks grow with what is stored, so that a small model takes little and a large one has few blocks.
constexpr std::size_t kSmallestBlock = std::size_t{256} << 10;
constexpr std::size_t kLargestBlock = std::size_t{16} << 20;

std::shared_ptr<std::byte> make_block(std::size_t bytes) {
  const bool large = bytes >= kLargePage;
  void* memory = std::aligned_alloc(large ? kLargePage : kLine, bytes);
  if (memory == nullptr) return nullptr;
#ifdef MADV_HUGEPAGE
  if (large) madvise(memory, bytes, MADV_HUGEPAGE);  // a wish; without large pages everything works as well
#endif
  return {static_cast<std::byte*>(memory), &std::free};
}

}  // namespace

WeightArena::Block* WeightArena::tightest_fit(std::size_t bytes) {
  Block* best = nullptr;
  for (Block& block : blocks_) {
    const std::size_t room = block.bytes - block.used_bytes;
    if (room >= bytes && (best == nullptr || room < best->bytes - best->used_bytes)) best = &block;
  }
  return best;
}

std::shared_ptr<std::byte> WeightArena::allocate(std::size_t bytes) {
  if (bytes > SIZE_MAX - kLargePage) return nullptr;
  const std::size_t whole = align_up(std::max<std::size_t>(bytes, 1), kLine);
  Block* block = tightest_fit(whole);
  if (block == nullptr) {
    const std::size_t wanted = std::max(whole, std::clamp(served_bytes_, kSmallestBlock, kLargestBlock));
    const std::size_t block_bytes = align_up(wanted, wanted >= kLargePage ? kLargePage : kLine);
    std::shared_ptr<std::byte> memory = make_block(block_bytes);
    if (memory == nullptr) return nullptr;
    block = &blocks_.emplace_back(Block{.memory = std::move(memory), .bytes = block_bytes});
  }
  std::shared_ptr<std::byte> memory(block->memory, block->memory.get() + block->used_bytes);
  block->used_bytes += whole;
  served_bytes_ += whole;
  std::memset(memory.get(), 0, whole);
  return memory;
}

struct WeightStore::State {
  const std::shared_ptr<WeightStore> common;  // null: all packs are kept here
  const std::function<bool(const void*)> is_common;
  mutable std::mutex mutex = {};
  // Guarded by mutex.
  std::map<std::pair<const void*, std::string>, Pack> packs = {};
  WeightArena arena = {};
  std::size_t bytes = 0;
};

WeightStore::WeightStore() : WeightStore(nullptr, {}) {}
WeightStore::WeightStore(std::shared_ptr<WeightStore> common, std::function<bool(const void*)> is_common)
    : state_(new State{.common = std::move(common), .is_common = std::move(is_common)}) {}
WeightStore::~WeightStore() = default;

Result<std::shared_ptr<void>> WeightStore::get(const void* source, std::string_view key,
                                               const std::function<Result<Pack>(WeightArena& arena)>& make) {
  if (state_->common != nullptr && state_->is_common(source)) return state_->common->get(source, key, make);
  // Packing happens under the lock: two plans that want the same pack must not both make it.
  const std::lock_guard lock(state_->mutex);
  std::pair<const void*, std::string> name(source, key);
  const auto found = state_->packs.find(name);
  if (found != state_->packs.end()) return found->second.data;
  RHEO_ASSIGN_OR_RETURN(Pack pack, make(state_->arena));
  state_->bytes += pack.bytes;
  std::shared_ptr<void> data = pack.data;
  state_->packs.emplace(std::move(name), std::move(pack));
  return data;
}

std::size_t WeightStore::size_bytes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->bytes;
}

}  // namespace rheo
