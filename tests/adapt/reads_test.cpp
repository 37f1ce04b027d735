// SPDX-License-Identifier: Apache-2.0
#include "adapt/reads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "adapt/ledger.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_data;
using testing::small_options;
using testing::SmallSample;
using testing::write_idx;

Workbench opened(const SmallSample& sample, const AdaptOptions& options) {
  return open_workbench(sample.model(), sample.images(), sample.labels(), options).value();
}

TEST(Reads, ARefusedPromiseSpendsNothing) {
  const SmallSample sample(100);
  AdaptOptions options = small_options();
  options.max_disagreement = 0.01;  // needs 368 inputs in the certification half
  const Workbench bench = opened(sample, options);
  const Result<int> refused = spend_read(bench, options, sample.ledger());
  EXPECT_EQ(refused.status().code(), StatusCode::invalid_argument);
  EXPECT_NE(refused.status().message().find("368"), std::string::npos) << refused.status().message();
  EXPECT_FALSE(std::filesystem::exists(sample.ledger()));
  options.max_disagreement = 0.08;
  EXPECT_EQ(spend_read(bench, options, sample.ledger()).value(), 1);
}

TEST(Reads, ThePromiseIsCheckedForTheReadThatItWouldBe) {
  const SmallSample sample(100);
  const AdaptOptions options = small_options();  // 45 inputs suffice on read 1, 53 are needed on read 2
  const Workbench bench = opened(sample, options);
  EXPECT_TRUE(check_next_read(bench, options, sample.ledger()).ok());
  ASSERT_EQ(spend_read(bench, options, sample.ledger()).value(), 1);
  const Status second = check_next_read(bench, options, sample.ledger());
  EXPECT_NE(second.message().find("on read 2"), std::string::npos) << second.message();
  EXPECT_FALSE(spend_read(bench, options, sample.ledger()).ok());
  EXPECT_EQ(reads_so_far(sample.ledger(), certification_fingerprint(bench)).value(), 1);
}

TEST(Reads, AnotherSeedOnTheSameDataIsAFurtherRead) {
  const SmallSample sample;
  AdaptOptions options = small_options();
  for (int read = 1; read <= 3; ++read) {
    options.seed = static_cast<std::uint64_t>(read) * 1000;
    EXPECT_EQ(spend_read(opened(sample, options), options, sample.ledger()).value(), read);
  }
}

TEST(Reads, OnlyOtherInputsAreOtherData) {
  const SmallSample sample;
  const AdaptOptions options = small_options();
  const std::string fingerprint = certification_fingerprint(opened(sample, options));
  EXPECT_EQ(certification_fingerprint(open_workbench(sample.model(), sample.images(), "", options).value()),
            fingerprint);

  // The same pictures, the last one first.
  testing::SmallData data = small_data(600, 1);
  auto pixels = data.images.as_mutable<std::uint8_t>();
  std::rotate(pixels.begin(), pixels.end() - 64, pixels.end());
  write_idx(sample.images(), data.images);
  EXPECT_EQ(certification_fingerprint(opened(sample, options)), fingerprint);

  pixels[77] ^= 1;
  write_idx(sample.images(), data.images);
  EXPECT_NE(certification_fingerprint(opened(sample, options)), fingerprint);
}

TEST(Reads, TheTuningHalfHasItsOwnFingerprint) {
  const SmallSample sample(100);
  AdaptOptions options = small_options();
  const Workbench bench = opened(sample, options);
  EXPECT_EQ(tuning_fingerprint(bench), tuning_fingerprint(opened(sample, options)));
  EXPECT_NE(tuning_fingerprint(bench), certification_fingerprint(bench));
  options.seed = 7;
  EXPECT_NE(tuning_fingerprint(bench), tuning_fingerprint(opened(sample, options)));
}

}  // namespace
}  // namespace rheo
