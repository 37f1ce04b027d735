// SPDX-License-Identifier: Apache-2.0
#include "support/zip_writer.h"

#include <zlib.h>

#include <cstring>
#include <memory>

#include <rheo/tensor.h>

namespace rheo::testing {
namespace {

void put(std::string& to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to.push_back(i < 8 ? static_cast<char>(number >> (8 * i) & 0xff) : char{0});
}

std::string deflated(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string result(content.size() / 2 + 1024 + content.size() / 16, '\0');
  std::string from = content;
  stream.next_in = reinterpret_cast<Bytef*>(from.data());
  stream.avail_in = static_cast<uInt>(from.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(result.size() - stream.avail_out);
  deflateEnd(&stream);
  return result;
}

std::string extra_of(const std::vector<std::uint64_t>& numbers) {
  std::string extra;
  put(extra, 1, 2);
  put(extra, 8 * numbers.size(), 2);
  for (const std::uint64_t number : numbers) put(extra, number, 8);
  return extra;
}

constexpr std::uint64_t kIn64 = 0xffffffff;

// The parts that both headers share: flags, method, time, crc, sizes, length of the name.
void put_facts(std::string& to, const ZipPart& part, std::uint64_t stored, bool is_wide, std::string_view name) {
  const auto crc = static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(part.content.data()), static_cast<uInt>(part.content.size())));
  put(to, part.flags, 2);
  put(to, part.method.value_or(part.is_deflated ? 8 : 0), 2);
  put(to, 0, 4);
  put(to, part.crc.value_or(crc), 4);
  put(to, is_wide ? kIn64 : stored, 4);
  put(to, is_wide ? kIn64 : part.size_bytes.value_or(part.content.size()), 4);
  put(to, name.size(), 2);
}

std::string written(const std::vector<ZipPart>& parts, bool is_wide, std::optional<std::uint64_t> count) {
  std::string archive;
  std::string directory;
  for (const ZipPart& part : parts) {
    const std::string data = part.is_deflated ? deflated(part.content) : part.content;
    const std::uint64_t size = part.size_bytes.value_or(part.content.size());
    const std::uint64_t stored = part.is_deflated ? data.size() : size;
    const std::string local = part.local_name.value_or(part.name);
    const std::uint64_t offset = part.offset.value_or(archive.size());
    std::string extra = is_wide ? extra_of({size, stored}) : std::string();
    archive += "PK\x03\x04";
    put(archive, 20, 2);
    put_facts(archive, part, stored, is_wide, local);
    // Fills up to 64 bytes with a field of its own, as PyTorch does.
    const std::size_t behind = archive.size() + 2 + local.size() + extra.size() + 4;
    const std::size_t filling = (64 - behind % 64) % 64;
    extra += "FB";
    put(extra, filling, 2);
    extra += std::string(filling, 'Z');
    put(archive, extra.size(), 2);
    archive += local + extra + data;
    directory += "PK\x01\x02";
    put(directory, 20, 2);
    put(directory, 20, 2);
    put_facts(directory, part, stored, is_wide, part.name);
    const std::string far = is_wide ? extra_of({size, stored, offset}) : std::string();
    put(directory, far.size(), 2);
    put(directory, 0, 2 + 2 + 2 + 4);  // comment, disk, attributes
    put(directory, is_wide ? kIn64 : offset, 4);
    directory += part.name + far;
  }
  const std::uint64_t entries = count.value_or(parts.size());
  const std::size_t start = archive.size();
  archive += directory;
  if (is_wide) {
    const std::size_t end64 = archive.size();
    archive += "PK\x06\x06";
    put(archive, 44, 8);
    put(archive, 0, 2 + 2);
    put(archive, 0, 4);
    put(archive, 0, 4);
    put(archive, entries, 8);
    put(archive, entries, 8);
    put(archive, directory.size(), 8);
    put(archive, start, 8);
    archive += "PK\x06\x07";
    put(archive, 0, 4);
    put(archive, end64, 8);
    put(archive, 1, 4);
  }
  archive += "PK\x05\x06";
  put(archive, 0, 4);
  put(archive, is_wide ? 0xffff : entries, 2);
  put(archive, is_wide ? 0xffff : entries, 2);
  put(archive, is_wide ? kIn64 : directory.size(), 4);
  put(archive, is_wide ? kIn64 : start, 4);
  put(archive, 0, 2);
  return archive;
}

}  // namespace

std::string zip_of(const std::vector<ZipPart>& parts, std::optional<std::uint16_t> count) {
  return written(parts, false, count ? std::optional<std::uint64_t>(*count) : std::nullopt);
}

std::string wide_zip_of(const std::vector<ZipPart>& parts, std::optional<std::uint64_t> count) {
  return written(parts, true, count);
}

FileBytes as_file(std::string bytes) {
  auto memory = std::make_shared<Tensor>(Tensor::zeros(DType::u8, {static_cast<std::int64_t>(bytes.size())}).value());
  if (!bytes.empty()) std::memcpy(memory->mutable_data(), bytes.data(), bytes.size());
  const std::span<const std::byte> view(static_cast<const std::byte*>(memory->data()), bytes.size());
  return {std::move(memory), view};
}

}  // namespace rheo::testing
