// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/scatter_elements_test.cpp.
#include "kernels/ref/scatter_update.h"

#include <cmath>
#include <cstring>

#include "kernels/ref/elements.h"

namespace rheo::ref {
namespace {

double joined(ScatterReduction reduction, double x, double update) {
  switch (reduction) {
    case ScatterReduction::none: return update;
    case ScatterReduction::add: return x + update;
    case ScatterReduction::mul: return x * update;
    case ScatterReduction::min: return std::isnan(x) || x < update ? x : update;
    case ScatterReduction::max: return std::isnan(x) || x > update ? x : update;
  }
  return update;
}

// U has no sign, so that sums and products wrap around.
template <typename T, typename U>
void update_whole(ScatterReduction reduction, T& x, T update) {
  switch (reduction) {
    case ScatterReduction::none: x = update; return;
    case ScatterReduction::add: x = static_cast<T>(static_cast<U>(x) + static_cast<U>(update)); return;
    case ScatterReduction::mul: x = static_cast<T>(static_cast<U>(x) * static_cast<U>(update)); return;
    case ScatterReduction::min: x = x < update ? x : update; return;
    case ScatterReduction::max: x = x > update ? x : update; return;
  }
}

}  // namespace

void scatter_update(ScatterReduction reduction, const TensorType& type, void* data, std::int64_t to,
                    const void* updates, std::int64_t from) {
  if (reduction == ScatterReduction::none) {
    const std::size_t bytes = size_bytes(type.dtype);
    std::memcpy(static_cast<std::byte*>(data) + static_cast<std::size_t>(to) * bytes,
                static_cast<const std::byte*>(updates) + static_cast<std::size_t>(from) * bytes, bytes);
    return;
  }
  if (type.dtype == DType::i32)
    return update_whole<std::int32_t, std::uint32_t>(reduction, static_cast<std::int32_t*>(data)[to],
                                                     static_cast<const std::int32_t*>(updates)[from]);
  if (type.dtype == DType::i64)
    return update_whole<std::int64_t, std::uint64_t>(reduction, static_cast<std::int64_t*>(data)[to],
                                                     static_cast<const std::int64_t*>(updates)[from]);
  const ElementReader x(type, data);
  const ElementReader update(type, updates);
  ElementWriter(type, data).set_cut(to, joined(reduction, x.stored(to), update.stored(from)));
}

}  // namespace rheo::ref
