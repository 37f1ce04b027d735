// SPDX-License-Identifier: Apache-2.0
#include "engine/outcome.h"

#include <algorithm>
#include <utility>

namespace rheo {

SlotPool::~SlotPool() {
  for (Outcome::Slot* slot : free_) delete slot;
}

Outcome::Slot* SlotPool::acquire(std::size_t bytes) {
  Outcome::Slot* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto enough = std::partition_point(free_.begin(), free_.end(),
                                             [bytes](const Outcome::Slot* s) { return s->owned.size() < bytes; });
    // The smallest that is large enough; the largest of the others would have to grow.
    const auto taken = enough == free_.end() && !free_.empty() ? enough - 1 : enough;
    if (taken != free_.end()) {
      slot = *taken;
      free_.erase(taken);
    } else {
      free_.reserve(++made_);
    }
  }
  if (slot == nullptr) slot = new Outcome::Slot();
  if (slot->owned.size() < bytes) slot->owned.resize(bytes);
  slot->outputs.reserve(infos_->size());
  slot->outputs.clear();
  slot->record = RunRecord{};
  slot->infos = infos_;
  slot->home = shared_from_this();
  return slot;
}

void SlotPool::release(Outcome::Slot* slot) {
  // Keeps the pool alive until the lock is given back, also when this slot held the last reference.
  const std::shared_ptr<SlotPool> home = std::move(slot->home);
  slot->home.reset();
  slot->record.ladder.reset();
  const std::lock_guard lock(mutex_);
  const auto smaller = [slot](const Outcome::Slot* s) { return s->owned.size() < slot->owned.size(); };
  free_.insert(std::partition_point(free_.begin(), free_.end(), smaller), slot);
}

void SlotPool::prepare(std::size_t count, std::size_t bytes) {
  std::vector<Outcome::Slot*> slots;
  for (std::size_t i = 0; i < count; ++i) slots.push_back(acquire(bytes));
  for (Outcome::Slot* slot : slots) release(slot);
}

Outcome::Outcome(Slot* slot) : slot_(slot) {}

Outcome::Outcome(Outcome&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}

Outcome& Outcome::operator=(Outcome&& other) noexcept {
  std::swap(slot_, other.slot_);
  return *this;
}

Outcome::~Outcome() {
  if (slot_ != nullptr) slot_->home->release(slot_);
}

std::size_t Outcome::output_count() const { return slot_->outputs.size(); }

TensorView Outcome::output(std::size_t index) const {
  return index < slot_->outputs.size() ? slot_->outputs[index] : TensorView();
}

Result<TensorView> Outcome::output(std::string_view name) const {
  const std::vector<TensorInfo>& infos = *slot_->infos;
  const auto found =
      std::find_if(infos.begin(), infos.end(), [name](const TensorInfo& info) { return info.name == name; });
  if (found == infos.end()) {
    std::string known;
    for (const TensorInfo& info : infos) known.append(known.empty() ? "" : ", ").append(info.name);
    return Status(StatusCode::not_found,
                  "The model has no output named '" + std::string(name) + "'; its outputs are: " + known + ".");
  }
  const TensorView& view = slot_->outputs[static_cast<std::size_t>(found - infos.begin())];
  if (view.data() != nullptr) return view;
  return Status(StatusCode::not_found, "Output '" + found->name +
                                           "' is absent: a path that answered ends before the stage that computes it "
                                           "(the record names " +
                                           std::string(slot_->record.path) +
                                           "). Ask for a deeper one with RunOptions::path.");
}

const RunRecord& Outcome::record() const { return slot_->record; }

}  // namespace rheo
