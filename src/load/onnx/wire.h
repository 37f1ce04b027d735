// SPDX-License-Identifier: Apache-2.0
// Walks over the fields of a message in the protobuf wire format (protobuf.dev/programming-guides/encoding). Nothing is
// allocated but the sentence of a fault.
//
//   WireMessage message(bytes);
//   while (message.next()) {
//     if (message.number() == 1) version = message.integer();  // every other field is skipped
//   }
//   if (const Status status = message.finish(); !status.ok()) ...
//
// 1. No step leads out of the bytes given, and a message inside a message lies within it.
// 2. The first fault ends the walk and stays; values read after it are zero or empty.
// 3. Groups are refused, and more than kMaxDepth messages in each other.
//
// A value: copying it gives a second walk over the same bytes, which must outlive both. Not for sharing while walking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <rheo/status.h>

#include "load/byte_reader.h"

namespace rheo::onnx {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

class WireMessage {
 public:
  static constexpr std::size_t kMaxDepth = 64;

  // The outermost message, a whole file; offsets count from its first byte.
  explicit WireMessage(std::span<const std::byte> file) : file_(file.data()), fields_(file) {}

  // Goes to the next field; false after the last one, and at a fault.
  bool next();
  std::uint32_t number() const { return number_; }
  // Where the field begins in the file; before the first one, where the message does.
  std::size_t offset() const { return offset_; }

  // The value of the field. One of another wire type is a fault.
  std::uint64_t varint() { return expect(WireType::varint) ? scalar_ : 0; }
  std::int64_t integer() { return static_cast<std::int64_t>(varint()); }
  float real();
  std::span<const std::byte> bytes();
  std::string_view text();
  WireMessage message();

  // Numbers of a repeated field: many packed into one field, or one to a field; both are legal. First how many there
  // are, without decoding them; then their bits, one after the other, to `take(std::uint64_t)`.
  std::size_t count_numbers(WireType type);
  template <typename Take>
  void each_number(WireType type, Take&& take);

  // How many of the fields still to come have this number.
  std::size_t count_fields(std::uint32_t number) const;

  // Keeps `status` as the fault when it is the first.
  void note(Status status);
  // bad_format: `what`, a sentence, and where in the file.
  Status broken(std::string_view what) const;
  // The fault, or ok.
  const Status& finish() const { return status_; }

 private:
  bool expect(WireType type);
  static std::optional<std::uint64_t> number_from(ByteReader& reader, WireType type);

  const std::byte* file_;
  ByteReader fields_;
  std::size_t start_ = 0;  // of the message in the file
  std::size_t depth_ = 1;
  std::size_t offset_ = 0;
  std::uint32_t number_ = 0;
  WireType type_ = WireType::varint;
  std::uint64_t scalar_ = 0;
  std::span<const std::byte> payload_;
  Status status_;
};

template <typename Take>
void WireMessage::each_number(WireType type, Take&& take) {
  if (type_ == type) return take(scalar_);
  if (!expect(WireType::bytes)) return;
  ByteReader packed(payload_);
  while (packed.remaining() > 0) {
    const auto number = number_from(packed, type);
    if (!number) return note(broken("A packed number is cut short or has more than 64 bits."));
    take(*number);
  }
}

}  // namespace rheo::onnx
