// SPDX-License-Identifier: Apache-2.0
// A zip archive in memory, usually a mapped file, as torch.export writes it. Own code and not a zip library, because a
// model file asks for more suspicion than those have: every entry is checked before anything is taken from one, what is
// stored becomes a view of the mapped file, and what is deflated goes into memory of exactly the declared size. Only
// inflating itself is zlib's.
//
// Checked on opening: the central directory lies inside the file and counts as many entries as it has room for; every
// local header agrees with it; entries lie inside the file and do not overlap; names are unique, relative and plain;
// one disk, no encryption, stored or deflated only, no entry that swells without measure. The checksum is compared when
// an entry is read.
//
// A cheap-copy value would share the bytes; it is moved instead. Frozen after open; reading is safe from many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "load/file.h"

namespace rheo::pt2 {

struct ZipEntry {
  std::string_view name;  // "model/data/weights/weight_0", in the archive's bytes
  bool is_deflated = false;
  std::uint32_t crc = 0;
  std::size_t header_offset = 0;  // of the local header, in the archive
  std::size_t data_offset = 0;
  std::size_t stored_bytes = 0;  // in the archive
  std::size_t size_bytes = 0;
};

class ZipArchive {
 public:
  // bad_format, unsupported (encrypted, another compression, several disks) or limit_exceeded.
  static Result<ZipArchive> open(FileBytes content, const LoadLimits& limits = {});

  std::span<const ZipEntry> entries() const { return entries_; }  // sorted by name
  const ZipEntry* find(std::string_view name) const;              // null: there is none
  // The entry's bytes: a view of the archive when it is stored. bad_format when the checksum differs.
  Result<FileBytes> read(const ZipEntry& entry) const;

 private:
  FileBytes content_;
  std::vector<ZipEntry> entries_;
};

// The entries of the central directory, in its order, with everything that it tells; local headers are not looked at.
Result<std::vector<ZipEntry>> read_directory(std::span<const std::byte> archive, const LoadLimits& limits);

// Replaces sizes and offset that do not fit 32 bits by those of the extra field `extra`, in the order of the format.
// False when it lacks one.
struct Zip64 {
  std::uint64_t size_bytes = 0;
  std::uint64_t stored_bytes = 0;
  std::uint64_t header_offset = 0;
};
bool widen_from_extra(std::span<const std::byte> extra, Zip64& numbers);

}  // namespace rheo::pt2
