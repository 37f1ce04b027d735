// SPDX-License-Identifier: Apache-2.0
// The central directory of a zip archive: found from the end, then walked. The format is PKWARE's APPNOTE.TXT, 4.3 and
// 4.5.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/try.h"
#include "load/byte_reader.h"
#include "load/json_value.h"
#include "load/pt2/zip_archive.h"

namespace rheo::pt2 {
namespace {

constexpr std::uint64_t kEndMagic = 0x06054b50;
constexpr std::uint64_t kEnd64Magic = 0x06064b50;
constexpr std::uint64_t kLocator64Magic = 0x07064b50;
constexpr std::uint64_t kEntryMagic = 0x02014b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::size_t kEntryBytes = 46;  // the fixed part
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr std::uint64_t kIn64 = 0xffffffff;  // the number stands in a 64-bit field elsewhere
constexpr std::uint64_t kCountIn64 = 0xffff;

Status broken(std::string what) { return {StatusCode::bad_format, std::move(what)}; }

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t offset = 0;
};

std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t count) {
  return ByteReader(bytes.subspan(offset, count)).little_endian(count).value_or(0);
}

// Where the end record stands: behind everything, but for a comment whose length it tells.
std::optional<std::size_t> find_end(std::span<const std::byte> archive) {
  if (archive.size() < kEndBytes) return std::nullopt;
  const std::size_t last = archive.size() - kEndBytes;
  const std::size_t first = last - std::min(last, kMaxCommentBytes);
  for (std::size_t at = last + 1; at-- > first;) {
    if (number_at(archive, at, 4) == kEndMagic && number_at(archive, at + 20, 2) == last - at) return at;
  }
  return std::nullopt;
}

Result<Directory> read_end64(std::span<const std::byte> archive, std::size_t end) {
  if (end < kLocator64Bytes || number_at(archive, end - kLocator64Bytes, 4) != kLocator64Magic) {
    return broken("The archive's directory is said to be large, but nothing tells where it is.");
  }
  const auto locator = archive.subspan(end - kLocator64Bytes, kLocator64Bytes);
  if (number_at(locator, 4, 4) != 0 || number_at(locator, 16, 4) != 1) {
    return Status(StatusCode::unsupported, "The archive spans several disks.");
  }
  const std::uint64_t at = number_at(locator, 8, 8);
  if (at > end - kLocator64Bytes) return broken("The archive's directory lies outside of the file.");
  ByteReader reader(
      archive.subspan(static_cast<std::size_t>(at), end - kLocator64Bytes - static_cast<std::size_t>(at)));
  const auto magic = reader.little_endian(4);
  if (magic != kEnd64Magic || !reader.take(12)) return broken("The archive's 64-bit end record is broken.");
  const auto disk = reader.little_endian(4);
  const auto first_disk = reader.little_endian(4);
  const auto here = reader.little_endian(8);
  const auto entries = reader.little_endian(8);
  const auto size_bytes = reader.little_endian(8);
  const auto offset = reader.little_endian(8);
  if (!offset) return broken("The archive's 64-bit end record is cut short.");
  if (disk != 0U || first_disk != 0U || here != entries) {
    return Status(StatusCode::unsupported, "The archive spans several disks.");
  }
  return Directory{*entries, *size_bytes, *offset};
}

Result<Directory> read_end(std::span<const std::byte> archive) {
  const std::optional<std::size_t> end = find_end(archive);
  if (!end) return broken("The file is no zip archive, or is cut short: it has no directory at its end.");
  const auto record = archive.subspan(*end, kEndBytes);
  if (number_at(record, 4, 2) != 0 || number_at(record, 6, 2) != 0) {
    return Status(StatusCode::unsupported, "The archive spans several disks.");
  }
  Directory directory{number_at(record, 10, 2), number_at(record, 12, 4), number_at(record, 16, 4)};
  const bool is_large = directory.entries == kCountIn64 || directory.size_bytes == kIn64 || directory.offset == kIn64;
  if (is_large) {
    RHEO_ASSIGN_OR_RETURN(directory, read_end64(archive, *end));
  } else if (number_at(record, 8, 2) != directory.entries) {
    return Status(StatusCode::unsupported, "The archive spans several disks.");
  }
  if (directory.offset > *end || directory.size_bytes > *end - directory.offset) {
    return broken("The archive's directory lies outside of the file.");
  }
  if (directory.entries > directory.size_bytes / kEntryBytes) {
    return broken(fmt::format("The archive's directory of {} bytes cannot hold {} entries.", directory.size_bytes,
                              directory.entries));
  }
  return directory;
}

// Names are keys here and never become paths; still, one that tries to lead elsewhere is no model's.
Status check_name(std::string_view name, const LoadLimits& limits) {
  RHEO_RETURN_IF_ERROR(require_name(name, limits.name_bytes, "The name of an entry"));
  bool leads_out = name.front() == '/' || name.find('\\') != std::string_view::npos;
  for (std::size_t start = 0; start <= name.size() && !leads_out;) {
    const std::size_t stop = std::min(name.find('/', start), name.size());
    leads_out = name.substr(start, stop - start) == "..";
    start = stop + 1;
  }
  return leads_out ? broken(fmt::format("The entry '{}' of the archive leads outside.", name)) : Status();
}

Result<ZipEntry> read_entry(ByteReader& reader, const LoadLimits& limits) {
  const auto fixed = reader.take(kEntryBytes);
  if (!fixed || number_at(*fixed, 0, 4) != kEntryMagic) return broken("The archive's directory is broken.");
  const auto name = reader.take_text(static_cast<std::size_t>(number_at(*fixed, 28, 2)));
  const auto extra = name ? reader.take(static_cast<std::size_t>(number_at(*fixed, 30, 2))) : std::nullopt;
  const auto comment = extra ? reader.take(static_cast<std::size_t>(number_at(*fixed, 32, 2))) : std::nullopt;
  if (!comment) return broken("The archive's directory is cut short.");
  RHEO_RETURN_IF_ERROR(check_name(*name, limits));
  const std::uint64_t flags = number_at(*fixed, 8, 2);
  const std::uint64_t method = number_at(*fixed, 10, 2);
  if ((flags & 1) != 0) return Status(StatusCode::unsupported, fmt::format("The entry '{}' is encrypted.", *name));
  if (method != 0 && method != 8) {
    return Status(StatusCode::unsupported,
                  fmt::format("The entry '{}' is compressed by method {}; only stored and deflated ones are read.",
                              *name, method));
  }
  Zip64 numbers{number_at(*fixed, 24, 4), number_at(*fixed, 20, 4), number_at(*fixed, 42, 4)};
  if (number_at(*fixed, 34, 2) != 0 || !widen_from_extra(*extra, numbers)) {
    return broken(fmt::format("The entry '{}' does not tell where it is.", *name));
  }
  ZipEntry entry;
  entry.name = *name;
  entry.is_deflated = method == 8;
  entry.crc = static_cast<std::uint32_t>(number_at(*fixed, 16, 4));
  entry.size_bytes = numbers.size_bytes;
  entry.stored_bytes = numbers.stored_bytes;
  entry.header_offset = numbers.header_offset;
  if (!entry.is_deflated && entry.size_bytes != entry.stored_bytes) {
    return broken(fmt::format("The entry '{}' is stored, but in another size than it has.", *name));
  }
  return entry;
}

}  // namespace

bool widen_from_extra(std::span<const std::byte> extra, Zip64& numbers) {
  constexpr std::uint64_t kZip64Field = 1;
  std::vector<std::uint64_t*> missing;
  for (std::uint64_t* number : {&numbers.size_bytes, &numbers.stored_bytes, &numbers.header_offset}) {
    if (*number == kIn64) missing.push_back(number);
  }
  if (missing.empty()) return true;
  ByteReader reader(extra);
  while (true) {
    const auto kind = reader.little_endian(2);
    const auto size = reader.little_endian(2);
    const auto field = size ? reader.take(static_cast<std::size_t>(*size)) : std::nullopt;
    if (!field) return false;
    if (kind != kZip64Field) continue;
    ByteReader wide(*field);
    return std::all_of(missing.begin(), missing.end(), [&](std::uint64_t* number) {
      const auto given = wide.little_endian(8);
      *number = given.value_or(0);
      return given.has_value();
    });
  }
}

Result<std::vector<ZipEntry>> read_directory(std::span<const std::byte> archive, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const Directory directory, read_end(archive));
  if (directory.entries > limits.archive_entries) {
    return Status(StatusCode::limit_exceeded, fmt::format("The archive has {} entries, more than the limit of {}.",
                                                          directory.entries, limits.archive_entries));
  }
  ByteReader reader(
      archive.subspan(static_cast<std::size_t>(directory.offset), static_cast<std::size_t>(directory.size_bytes)));
  std::vector<ZipEntry> entries;
  entries.reserve(static_cast<std::size_t>(directory.entries));
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    RHEO_ASSIGN_OR_RETURN(const ZipEntry entry, read_entry(reader, limits));
    entries.push_back(entry);
  }
  if (reader.remaining() != 0) return broken("The archive's directory holds more than its entries.");
  return entries;
}

}  // namespace rheo::pt2
