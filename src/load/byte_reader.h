// SPDX-License-Identifier: Apache-2.0
// Walks over bytes from outside and never past their end: the one place where binary formats take numbers from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rheo {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  // The next `count` bytes; nothing, and no step, when there are fewer.
  std::optional<std::span<const std::byte>> take(std::size_t count) {
    if (count > remaining()) return std::nullopt;
    const auto part = bytes_.subspan(position_, count);
    position_ += count;
    return part;
  }

  std::optional<std::string_view> take_text(std::size_t count) {
    const auto part = take(count);
    if (!part) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(part->data()), part->size());
  }

  // An unsigned number of `count` bytes, at most 8.
  std::optional<std::uint64_t> little_endian(std::size_t count) {
    const auto part = take(count);
    if (!part) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = count; i-- > 0;) number = number << 8 | std::to_integer<std::uint64_t>((*part)[i]);
    return number;
  }

  std::optional<std::uint64_t> big_endian(std::size_t count) {
    const auto part = take(count);
    if (!part) return std::nullopt;
    std::uint64_t number = 0;
    for (const std::byte byte : *part) number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return number;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

}  // namespace rheo
