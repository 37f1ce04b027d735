// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_rows_test.cpp.
#include "kernels/cpu/move.h"

#include <algorithm>
#include <cstring>

namespace rheo {
namespace {

// Runs that lie densely on both sides. The heads of an attention are short rows: of a size that is known they are a few
// moves instead of a call.
void copy_runs(const Walk& walk, std::size_t element_size, const std::byte* from, std::byte* to, std::int64_t begin,
               std::int64_t end) {
  const auto size = static_cast<std::int64_t>(element_size);
  const auto copy = [&](auto known) {
    walk.for_each_run(begin, end,
                      [&](const auto& at) { std::memcpy(to + at[0] * size, from + at[1] * size, known()); });
  };
  const std::size_t bytes = static_cast<std::size_t>(walk.inner_size()) * element_size;
  switch (bytes) {
    case 32: return copy([] { return std::size_t{32}; });
    case 64: return copy([] { return std::size_t{64}; });
    case 128: return copy([] { return std::size_t{128}; });
    default: return copy([bytes] { return bytes; });
  }
}

template <typename Element>
void move_typed(const Walk& walk, const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) {
  const std::int64_t count = walk.inner_size();
  const std::int64_t out_step = walk.inner_stride(0);
  const std::int64_t in_step = walk.inner_stride(1);
  const bool backwards = in_step == -1 && out_step == 1;
  walk.for_each_run(begin, end, [&](const auto& at) {
    const Element* source = reinterpret_cast<const Element*>(from) + at[1];
    Element* target = reinterpret_cast<Element*>(to) + at[0];
    if (backwards) {
      std::reverse_copy(source - count + 1, source + 1, target);
      return;
    }
    for (std::int64_t i = 0; i < count; ++i) target[i * out_step] = source[i * in_step];
  });
}

}  // namespace

void move_elements(const Walk& walk, std::size_t element_size, const std::byte* from, std::byte* to, std::int64_t begin,
                   std::int64_t end) {
  if (walk.inner_stride(0) == 1 && walk.inner_stride(1) == 1)
    return copy_runs(walk, element_size, from, to, begin, end);
  switch (element_size) {
    case 1: return move_typed<std::uint8_t>(walk, from, to, begin, end);
    case 2: return move_typed<std::uint16_t>(walk, from, to, begin, end);
    case 4: return move_typed<std::uint32_t>(walk, from, to, begin, end);
    default: return move_typed<std::uint64_t>(walk, from, to, begin, end);
  }
}

}  // namespace rheo
