// SPDX-License-Identifier: Apache-2.0
// `TraceReader`: the records of a trace, read back one after the other. A trace may come from anywhere: unknown fields,
// unknown paths, numbers out of range and fields that contradict each other are refused, and the line is named.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <rheo/path.h>
#include <rheo/record.h>
#include <rheo/status.h>

namespace rheo {

// Written into every record, so that an older reader can say that it is too old.
inline constexpr int kRecordVersion = 1;

// One thread at a time.
class TraceReader {
 public:
  // `text` is borrowed. Records must be of the model with this ladder and content hash.
  TraceReader(std::string_view text, std::shared_ptr<const Ladder> ladder, std::string_view model);

  bool at_end() const { return rest_.empty(); }
  // The next record; its texts live as long as the reader. Call only when not at the end.
  // bad_format: the line is no record, or contradicts itself. unsupported: a record of a later version.
  // invalid_argument: a record of another model.
  Result<RunRecord> next();

 private:
  Result<RunRecord> read(std::string_view line);
  std::string_view keep(std::string text);

  std::string_view rest_;
  std::shared_ptr<const Ladder> ladder_;
  std::string model_;
  int line_ = 0;
  std::set<std::string> texts_;
};

}  // namespace rheo
