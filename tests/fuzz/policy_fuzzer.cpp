// SPDX-License-Identifier: Apache-2.0
// Any bytes: a policy or an estimator, as packages and `rheo replay --policy FILE` bring them, or an error with a
// reason. What was read can be written, and then reads the same; and a policy decides without harm whatever it is
// shown.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "estimate/json.h"
#include "observe/replay.h"
#include "observe/sample_record.h"
#include "policy/json.h"
#include "support/fuzz_run.h"

using rheo::testing::require;
using rheo::testing::require_reason;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  static const rheo::RunRecord sample = rheo::testing::sample_record();
  static const auto plain = rheo::make_plain_estimator();
  static const auto reference = rheo::make_fixed_policy(sample.ladder->reference());
  const rheo::Ladder& ladder = *sample.ladder;
  const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);

  const auto policy = rheo::policy_from_json(text, ladder);
  if (policy.ok()) {
    const std::string written = rheo::policy_to_json(**policy, ladder).value();
    const auto again = rheo::policy_from_json(written, ladder);
    require(again.ok() && rheo::policy_to_json(**again, ladder).value() == written);
    rheo::Replayer(ladder, *plain, **policy, rheo::ReplayBy::given).add(sample);
  } else {
    require_reason(policy.status());
  }
  const auto estimator = rheo::estimator_from_json(text, ladder);
  if (estimator.ok()) {
    const std::string written = rheo::estimator_to_json(**estimator).value();
    const auto again = rheo::estimator_from_json(written, ladder);
    require(again.ok() && rheo::estimator_to_json(**again).value() == written);
    rheo::Replayer(ladder, **estimator, *reference, rheo::ReplayBy::given).add(sample);
  } else {
    require_reason(estimator.status());
  }
  return 0;
}
