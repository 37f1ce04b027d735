// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <rheo/status.h>

namespace rheo {
namespace {

bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

// Messages quote what stands in files, and end on terminals and in logs: what would steer those is written as "\x1b".
std::string printable(std::string message) {
  if (std::ranges::none_of(message, is_control)) return message;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : message) {
    if (is_control(c)) {
      const auto code = static_cast<unsigned char>(c);
      text.append("\\x").append({kDigits[code >> 4], kDigits[code & 15]});
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace

std::string_view name_of(StatusCode code) {
  switch (code) {
    case StatusCode::ok: return "ok";
    case StatusCode::invalid_argument: return "invalid_argument";
    case StatusCode::not_found: return "not_found";
    case StatusCode::bad_format: return "bad_format";
    case StatusCode::unsupported: return "unsupported";
    case StatusCode::limit_exceeded: return "limit_exceeded";
    case StatusCode::io_error: return "io_error";
    case StatusCode::resource_exhausted: return "resource_exhausted";
    case StatusCode::unavailable: return "unavailable";
    case StatusCode::cancelled: return "cancelled";
    case StatusCode::deadline_exceeded: return "deadline_exceeded";
    case StatusCode::not_certified: return "not_certified";
    case StatusCode::policy_failed: return "policy_failed";
    case StatusCode::internal: return "internal";
  }
  return "unknown";
}

std::string Status::to_string() const {
  std::string text(name_of(code_));
  if (!message_.empty()) text.append(": ").append(message_);
  return text;
}

Status Status::with_context(std::string_view context) const {
  if (ok()) return *this;
  return {code_, std::string(context) + ": " + message_};
}

Status::Status(StatusCode code, std::string message) : code_(code), message_(printable(std::move(message))) {}

Error::Error(Status status) : status_(std::move(status)), text_(status_.to_string()) {}

void throw_error(Status status) { throw Error(std::move(status)); }

}  // namespace rheo
