// SPDX-License-Identifier: Apache-2.0
// Errors as values: `Status` says how a call ended, `Result<T>` is a T or the Status that says why there is none.
//
//   Result<Engine> engine = Engine::load("model.rheo");
//   if (!engine) return complain(engine.status().message());
//   engine->run(...);
//
// Those who prefer exceptions write `Engine engine = Engine::load("model.rheo").value();`, which throws rheo::Error.
//
// Every message says what happened, where, and what to do. Both types are plain values: copy them, share them
// read-only between threads. Nothing in Rheo throws unless the caller asked for it with `.value()`.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rheo/export.h>

namespace rheo {

// Why a call did not succeed, in groups: a caller can react to the group and print the message.
enum class StatusCode : std::uint8_t {
  ok,
  // The call: an argument, option or input tensor is wrong. Mend the call.
  invalid_argument,  // a value, shape, dtype or option that cannot be
  not_found,         // a name that does not exist; the message lists those that do
  // The model or the data: a file or buffer is at fault. Mend the file.
  bad_format,      // broken or contradicting bytes
  unsupported,     // well-formed, but asks for something Rheo lacks
  limit_exceeded,  // larger than what is read from a file that nobody vouches for, or than what can be planned
  // The machine: files, memory, plugins.
  io_error,            // reading or writing failed; the message carries the system's words
  resource_exhausted,  // memory or threads ran out
  unavailable,         // a plugin or optional part is not installed
  // Control: the request was ended from outside. Each way to end has its own code.
  cancelled,          // by its stop token
  deadline_exceeded,  // by its timeout
  // The promise: the certificate does not count here. Said by Engine::certificate_status and `rheo verify`; a request
  // never fails for it.
  not_certified,
  // The policy never answered, or broke its contract.
  policy_failed,
  // A defect of Rheo itself. Please report the message.
  internal,
};

// "invalid_argument" and so on: stable names, used in records and JSON.
RHEO_EXPORT std::string_view name_of(StatusCode code);

// How a call ended: a code for programs and a message for people. Ok by default. A plain value; ignoring one that a
// function returns is a compiler warning.
class [[nodiscard]] RHEO_EXPORT Status {
 public:
  Status() = default;  // ok
  // Cold, so that compilers lay the making of sentences out of the way of the code that answers.
  [[gnu::cold]] Status(StatusCode code, std::string message);

  bool ok() const { return code_ == StatusCode::ok; }
  explicit operator bool() const { return ok(); }  // true when ok: `if (!status) ...` handles the failure
  StatusCode code() const { return code_; }
  // One or more whole sentences; empty when ok.
  const std::string& message() const { return message_; }
  // "not_found: ..." for logs.
  std::string to_string() const;
  // The same failure seen from further out: "`context`: message". An ok status stays ok.
  Status with_context(std::string_view context) const;

 private:
  StatusCode code_ = StatusCode::ok;
  std::string message_;
};

// What `.value()` throws, for those who prefer exceptions. The only exception Rheo ever lets out.
class RHEO_EXPORT Error : public std::exception {
 public:
  explicit Error(Status status);
  // Status::to_string(); lives as long as the Error.
  const char* what() const noexcept override { return text_.c_str(); }
  const Status& status() const { return status_; }

 private:
  Status status_;
  std::string text_;
};

// Throws Error(status). Kept out of line so that Result stays small.
[[noreturn]] RHEO_EXPORT void throw_error(Status status);

// A T, or the Status that says why there is none. Never both, never an ok Status without a value. It owns its T: take
// the value out of a temporary with `std::move(result).value()` or `*std::move(result)`, never keep a reference into
// it.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): returning a T is the point
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor): so is returning a Status
    if (status_.ok()) status_ = Status(StatusCode::internal, "A Result was made from an ok Status without a value.");
  }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  // Ok exactly when a value is present.
  const Status& status() const { return status_; }

  // The value; call only when ok(): without one the behaviour is undefined, as of std::optional.
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  // The value, or throws Error with status(). For those who prefer exceptions; Rheo itself never calls it.
  T& value() & {
    if (!ok()) throw_error(status_);
    return *value_;
  }
  const T& value() const& {
    if (!ok()) throw_error(status_);
    return *value_;
  }
  T&& value() && {
    if (!ok()) throw_error(status_);
    return std::move(*value_);
  }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace rheo
