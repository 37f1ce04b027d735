// SPDX-License-Identifier: Apache-2.0
#include "adapt/ledger.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/try.h"

namespace rheo {
namespace {

using Json = nlohmann::json;

constexpr int kMostReads = 1000;                     // 2^-1000 of any delta is nothing left to spend
constexpr std::uintmax_t kLargestBytes = 16u << 20;  // a ledger holds some short lines

Status bad(const std::string& file, const std::string& what) {
  return {StatusCode::bad_format,
          "The ledger " + file + " " + what +
              ", so it is not known how often these inputs were read for certification. Restore it, "
              "or certify on inputs that were never used and remove it."};
}

Json fresh() { return {{"format", "rheo-ledger"}, {"version", 1}, {"reads", Json::object()}}; }

Result<Json> read_ledger(const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return fresh();
  const std::uintmax_t size_bytes = error ? 0 : std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream) return Status(StatusCode::io_error, "The ledger " + file + " cannot be read.");
  if (size_bytes > kLargestBytes) return bad(file, "is larger than any ledger");
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const Json ledger = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (ledger.is_discarded() || !ledger.is_object()) return bad(file, "is no JSON object");
  if (ledger.value("format", Json()) != "rheo-ledger" || ledger.value("version", Json()) != 1 ||
      !ledger.contains("reads") || !ledger["reads"].is_object()) {
    return bad(file, "does not have the fields of a ledger");
  }
  for (const auto& [fingerprint, reads] : ledger["reads"].items()) {
    if (!reads.is_number_integer() || reads.get<std::int64_t>() < 0 || reads.get<std::int64_t>() > kMostReads) {
      return bad(file, "counts " + reads.dump() + " reads of " + fingerprint);
    }
  }
  return ledger;
}

// Beside the file, flushed, then renamed: a crash leaves the old or the new ledger, never half of one.
Status write_ledger(const std::string& file, const Json& ledger) {
  const std::string text = ledger.dump(2) + "\n";
  const std::string partial = file + ".partial";
  const auto failed = [&](const char* what) {
    Status status(StatusCode::io_error, "The ledger " + file + " cannot be " + what + ": " + std::strerror(errno) +
                                            ". Nothing was read; make the folder writable.");
    ::unlink(partial.c_str());
    return status;
  };
  const int handle = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (handle < 0) return failed("created");
  const bool written = ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool flushed = written && ::fsync(handle) == 0;
  const bool closed = ::close(handle) == 0;
  if (!flushed || !closed) return failed("written");
  if (std::rename(partial.c_str(), file.c_str()) != 0) return failed("replaced");
  return {};
}

int reads_in(const Json& ledger, std::string_view fingerprint) {
  const auto entry = ledger["reads"].find(std::string(fingerprint));
  return entry == ledger["reads"].end() ? 0 : entry->get<int>();
}

}  // namespace

Result<int> reads_so_far(const std::string& ledger_file, std::string_view data_fingerprint) {
  RHEO_ASSIGN_OR_RETURN(const Json ledger, read_ledger(ledger_file));
  return reads_in(ledger, data_fingerprint);
}

Result<int> count_read(const std::string& ledger_file, std::string_view data_fingerprint) {
  RHEO_ASSIGN_OR_RETURN(Json ledger, read_ledger(ledger_file));
  const int read = reads_in(ledger, data_fingerprint) + 1;
  if (read > kMostReads) {
    return Status(StatusCode::limit_exceeded, "These inputs were read for certification " + std::to_string(kMostReads) +
                                                  " times; no confidence is left. Certify on fresh inputs.");
  }
  ledger["reads"][std::string(data_fingerprint)] = read;
  RHEO_RETURN_IF_ERROR(write_ledger(ledger_file, ledger));
  return read;
}

}  // namespace rheo
