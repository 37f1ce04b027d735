// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace rheo::onnx {
namespace {

constexpr unsigned kTypeBits = 3;
constexpr std::uint64_t kMaxTag = std::numeric_limits<std::uint32_t>::max();

std::size_t size_of(WireType type) { return type == WireType::fixed32 ? 4 : 8; }

// Seven bits to a byte, the lowest first; the top bit says that more follow. At most ten bytes hold 64 bits.
std::optional<std::uint64_t> varint_from(ByteReader& reader) {
  constexpr unsigned kLastShift = 63;
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift <= kLastShift; shift += 7) {
    const auto byte = reader.little_endian(1);
    if (!byte || (shift == kLastShift && *byte > 1)) return std::nullopt;
    number |= (*byte & 0x7f) << shift;
    if (*byte < 0x80) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> WireMessage::number_from(ByteReader& reader, WireType type) {
  return type == WireType::varint ? varint_from(reader) : reader.little_endian(size_of(type));
}

bool WireMessage::next() {
  if (!status_.ok() || fields_.remaining() == 0) return false;
  offset_ = start_ + fields_.position();
  const auto tag = varint_from(fields_);
  if (!tag || *tag > kMaxTag || *tag >> kTypeBits == 0) {
    note(broken("There is no field where one should begin."));
    return false;
  }
  number_ = static_cast<std::uint32_t>(*tag >> kTypeBits);
  type_ = static_cast<WireType>(*tag & ((1U << kTypeBits) - 1));
  scalar_ = 0;
  payload_ = {};
  if (type_ == WireType::varint || type_ == WireType::fixed32 || type_ == WireType::fixed64) {
    const auto number = number_from(fields_, type_);
    if (!number) note(broken(fmt::format("The number in field {} is cut short or has more than 64 bits.", number_)));
    scalar_ = number.value_or(0);
  } else if (type_ == WireType::bytes) {
    const auto length = varint_from(fields_);
    const std::size_t remaining = fields_.remaining();
    const bool fits = length && *length <= remaining;
    if (fits) payload_ = *fields_.take(static_cast<std::size_t>(*length));
    if (!fits) note(broken(fmt::format("Field {} is longer than the {} bytes that follow.", number_, remaining)));
  } else {
    note(broken(fmt::format("Field {} is of wire type {}, which ONNX does not use.", number_, *tag & 7)));
  }
  return status_.ok();
}

bool WireMessage::expect(WireType type) {
  if (!status_.ok()) return false;
  if (type_ == type) return true;
  note(broken(fmt::format("Field {} is of wire type {} instead of {}.", number_, static_cast<int>(type_),
                          static_cast<int>(type))));
  return false;
}

float WireMessage::real() {
  return expect(WireType::fixed32) ? std::bit_cast<float>(static_cast<std::uint32_t>(scalar_)) : 0.0F;
}

std::span<const std::byte> WireMessage::bytes() {
  return expect(WireType::bytes) ? payload_ : std::span<const std::byte>();
}

std::string_view WireMessage::text() {
  const auto content = bytes();
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

WireMessage WireMessage::message() {
  const bool is_message = expect(WireType::bytes);
  if (is_message && depth_ == kMaxDepth) {
    note(Status(StatusCode::limit_exceeded,
                fmt::format("More than {} messages lie in each other at byte {} of the file.", kMaxDepth, offset_)));
  }
  WireMessage inner(bytes());
  inner.file_ = file_;
  inner.start_ = status_.ok() ? static_cast<std::size_t>(payload_.data() - file_) : offset_;
  inner.offset_ = inner.start_;
  inner.depth_ = depth_ + 1;
  return inner;
}

std::size_t WireMessage::count_numbers(WireType type) {
  if (type_ == type) return 1;
  if (!expect(WireType::bytes)) return 0;
  if (type == WireType::varint) {  // each ends with the one byte whose top bit is not set
    return static_cast<std::size_t>(
        std::count_if(payload_.begin(), payload_.end(), [](std::byte byte) { return byte < std::byte{0x80}; }));
  }
  if (payload_.size() % size_of(type) != 0) {
    note(broken(fmt::format("Field {} holds no whole count of numbers of {} bytes.", number_, size_of(type))));
    return 0;
  }
  return payload_.size() / size_of(type);
}

std::size_t WireMessage::count_fields(std::uint32_t number) const {
  WireMessage walk(*this);
  std::size_t count = 0;
  while (walk.next()) count += walk.number() == number ? 1 : 0;
  return count;
}

void WireMessage::note(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

Status WireMessage::broken(std::string_view what) const {
  return Status(StatusCode::bad_format, fmt::format("{} (Byte {} of the file.)", what, offset_));
}

}  // namespace rheo::onnx
