// SPDX-License-Identifier: Apache-2.0
// Any bytes: records or an error. What was read can be written and replayed, and then reads the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include <rheo/observe.h>

#include "observe/replay.h"
#include "observe/sample_record.h"
#include "observe/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  static const rheo::RunRecord sample =
      rheo::testing::sample_record();  // its ladder and model are what traces must fit
  static const auto estimator = rheo::make_plain_estimator();
  static const auto policy = rheo::make_fixed_policy(sample.ladder->reference());
  rheo::Replayer replayer(*sample.ladder, *estimator, *policy, rheo::ReplayBy::recorded);
  rheo::TraceReader reader({reinterpret_cast<const char*>(data), size_bytes}, sample.ladder, sample.model);
  while (!reader.at_end()) {
    const auto record = reader.next();
    if (!record.ok()) {
      if (record.status().message().find("line ") == std::string::npos) __builtin_trap();
      return 0;
    }
    const std::string line = to_json(*record);
    rheo::TraceReader again(line, sample.ladder, sample.model);
    const auto same = again.next();
    if (!same.ok() || to_json(*same) != line) __builtin_trap();
    replayer.add(*record);
  }
  return 0;
}
