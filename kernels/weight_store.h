// SPDX-License-Identifier: Apache-2.0
// `WeightStore`: packed weights, made once and shared between the plans of an engine.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <rheo/status.h>

namespace rheo {

// Hands out memory for packs, one after the other from large blocks. A network reads all its weights for every input;
// side by side on few large pages they cost no more walks through the page tables than they must. One thread at a time.
class WeightArena {
 public:
  // Zero-filled and 64-byte aligned; null when memory is short. A block lives as long as anything that lies in it.
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

 private:
  struct Block {
    std::shared_ptr<std::byte> memory;
    std::size_t bytes = 0;
    std::size_t used_bytes = 0;
  };
  Block* tightest_fit(std::size_t bytes);  // null: none has room

  std::vector<Block> blocks_;     // all of them: what a large pack leaves at the end of one, a small one fills later
  std::size_t served_bytes_ = 0;  // of all blocks so far
};

// Thread-safe.
class WeightStore {
 public:
  WeightStore();
  // A store of plans that compute the same model in another size. Packs of the sources that `is_common` names are kept
  // in `common`, which serves all sizes; the others here. `is_common` may be called from several threads at once.
  WeightStore(std::shared_ptr<WeightStore> common, std::function<bool(const void* source)> is_common);
  ~WeightStore();
  // The pack under (source, key), made by `make` on first use; `bytes` says its size.
  struct Pack {
    std::shared_ptr<void> data;
    std::size_t bytes = 0;
  };
  Result<std::shared_ptr<void>> get(const void* source, std::string_view key,
                                    const std::function<Result<Pack>(WeightArena& arena)>& make);
  std::size_t size_bytes() const;  // of the packs that are kept here

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rheo
