// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernel.h"

#include <map>
#include <mutex>
#include <utility>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

constexpr std::size_t kChannelBlock = 16;

}  // namespace

std::string_view name_of(Layout layout) {
  constexpr std::string_view kNames[] = {"plain", "nhwc", "nchw16c"};
  return kNames[static_cast<std::size_t>(layout)];
}

std::size_t storage_bytes(const TensorType& type, Layout layout) {
  std::size_t bytes = size_bytes(type.dtype);
  for (std::size_t dim = 0; dim < type.shape.rank(); ++dim) {
    const auto size = static_cast<std::size_t>(type.shape[dim]);
    bytes = saturating_mul(bytes, layout == Layout::nchw16c && dim == 1 ? align_up(size, kChannelBlock) : size);
  }
  return bytes;
}

struct WeightStore::State {
  mutable std::mutex mutex;
  // Guarded by mutex.
  std::map<std::pair<const void*, std::string>, Pack> packs;
  std::size_t bytes = 0;
};

WeightStore::WeightStore() : state_(std::make_unique<State>()) {}
WeightStore::~WeightStore() = default;

Result<std::shared_ptr<void>> WeightStore::get(const void* source, std::string_view key,
                                               const std::function<Result<Pack>()>& make) {
  // Packing happens under the lock: two plans that want the same pack must not both make it.
  const std::lock_guard lock(state_->mutex);
  std::pair<const void*, std::string> name(source, key);
  const auto found = state_->packs.find(name);
  if (found != state_->packs.end()) return found->second.data;
  RHEO_ASSIGN_OR_RETURN(Pack pack, make());
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
