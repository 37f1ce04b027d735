// SPDX-License-Identifier: Apache-2.0
// Whole files in and out. Reading and mapping refuse what is no regular file; writing is atomic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "load/descriptor.h"

namespace rheo {

// The bytes of one file, aligned like a Tensor's, kept alive by `owner`.
struct FileBytes {
  std::shared_ptr<const void> owner;
  std::span<const std::byte> bytes;
};

// not_found, io_error with the system's words, limit_exceeded when the file is larger than `limit_bytes`.
Result<FileBytes> read_file(const std::string& file, std::size_t limit_bytes = std::numeric_limits<std::size_t>::max());

// The same, mapped instead of read: pages come from the disk when they are first looked at, and many processes share
// them. Read-only; `owner` unmaps. A file that somebody else cuts short while it is mapped ends the process (SIGBUS),
// as the system has it: read files that others may write to.
Result<FileBytes> map_file(const std::string& file, std::size_t limit_bytes = std::numeric_limits<std::size_t>::max());
// The same of a file that is already open; `file` names it in messages.
Result<FileBytes> map_descriptor(const Descriptor& descriptor, const std::string& file, std::size_t limit_bytes);

// Lets the system take back the memory of `bytes`, a part of a mapped file: who looks there again reads it from the
// disk again. Does nothing when `owner` is not that of a mapped file.
void forget_pages(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes);

// Which file had a name, and how it was then: by this a file that was mapped and then written over is seen before its
// pages, some old and some new, are taken for a model. A value; any thread.
class FileStamp {
 public:
  // Of a name under which nothing is found, one that sees nothing.
  static FileStamp of(std::string file);

  // io_error when the file is no longer as it was. Ok when another one has the name, or none: who mapped the old one
  // has it still.
  Status check() const;

 private:
  std::string file_;
  std::uint64_t device_ = 0;
  std::uint64_t number_ = 0;
  std::int64_t size_bytes_ = -1;  // -1: nothing was found
  std::int64_t changed_ns_ = 0;   // since 1970
};

// The first `count` bytes, or all when there are fewer.
Result<std::vector<std::byte>> read_start(const std::string& file, std::size_t count);

// 32 hexadecimal digits over all bytes of the file (XXH3 of 128 bits, as `xxhsum -H2` prints it): tells files apart,
// proves nothing against those who want them alike.
Result<std::string> file_hash(const std::string& file);

// Writes `parts` one after the other to a temporary file in the same folder, synchronises it and renames it to `file`.
// On failure the temporary file is removed and an earlier `file` is untouched.
Status write_file_atomically(const std::string& file, std::span<const std::span<const std::byte>> parts);

}  // namespace rheo
