// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/zip_archive.h"

#include <fmt/format.h>

#include <algorithm>

#include <rheo/tensor.h>

#include "base/checked.h"
#include "base/try.h"
#include "load/byte_reader.h"
#include "load/pt2/checksum.h"
#include "load/pt2/inflate.h"

namespace rheo::pt2 {
namespace {

constexpr std::uint64_t kLocalMagic = 0x04034b50;
constexpr std::uint64_t kSizesFollow = 8;  // flag: sizes and checksum stand behind the data instead of before
constexpr std::uint64_t kEncrypted = 1;

Status broken(const ZipEntry& entry, std::string_view what) {
  return {StatusCode::bad_format, fmt::format("The entry '{}' of the archive {}.", entry.name, what)};
}

// Finds the data behind the local header, which must say what the directory says.
Status read_local_header(std::span<const std::byte> archive, ZipEntry& entry) {
  if (entry.header_offset > archive.size()) return broken(entry, "lies outside of the file");
  ByteReader reader(archive.subspan(entry.header_offset));
  const auto magic = reader.little_endian(4);
  const auto version = reader.little_endian(2);
  const auto flags = reader.little_endian(2);
  const auto method = reader.little_endian(2);
  const auto time = reader.little_endian(4);
  const auto crc = reader.little_endian(4);
  const auto stored = reader.little_endian(4);
  const auto size = reader.little_endian(4);
  const auto name_bytes = reader.little_endian(2);
  const auto extra_bytes = reader.little_endian(2);
  if (magic != kLocalMagic || !version || !time || !extra_bytes) return broken(entry, "has no header");
  const auto name = reader.take_text(static_cast<std::size_t>(*name_bytes));
  const auto extra = name ? reader.take(static_cast<std::size_t>(*extra_bytes)) : std::nullopt;
  if (!extra) return broken(entry, "is cut short");
  const std::uint64_t expected_method = entry.is_deflated ? 8 : 0;
  if (name != entry.name || method != expected_method || (*flags & kEncrypted) != 0) {
    return broken(entry, "is another one than its header says");
  }
  Zip64 numbers{*size, *stored, 0};
  if (!widen_from_extra(*extra, numbers)) return broken(entry, "does not tell its size");
  const bool agrees =
      crc == entry.crc && numbers.size_bytes == entry.size_bytes && numbers.stored_bytes == entry.stored_bytes;
  if ((*flags & kSizesFollow) == 0 && !agrees) return broken(entry, "has another size than its header says");
  entry.data_offset = entry.header_offset + reader.position();
  if (entry.stored_bytes > archive.size() - entry.data_offset) return broken(entry, "reaches beyond the file");
  return {};
}

// Before anything is inflated: no entry swells beyond what honest texts do, and all of them have their measure.
Status check_sizes(std::span<const ZipEntry> entries, const LoadLimits& limits) {
  constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 20;
  std::size_t inflated = 0;
  for (const ZipEntry& entry : entries) {
    if (!entry.is_deflated) continue;
    inflated = saturating_add(inflated, entry.size_bytes);
    const bool swells =
        entry.size_bytes > kAlwaysAllowed && entry.size_bytes / limits.archive_swell > entry.stored_bytes;
    if (!swells && inflated <= limits.archive_inflated_bytes) continue;
    return {StatusCode::limit_exceeded,
            fmt::format("The entry '{}' swells from {} bytes to {}; that is more than a model may.", entry.name,
                        entry.stored_bytes, entry.size_bytes)};
  }
  return {};
}

Status check_overlaps(std::vector<ZipEntry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.header_offset < b.header_offset; });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const ZipEntry& before = entries[i - 1];
    if (before.data_offset + before.stored_bytes > entries[i].header_offset)
      return broken(entries[i], "overlaps another");
  }
  return {};
}

}  // namespace

Result<ZipArchive> ZipArchive::open(FileBytes content, const LoadLimits& limits) {
  ZipArchive archive;
  archive.content_ = std::move(content);
  std::vector<ZipEntry>& entries = archive.entries_;
  RHEO_ASSIGN_OR_RETURN(entries, read_directory(archive.content_.bytes, limits));
  for (ZipEntry& entry : entries) RHEO_RETURN_IF_ERROR(read_local_header(archive.content_.bytes, entry));
  RHEO_RETURN_IF_ERROR(check_sizes(entries, limits));
  RHEO_RETURN_IF_ERROR(check_overlaps(entries));
  std::sort(entries.begin(), entries.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
  const auto twin = std::adjacent_find(entries.begin(), entries.end(),
                                       [](const ZipEntry& a, const ZipEntry& b) { return a.name == b.name; });
  if (twin != entries.end()) return broken(*twin, "is there twice");
  return archive;
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != entries_.end() && found->name == name ? &*found : nullptr;
}

Result<FileBytes> ZipArchive::read(const ZipEntry& entry) const {
  const auto stored = content_.bytes.subspan(entry.data_offset, entry.stored_bytes);
  FileBytes bytes{content_.owner, stored};
  if (entry.is_deflated) {
    RHEO_ASSIGN_OR_RETURN(Tensor memory, Tensor::zeros(DType::u8, {static_cast<std::int64_t>(entry.size_bytes)}));
    const auto shared = std::make_shared<Tensor>(std::move(memory));
    const std::span<std::byte> room(static_cast<std::byte*>(shared->mutable_data()), entry.size_bytes);
    if (const Status status = inflate(stored, room); !status.ok()) {
      return status.with_context(fmt::format("entry '{}'", entry.name));
    }
    bytes = {shared, room};
  }
  if (checksum(bytes.bytes) != entry.crc) return broken(entry, "differs from its checksum");
  return bytes;
}

}  // namespace rheo::pt2
