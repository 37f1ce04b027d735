// SPDX-License-Identifier: Apache-2.0
#include "load/idx.h"

#include <fmt/format.h>

#include "base/try.h"
#include "load/byte_reader.h"
#include "load/file.h"

namespace rheo {
namespace {

constexpr std::uint64_t kUnsignedByte = 8;

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

bool looks_compressed(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

Result<Shape> read_shape(ByteReader& reader, std::uint64_t rank) {
  Shape shape;
  for (std::uint64_t axis = 0; axis < rank; ++axis) {
    const auto dimension = reader.big_endian(4);
    if (!dimension) return broken("The IDX data end within their header; they are truncated.");
    if (!shape.push_back(static_cast<std::int64_t>(*dimension))) {
      return broken(fmt::format("The IDX data claim {} dimensions; at most {} are possible.", rank, Shape::kMaxRank));
    }
  }
  return shape;
}

}  // namespace

bool looks_like_idx(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  const auto magic = reader.big_endian(4);
  return magic && *magic >> 16 == 0 && (*magic >> 8 & 0xff) >= kUnsignedByte && (*magic >> 8 & 0xff) <= 14 &&
         (*magic & 0xff) >= 1;
}

Result<Tensor> read_idx(std::span<const std::byte> bytes) {
  if (looks_compressed(bytes)) {
    return Status(StatusCode::unsupported, "The data are compressed with gzip; unpack them first (gunzip --keep).");
  }
  ByteReader reader(bytes);
  const auto zeros = reader.big_endian(2);
  const auto type = reader.big_endian(1);
  const auto rank = reader.big_endian(1);
  if (!rank || *zeros != 0 || *rank == 0) return broken("These are no IDX data: the first four bytes do not fit.");
  if (*type != kUnsignedByte) {
    return Status(StatusCode::unsupported,
                  fmt::format("IDX element type {} is not read, only unsigned bytes (8).", *type));
  }
  RHEO_ASSIGN_OR_RETURN(const Shape shape, read_shape(reader, *rank));
  const Result<std::int64_t> elements = shape.checked_elements();
  if (!elements || static_cast<std::uint64_t>(*elements) != reader.remaining()) {
    return broken(fmt::format("The IDX header claims {} elements, but {} bytes follow it.", shape.to_string(),
                              reader.remaining()));
  }
  const auto body = reader.take(reader.remaining());
  return Tensor::copy_of(TensorView(body->data(), DType::u8, shape));
}

Result<Tensor> read_idx(const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file));
  Result<Tensor> tensor = read_idx(content.bytes);
  if (!tensor) return tensor.status().with_context(file);
  return tensor;
}

}  // namespace rheo
