// SPDX-License-Identifier: Apache-2.0
// How the work of one op is split among the threads of a pool: all kernels of this backend do it here.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/thread_pool.h"

namespace rheo {

// Bytes to go through; below, waking threads costs more than it saves.
inline constexpr std::int64_t kWorthSharing = 128 * 1024;

// Twice as many chunks as threads, so that a thread the system took away delays half of its share at most.
inline int chunks_for(int threads) { return threads > 1 ? 2 * threads : 1; }

// Calls work(begin, end) for ranges that together are [0, units), in at most `chunks` chunks on the threads of `pool`
// (null: on this one). Allocates nothing; `work` must not throw.
template <typename F>
void share(ThreadPool* pool, int chunks, std::int64_t units, const F& work) {
  const int count = pool == nullptr ? 1 : static_cast<int>(std::min<std::int64_t>(chunks, units));
  if (count <= 1) return work(std::int64_t{0}, units);
  pool->for_each(count, [&](int chunk) { work(units * chunk / count, units * (chunk + 1) / count); });
}

}  // namespace rheo
