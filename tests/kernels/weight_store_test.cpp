// SPDX-License-Identifier: Apache-2.0
#include "kernels/weight_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace rheo {
namespace {

TEST(WeightArena, GivesZeroedAlignedMemoryThatNobodyElseHas) {
  WeightArena arena;
  struct Piece {
    std::shared_ptr<std::byte> memory;
    std::size_t bytes;
    std::byte mark;
  };
  std::vector<Piece> pieces;
  // Within one block, to its end, over it, and more than the largest block.
  std::uint8_t mark = 1;
  for (const std::size_t bytes : {1UL, 63UL, 64UL, 65UL, 100'000UL, 200'000UL, 3'000'000UL, 0UL, 20'000'000UL, 7UL}) {
    const Piece piece{arena.allocate(bytes), bytes, std::byte{mark++}};
    ASSERT_NE(piece.memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece.memory.get()) % 64, 0U);
    const auto is_zero = [](std::byte b) { return b == std::byte{0}; };
    EXPECT_TRUE(std::all_of(piece.memory.get(), piece.memory.get() + bytes, is_zero)) << bytes;
    std::memset(piece.memory.get(), static_cast<int>(piece.mark), bytes);
    pieces.push_back(piece);
  }
  for (const Piece& piece : pieces) {
    const auto is_mine = [&](std::byte b) { return b == piece.mark; };
    EXPECT_TRUE(std::all_of(piece.memory.get(), piece.memory.get() + piece.bytes, is_mine)) << piece.bytes;
  }
}

TEST(WeightArena, SmallPiecesLieSideBySide) {
  WeightArena arena;
  const auto first = arena.allocate(100);
  const auto second = arena.allocate(100);
  EXPECT_EQ(second.get() - first.get(), 128);
}

TEST(WeightArena, HasNoMemoryForWhatCannotBe) {
  WeightArena arena;
  EXPECT_EQ(arena.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(arena.allocate(SIZE_MAX - 100), nullptr);
  EXPECT_NE(arena.allocate(10), nullptr);  // and goes on
}

TEST(WeightStore, APackOutlivesItsStore) {
  std::shared_ptr<void> kept;
  {
    WeightStore store;
    const int source = 0;
    kept = store
               .get(&source, "a",
                    [](WeightArena& arena) -> Result<WeightStore::Pack> {
                      std::shared_ptr<std::byte> memory = arena.allocate(1000);
                      std::memset(memory.get(), 5, 1000);
                      return WeightStore::Pack{memory, 1000};
                    })
               .value();
  }
  EXPECT_EQ(static_cast<const char*>(kept.get())[999], 5);
}

TEST(WeightStore, MakesAPackOncePerSourceAndKey) {
  WeightStore store;
  int made = 0;
  const auto make = [&made](WeightArena&) -> Result<WeightStore::Pack> {
    ++made;
    return WeightStore::Pack{std::make_shared<int>(made), 100};
  };
  const int source = 0;
  const int other = 0;
  const auto first = store.get(&source, "a", make);
  const auto again = store.get(&source, "a", make);
  EXPECT_EQ(first.value(), again.value());
  EXPECT_EQ(made, 1);
  EXPECT_NE(store.get(&source, "b", make).value(), first.value());
  EXPECT_NE(store.get(&other, "a", make).value(), first.value());
  EXPECT_EQ(store.size_bytes(), 300U);
}

TEST(WeightStore, KeepsNothingOfAFailure) {
  WeightStore store;
  const int source = 0;
  const auto fail = [](WeightArena&) -> Result<WeightStore::Pack> {
    return Status(StatusCode::resource_exhausted, "No memory.");
  };
  EXPECT_EQ(store.get(&source, "a", fail).status().code(), StatusCode::resource_exhausted);
  EXPECT_EQ(store.size_bytes(), 0U);
  const auto make = [](WeightArena&) -> Result<WeightStore::Pack> {
    return WeightStore::Pack{std::make_shared<int>(7), 4};
  };
  EXPECT_TRUE(store.get(&source, "a", make).ok());
  EXPECT_EQ(store.size_bytes(), 4U);
}

TEST(WeightStore, WhatIsCommonIsMadeOnceForAllSizesAndTheRestGoesWithItsStore) {
  const auto common = std::make_shared<WeightStore>();
  const int shared = 0;
  const int own = 0;
  const auto is_common = [&](const void* source) { return source == &shared; };
  int made = 0;
  const auto make = [&made](WeightArena&) -> Result<WeightStore::Pack> {
    return WeightStore::Pack{std::make_shared<int>(++made), 100};
  };
  std::weak_ptr<void> kept;
  std::weak_ptr<void> gone;
  {
    WeightStore first(common, is_common);
    kept = first.get(&shared, "a", make).value();
    gone = first.get(&own, "a", make).value();
    EXPECT_EQ(first.size_bytes(), 100U);
  }
  EXPECT_TRUE(gone.expired());
  WeightStore second(common, is_common);
  EXPECT_EQ(second.get(&shared, "a", make).value(), kept.lock());
  EXPECT_EQ(made, 2);
  EXPECT_EQ(common->size_bytes(), 100U);
  EXPECT_EQ(second.size_bytes(), 0U);
}

}  // namespace
}  // namespace rheo
