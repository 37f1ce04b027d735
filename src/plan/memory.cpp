// SPDX-License-Identifier: Apache-2.0
#include "plan/memory.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

bool alive_together(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

// The tightest gap of at least `bytes` between blocks sorted by offset, or the end of the last one.
std::size_t best_gap(std::span<const std::pair<std::size_t, std::size_t>> taken, std::size_t bytes) {
  std::size_t best = 0;
  std::size_t best_room = std::numeric_limits<std::size_t>::max();
  std::size_t end = 0;
  for (const auto& [begin, stop] : taken) {
    if (begin >= end && begin - end >= bytes && begin - end < best_room) {
      best = end;
      best_room = begin - end;
    }
    end = std::max(end, stop);
  }
  return best_room == std::numeric_limits<std::size_t>::max() ? end : best;
}

// Blocks while they are still growing together: in-place results join the block of their input.
class Blocks {
 public:
  explicit Blocks(const ArenaRequest& request) : block_of_slot_(request.block_of_slot) {
    const int count = block_of_slot_.empty() ? 0 : 1 + *std::max_element(block_of_slot_.begin(), block_of_slot_.end());
    lifetimes_.assign(static_cast<std::size_t>(count), {0, std::numeric_limits<int>::max(), -1});
    for (std::size_t s = 0; s < request.slots.size(); ++s) {
      if (block_of_slot_[s] < 0) continue;
      Lifetime& life = lifetime(static_cast<int>(s));
      life.bytes = std::max(life.bytes, storage_bytes(request.slots[s].type, request.slots[s].layout));
    }
    const int op_count = static_cast<int>(request.ops.size());
    for (int slot : request.input_slots) touch(slot, -1);
    for (int op = 0; op < op_count; ++op) {
      for (int slot : request.ops[static_cast<std::size_t>(op)].inputs) touch(slot, op);
      for (int slot : request.ops[static_cast<std::size_t>(op)].outputs) touch(slot, op);
    }
    for (int slot : request.output_slots) touch(slot, op_count);
  }

  int block(int slot) const { return block_of_slot_[static_cast<std::size_t>(slot)]; }
  Lifetime& lifetime(int slot) { return lifetimes_[static_cast<std::size_t>(block(slot))]; }
  std::vector<Lifetime>& lifetimes() { return lifetimes_; }

  // Lets the output of `call` take over the memory of the input it offers, when nothing reads that later. Another input
  // in the same memory may be read in another order, so then the offer is not taken.
  void take_over(const PlanOp& call, int op) {
    const int index = call.kernel->in_place_input();
    if (index < 0 || static_cast<std::size_t>(index) >= call.inputs.size() || call.outputs.size() != 1) return;
    const int input = call.inputs[static_cast<std::size_t>(index)];
    const int output = call.outputs[0];
    const int from = block(output);
    const int into = block(input);
    if (from < 0 || into < 0 || from == into) return;
    if (std::count_if(call.inputs.begin(), call.inputs.end(), [&](int slot) { return block(slot) == into; }) > 1)
      return;
    Lifetime& source = lifetime(input);
    Lifetime& result = lifetime(output);
    if (source.last != op || result.first != op || source.bytes != result.bytes) return;
    source.last = result.last;
    result.bytes = 0;
    std::replace(block_of_slot_.begin(), block_of_slot_.end(), from, into);
  }

 private:
  void touch(int slot, int op) {
    if (block(slot) < 0) return;
    Lifetime& life = lifetime(slot);
    life.first = std::min(life.first, op);
    life.last = std::max(life.last, op);
  }

  std::vector<int> block_of_slot_;
  std::vector<Lifetime> lifetimes_;
};

}  // namespace

Result<Booking> book(std::span<const Lifetime> lifetimes, std::size_t limit_bytes) {
  const auto too_large = [limit_bytes](std::optional<std::size_t> bytes) {
    return Status(StatusCode::limit_exceeded,
                  "A run needs " + (bytes ? std::to_string(*bytes) : "more than " + std::to_string(SIZE_MAX)) +
                      " bytes of memory and more, but the limit is " + std::to_string(limit_bytes) +
                      ". Use a smaller batch or smaller inputs, or allow more in LoadOptions::arena_limit_bytes.");
  };
  std::vector<std::size_t> aligned;
  for (const Lifetime& life : lifetimes) {
    const std::optional<std::size_t> bytes = checked_align_up(life.bytes, Tensor::kAlignment);
    if (!bytes || *bytes > limit_bytes) return too_large(bytes);
    aligned.push_back(*bytes);
  }

  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  Booking booking;
  booking.offsets.assign(lifetimes.size(), 0);
  std::vector<std::size_t> placed;
  for (std::size_t block : order) {
    if (lifetimes[block].bytes == 0) continue;
    std::vector<std::pair<std::size_t, std::size_t>> taken;
    for (std::size_t other : placed) {
      if (!alive_together(lifetimes[block], lifetimes[other])) continue;
      const std::size_t begin = booking.offsets[other];
      taken.emplace_back(begin, begin + aligned[other]);  // at most the limit, as is every end before
    }
    std::sort(taken.begin(), taken.end());
    booking.offsets[block] = best_gap(taken, aligned[block]);
    const std::optional<std::size_t> end = checked_add(booking.offsets[block], aligned[block]);
    if (!end || *end > limit_bytes) return too_large(end);
    booking.total_bytes = std::max(booking.total_bytes, *end);
    placed.push_back(block);
  }
  return booking;
}

Result<std::size_t> book_arena(const ArenaRequest& request) {
  Blocks blocks(request);
  for (std::size_t op = 0; op < request.ops.size(); ++op) blocks.take_over(request.ops[op], static_cast<int>(op));
  std::vector<Lifetime> lifetimes = blocks.lifetimes();
  const std::size_t block_count = lifetimes.size();
  for (std::size_t op = 0; op < request.ops.size(); ++op) {
    lifetimes.push_back({request.ops[op].kernel->scratch_bytes(), static_cast<int>(op), static_cast<int>(op)});
  }
  RHEO_ASSIGN_OR_RETURN(const Booking booking, book(lifetimes, request.limit_bytes));
  for (std::size_t slot = 0; slot < request.slots.size(); ++slot) {
    const int block = blocks.block(static_cast<int>(slot));
    if (block >= 0) request.slots[slot].offset = booking.offsets[static_cast<std::size_t>(block)];
  }
  for (std::size_t op = 0; op < request.ops.size(); ++op) {
    request.ops[op].scratch_offset = booking.offsets[block_count + op];
  }
  return booking.total_bytes;
}

}  // namespace rheo
