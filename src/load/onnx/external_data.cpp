// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/external_data.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/checked.h"
#include "base/try.h"
#include "load/json_value.h"

namespace rheo::onnx {
namespace {

constexpr int kReadFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

Status set_number(std::string_view key, std::string_view value, std::uint64_t& out) {
  const auto* const last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, out);
  if (error == std::errc() && end == last) return Status();
  return broken(fmt::format("The {} of external data is no decimal number below 2^64.", key));
}

Status why_not_opened(const std::string& location, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return Status(StatusCode::not_found, fmt::format("The external data '{}' are not in the model's folder; put the "
                                                     "file where the exporter wrote it.",
                                                     location));
  }
  if (error == ELOOP || error == EXDEV) {
    return broken(
        fmt::format("The external data '{}' are reached by a symbolic link or lie outside the model's folder; "
                    "put the file itself there.",
                    location));
  }
  return Status(StatusCode::io_error, fmt::format("Cannot open the external data '{}': {}.", location,
                                                  std::generic_category().message(error)));
}

Status check_file(const Descriptor& file, const std::string& location) {
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return why_not_opened(location, errno);
  if (!S_ISREG(facts.st_mode)) return broken(fmt::format("The external data '{}' are no regular file.", location));
  if (facts.st_nlink == 1) return Status();
  return broken(
      fmt::format("The external data '{}' have {} names in the file system, so they may be a file from "
                  "elsewhere; copy the file instead of linking it.",
                  location, facts.st_nlink));
}

}  // namespace

Status ExternalReference::set(std::string_view key, std::string_view value, std::size_t limit_bytes) {
  const auto once = [&](bool had) {
    return had ? broken(fmt::format("The {} of external data is given twice.", key)) : Status();
  };
  if (key == "location") {
    RHEO_RETURN_IF_ERROR(once(std::exchange(has_location_, true)));
    RHEO_RETURN_IF_ERROR(check_location(value, limit_bytes));
    location = value;
  } else if (key == "offset") {
    RHEO_RETURN_IF_ERROR(once(std::exchange(has_offset_, true)));
    return set_number(key, value, offset);
  } else if (key == "length") {
    RHEO_RETURN_IF_ERROR(once(length.has_value()));
    return set_number(key, value, length.emplace());
  }
  return Status();
}

Status check_location(std::string_view location, std::size_t limit_bytes) {
  RHEO_RETURN_IF_ERROR(require_name(location, limit_bytes, "The location of external data"));
  const bool has_drive = location.size() > 1 && location[1] == ':';
  bool stays = location.find('\\') == std::string_view::npos && !has_drive;
  for (std::size_t begin = 0; stays && begin <= location.size();) {
    const std::size_t end = std::min(location.find('/', begin), location.size());
    const std::string_view name = location.substr(begin, end - begin);
    stays = !name.empty() && name != "." && name != "..";  // an empty one is a leading, doubled or trailing '/'
    begin = end + 1;
  }
  if (stays) return Status();
  return broken(
      fmt::format("The external data '{}' may lie outside the model's folder; only plain names below it are "
                  "followed.",
                  location));
}

Descriptor open_below(const Descriptor& folder, const std::string& location) {
  open_how how{};
  how.flags = kReadFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Descriptor file(static_cast<int>(::syscall(SYS_openat2, folder.number(), location.c_str(), &how, sizeof how)));
  // Some sandboxes answer EPERM for a call that they do not know.
  const bool has_no_openat2 = file.number() < 0 && (errno == ENOSYS || errno == EPERM);
  return has_no_openat2 ? open_below_by_names(folder, location) : std::move(file);
}

Descriptor open_below_by_names(const Descriptor& folder, const std::string& location) {
  Descriptor inner(-1);
  std::size_t begin = 0;
  for (std::size_t end = location.find('/'); end != std::string::npos; end = location.find('/', begin)) {
    const int from = begin == 0 ? folder.number() : inner.number();
    const std::string name = location.substr(begin, end - begin);
    inner = Descriptor(::openat(from, name.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY));
    if (inner.number() < 0) return inner;
    begin = end + 1;
  }
  const int from = begin == 0 ? folder.number() : inner.number();
  return Descriptor(::openat(from, location.c_str() + begin, kReadFlags));
}

ExternalData::ExternalData(const std::string& model_file, const LoadLimits& limits) : limits_(limits) {
  const std::size_t slash = model_file.rfind('/');
  folder_name_ = slash == std::string::npos ? "." : model_file.substr(0, slash + 1);
}

Result<FileBytes> ExternalData::map(const std::string& location) {
  if (const auto known = mapped_.find(location); known != mapped_.end()) return known->second;
  if (folder_.number() < 0) folder_ = Descriptor(::open(folder_name_.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY));
  if (folder_.number() < 0) return why_not_opened(location, errno);
  const Descriptor file = open_below(folder_, location);
  if (file.number() < 0) return why_not_opened(location, errno);
  RHEO_RETURN_IF_ERROR(check_file(file, location));
  RHEO_ASSIGN_OR_RETURN(FileBytes content, map_descriptor(file, location, limits_.file_bytes));
  return mapped_.emplace(location, std::move(content)).first->second;
}

Result<FileBytes> ExternalData::bytes(const ExternalReference& reference, std::size_t size_bytes) {
  if (reference.location.empty()) return broken("External data without a location.");
  if (reference.length && *reference.length != size_bytes) {
    return broken(
        fmt::format("The external data have {} bytes, but the tensor needs {}.", *reference.length, size_bytes));
  }
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, map(reference.location));
  const auto end = checked_add<std::uint64_t>(reference.offset, size_bytes);
  if (!end || *end > content.bytes.size()) {
    return broken(fmt::format("The tensor's {} bytes from {} on are not all in '{}', which has {}.", size_bytes,
                              reference.offset, reference.location, content.bytes.size()));
  }
  return FileBytes{content.owner, content.bytes.subspan(static_cast<std::size_t>(reference.offset), size_bytes)};
}

std::vector<std::string> ExternalData::files() const {
  std::vector<std::string> files;
  for (const auto& [location, content] : mapped_) files.push_back(folder_name_ + "/" + location);
  return files;
}

}  // namespace rheo::onnx
