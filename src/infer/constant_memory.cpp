// SPDX-License-Identifier: Apache-2.0
#include "infer/constant_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/checked.h"

namespace rheo {

namespace {

// The pages that lie in the elements altogether, so that nobody else has a part of them. False where there are none, or
// where the process has locked its memory.
bool forget_pages_of(const Tensor& elements) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(elements.data());
  const std::uintptr_t begin = align_up(address, page);
  const std::uintptr_t end = (address + elements.size_bytes()) / page * page;
  if (begin >= end) return false;
  void* first = static_cast<std::byte*>(const_cast<void*>(elements.data())) + (begin - address);
  return madvise(first, end - begin, MADV_DONTNEED) == 0;
}

}  // namespace

ConstantMemory::ConstantMemory(std::span<const std::shared_ptr<const Graph>> graphs) {
  for (std::size_t number = 0; number < graphs.size(); ++number) count_readers(number, *graphs[number]);
}

void ConstantMemory::count_readers(std::size_t number, const Graph& graph) {
  for (ValueId id = 0; id < graph.values().size(); ++id) {
    Tensor elements = graph.value(id).constant;
    if (!graph.value(id).is_constant() || elements.mutable_data() == nullptr) continue;
    const void* address = elements.data();
    constants_.try_emplace(address, Constant{.elements = std::move(elements)}).first->second.places[number].value = id;
  }
  const auto count = [&](ValueId id) {
    if (id == kNoValue) return;
    const auto found = constants_.find(graph.value(id).constant.data());
    if (found != constants_.end()) ++found->second.places[number].readers;
  };
  for (const Node& node : graph.nodes()) {
    if (graph.is_needed(node)) std::ranges::for_each(node.inputs, count);
  }
}

void ConstantMemory::begin(std::size_t graph) {
  planned_ = graph;
  for (auto& [address, constant] : constants_) constant.copies = 0;
}

void ConstantMemory::note_copied(const Tensor& elements) {
  const auto found = constants_.find(elements.data());
  if (found == constants_.end()) return;
  Constant& constant = found->second;
  Place& place = constant.places[planned_];
  if (++constant.copies < place.readers) return;
  place.has_copies = true;
  give_back_if_free(constant);
}

void ConstantMemory::finish() {
  for (auto& [address, constant] : constants_) {
    const auto place = constant.places.find(planned_);
    if (place != constant.places.end() && constant.copies < place->second.readers) constant.is_read = true;
  }
}

void ConstantMemory::let_go() {
  is_held_ = false;
  for (auto& [address, constant] : constants_) give_back_if_free(constant);
}

void ConstantMemory::give_back_if_free(Constant& constant) const {
  const auto has_copies = [](const auto& place) { return place.second.has_copies; };
  if (is_held_ || constant.is_read || constant.is_missing || !std::ranges::all_of(constant.places, has_copies)) return;
  constant.is_missing = forget_pages_of(constant.elements);
}

bool ConstantMemory::is_missing(std::size_t graph) const {
  return std::ranges::any_of(constants_, [graph](const auto& known) {
    return known.second.is_missing && known.second.places.contains(graph);
  });
}

Status ConstantMemory::fill(std::size_t graph, const Graph& again) {
  for (auto& [address, constant] : constants_) {
    const auto place = constant.places.find(graph);
    if (place == constant.places.end() || !constant.is_missing) continue;
    const ValueId id = place->second.value;
    const Tensor* same = id < again.values().size() ? &again.value(id).constant : nullptr;
    if (same == nullptr || same->data() == nullptr || same->dtype() != constant.elements.dtype() ||
        same->shape() != constant.elements.shape()) {
      return {StatusCode::io_error, "The model's file gives another model than when it was loaded; load it again."};
    }
    std::memcpy(constant.elements.mutable_data(), same->data(), same->size_bytes());
    constant.is_missing = false;
  }
  return {};
}

}  // namespace rheo
