// SPDX-License-Identifier: Apache-2.0
#include "load/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <rheo/tensor.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

// The system's words for `error`, a value of errno.
std::string reason(int error) { return std::generic_category().message(error); }

Status failure(std::string_view what, const std::string& file, int error) {
  const StatusCode code = error == ENOENT || error == ENOTDIR ? StatusCode::not_found : StatusCode::io_error;
  return Status(code, fmt::format("Cannot {} '{}': {}.", what, file, reason(error)));
}

// Reads up to `size` bytes; fewer when the file ends before. Answers how many.
Result<std::size_t> read_into(const Descriptor& descriptor, std::byte* to, std::size_t size, const std::string& file) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(descriptor.number(), to + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", file, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<FileBytes> read_all(const Descriptor& descriptor, std::size_t size_bytes, const std::string& file) {
  const auto booked = checked_add(size_bytes, Tensor::kAlignment);
  if (!booked) return Status(StatusCode::limit_exceeded, fmt::format("'{}' is too large to read.", file));
  std::shared_ptr<std::byte> owner(
      static_cast<std::byte*>(std::aligned_alloc(Tensor::kAlignment, align_up(size_bytes + 1, Tensor::kAlignment))),
      [](std::byte* memory) { std::free(memory); });
  if (owner == nullptr) {
    return Status(StatusCode::resource_exhausted,
                  fmt::format("Cannot read '{}': {} bytes of memory are not to be had.", file, size_bytes));
  }
  RHEO_ASSIGN_OR_RETURN(const std::size_t got, read_into(descriptor, owner.get(), size_bytes, file));
  return FileBytes{owner, {owner.get(), got}};
}

// How long the file is; only a regular file will do, and one within the limit.
Result<std::size_t> size_of(const Descriptor& descriptor, std::size_t limit_bytes, const std::string& file) {
  if (descriptor.number() < 0) return failure("open", file, errno);
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0) return failure("read", file, errno);
  if (!S_ISREG(facts.st_mode)) {
    return Status(StatusCode::invalid_argument, fmt::format("'{}' is no regular file; name a file.", file));
  }
  const auto size_bytes = static_cast<std::size_t>(facts.st_size);
  if (size_bytes <= limit_bytes) return size_bytes;
  return Status(StatusCode::limit_exceeded,
                fmt::format("'{}' has {} bytes, more than the limit of {}.", file, size_bytes, limit_bytes));
}

// The deleter of a mapped file's owner, by which such an owner is known.
struct Unmap {
  void* memory;
  std::size_t size_bytes;
  void operator()(const void*) const { ::munmap(memory, size_bytes); }
};

// A look at one page maps those around it as well; a multiple of every page size.
constexpr std::size_t kMappedAtOnce = 64 * 1024;

Descriptor open_to_read(const std::string& file) {
  return Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

bool write_all(int descriptor, std::span<const std::byte> part) {
  while (!part.empty()) {
    const ssize_t put = ::write(descriptor, part.data(), part.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    part = part.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

// A file that did not exist before, made beside `file`; its name goes to `temporary`. Other processes and threads may
// be writing the same file: each gets a name of its own.
int create_beside(const std::string& file, std::string& temporary) {
  constexpr int kAttempts = 1000;
  int descriptor = -1;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    temporary = fmt::format("{}.{}-{}.partial", file, ::getpid(), attempt);
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) break;
  }
  return descriptor;
}

}  // namespace

Result<FileBytes> read_file(const std::string& file, std::size_t limit_bytes) {
  const Descriptor descriptor = open_to_read(file);
  RHEO_ASSIGN_OR_RETURN(const std::size_t size_bytes, size_of(descriptor, limit_bytes, file));
  return read_all(descriptor, size_bytes, file);
}

Result<FileBytes> map_file(const std::string& file, std::size_t limit_bytes) {
  return map_descriptor(open_to_read(file), file, limit_bytes);
}

Result<FileBytes> map_descriptor(const Descriptor& descriptor, const std::string& file, std::size_t limit_bytes) {
  RHEO_ASSIGN_OR_RETURN(const std::size_t size_bytes, size_of(descriptor, limit_bytes, file));
  if (size_bytes == 0) return FileBytes{};  // the system maps no empty file
  void* memory = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor.number(), 0);
  if (memory == MAP_FAILED) return failure("map", file, errno);
  std::shared_ptr<const void> owner(memory, Unmap{memory, size_bytes});
  return FileBytes{std::move(owner), {static_cast<const std::byte*>(memory), size_bytes}};
}

void forget_pages(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes) {
  const auto* mapping = std::get_deleter<Unmap>(owner);
  if (mapping == nullptr || bytes.empty()) return;
  const auto first = static_cast<std::size_t>(bytes.data() - static_cast<const std::byte*>(mapping->memory));
  const std::size_t begin = first / kMappedAtOnce * kMappedAtOnce;
  const std::size_t end = std::min(first + bytes.size(), mapping->size_bytes);
  ::madvise(static_cast<std::byte*>(mapping->memory) + begin, end - begin, MADV_DONTNEED);
}

FileStamp FileStamp::of(std::string file) {
  FileStamp stamp;
  struct stat facts {};
  if (::stat(file.c_str(), &facts) == 0) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    stamp.device_ = facts.st_dev;
    stamp.number_ = facts.st_ino;
    stamp.size_bytes_ = facts.st_size;
    stamp.changed_ns_ = facts.st_mtim.tv_sec * kSecond + facts.st_mtim.tv_nsec;
  }
  stamp.file_ = std::move(file);
  return stamp;
}

Status FileStamp::check() const {
  const FileStamp now = of(file_);
  const bool is_same_file =
      size_bytes_ >= 0 && now.size_bytes_ >= 0 && now.device_ == device_ && now.number_ == number_;
  if (!is_same_file || (now.size_bytes_ == size_bytes_ && now.changed_ns_ == changed_ns_)) return {};
  return {StatusCode::io_error,
          fmt::format("'{}' was written over since it was opened. Load the model again; to replace it while it is in "
                      "use, write another file and rename that to its name.",
                      file_)};
}

Result<std::vector<std::byte>> read_start(const std::string& file, std::size_t count) {
  const Descriptor descriptor = open_to_read(file);
  RHEO_ASSIGN_OR_RETURN(const std::size_t size_bytes,
                        size_of(descriptor, std::numeric_limits<std::size_t>::max(), file));
  std::vector<std::byte> bytes(std::min(count, size_bytes));
  RHEO_ASSIGN_OR_RETURN(const std::size_t got, read_into(descriptor, bytes.data(), bytes.size(), file));
  bytes.resize(got);
  return bytes;
}

Result<std::string> file_hash(const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, map_file(file));
  const XXH128_hash_t hash = XXH3_128bits(content.bytes.data(), content.bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

Status write_file_atomically(const std::string& file, std::span<const std::span<const std::byte>> parts) {
  std::string temporary;
  Descriptor descriptor(create_beside(file, temporary));
  if (descriptor.number() < 0) return failure("write", file, errno);
  const bool written =
      std::all_of(parts.begin(), parts.end(), [&](auto part) { return write_all(descriptor.number(), part); }) &&
      ::fsync(descriptor.number()) == 0 && descriptor.close() && ::rename(temporary.c_str(), file.c_str()) == 0;
  if (written) return Status();
  Status status = failure("write", file, errno);
  ::unlink(temporary.c_str());
  return status;
}

}  // namespace rheo
