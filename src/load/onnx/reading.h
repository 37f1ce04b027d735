// SPDX-License-Identifier: Apache-2.0
// What all parts of the reading of one ONNX file share: its limits, what it has used of them, and where weights lie.
// Lives on the stack of the reading call, so on one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "base/try.h"
#include "load/onnx/wire.h"

namespace rheo {
class GivenWeights;
}

namespace rheo::onnx {

class ExternalData;

class Reading {
 public:
  // `owner` keeps the file's bytes alive. Without `external` every weight outside the file is refused. With `given` its
  // tensors take the places of initializers. They and `limits` outlive the reading.
  Reading(std::size_t file_bytes, std::shared_ptr<const void> owner, const LoadLimits& limits, ExternalData* external,
          GivenWeights* given = nullptr);

  const LoadLimits& limits() const { return limits_; }
  const std::shared_ptr<const void>& owner() const { return owner_; }
  ExternalData* external() const { return external_; }
  GivenWeights* given() const { return given_; }

  // Asks before memory is taken, for `count` things of `each_bytes`. The whole model may take four times the file's
  // size and 64 MiB, which is more than any honest file needs. limit_exceeded.
  Status book(std::size_t count, std::size_t each_bytes);
  // Counts things of which the whole file may have so many; limit_exceeded.
  Status count_nodes(std::size_t more);
  Status count_tensors(std::size_t more);
  Status count_values(std::size_t more);

  // Makes room in `list` for all fields `number` of `message`, each of which becomes one T.
  template <typename T>
  Status reserve(const WireMessage& message, std::uint32_t number, std::vector<T>& list) {
    const std::size_t count = message.count_fields(number);
    RHEO_RETURN_IF_ERROR(book(count, sizeof(T)));
    list.reserve(count);
    return Status();
  }

  // The text of the current field as a name that may be empty, and as one that may not. `what` begins a sentence.
  Status name(WireMessage& message, std::string_view what, std::string& out);
  Status required_name(WireMessage& message, std::string_view what, std::string& out);

 private:
  const LoadLimits& limits_;
  std::shared_ptr<const void> owner_;
  ExternalData* external_;
  GivenWeights* given_;
  std::size_t bytes_left_;
  std::size_t nodes_ = 0;
  std::size_t tensors_ = 0;
  std::size_t values_ = 0;
};

}  // namespace rheo::onnx
