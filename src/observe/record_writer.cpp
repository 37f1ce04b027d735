// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include <rheo/observe.h>

#include "base/try.h"

namespace rheo {

struct RecordWriter::File {
  File(std::string its_name, int its_descriptor) : name(std::move(its_name)), descriptor(its_descriptor) {}
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string name;
  const int descriptor;
  std::mutex mutex;
  Status status;  // guarded by mutex; the first failure
};

namespace {

Status failure(std::string_view what, const std::string& file, int error) {
  const StatusCode code = error == ENOENT || error == ENOTDIR ? StatusCode::not_found : StatusCode::io_error;
  return Status(code, fmt::format("Cannot {} '{}': {}.", what, file, std::generic_category().message(error)));
}

// A file that can be appended to: a regular one that ends where a line ends.
Status check_end(int descriptor, const std::string& file) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return failure("read", file, errno);
  if (!S_ISREG(facts.st_mode)) {
    return Status(StatusCode::invalid_argument, fmt::format("'{}' is no regular file; name a file.", file));
  }
  if (facts.st_size == 0) return Status();
  char last = 0;
  if (::pread(descriptor, &last, 1, facts.st_size - 1) != 1) return failure("read", file, errno);
  if (last == '\n') return Status();
  return Status(StatusCode::bad_format,
                fmt::format("The last line of '{}' has no end, so records cannot follow it. Its writer was interrupted "
                            "there, or it is no trace: delete that line, or name another file.",
                            file));
}

// In one call of the system, so that lines of several processes do not mix; it takes less only when something is wrong.
bool append(int descriptor, std::string_view line) {
  while (!line.empty()) {
    const ssize_t put = ::write(descriptor, line.data(), line.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    line.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

RecordWriter::RecordWriter(std::shared_ptr<File> file) : file_(std::move(file)) {}

Result<RecordWriter> RecordWriter::open(const std::string& file) {
  // Without waiting: a pipe that nobody reads must not hold the host up.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor < 0) return failure("open", file, errno);
  auto opened = std::make_shared<File>(file, descriptor);
  RHEO_RETURN_IF_ERROR(check_end(descriptor, file));
  return RecordWriter(std::move(opened));
}

Status RecordWriter::write(const RunRecord& record) const {
  const std::string line = to_json(record) + '\n';
  const std::lock_guard lock(file_->mutex);
  if (file_->status.ok() && !append(file_->descriptor, line)) {
    file_->status = failure("write a record to", file_->name, errno);
  }
  return file_->status;
}

Status RecordWriter::status() const {
  const std::lock_guard lock(file_->mutex);
  return file_->status;
}

RecordListener RecordWriter::listener() const {
  return [writer = *this](const RunRecord& record) { (void)writer.write(record); };
}

}  // namespace rheo
