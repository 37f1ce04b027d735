// SPDX-License-Identifier: Apache-2.0
#include "load/certificate_json.h"

#include <gtest/gtest.h>

#include "load/sample_package.h"

namespace rheo {
namespace {

using testing::sample_package;
using Change = std::pair<std::string_view, std::string_view>;

std::string replaced(std::string text, const Change& change) {
  const std::size_t at = text.find(change.first);
  EXPECT_NE(at, std::string::npos) << change.first << " in " << text;
  return at == std::string::npos ? text : text.replace(at, change.first.size(), change.second);
}

TEST(CertificateJson, ReadsBackEveryPromise) {
  const Certificate written = *sample_package().certificate;
  const std::string text = certificate_to_json(written);
  const Certificate read = certificate_from_json(text, {}).value();
  EXPECT_EQ(certificate_to_json(read), text);
  EXPECT_EQ(read.created, written.created);
  EXPECT_EQ(read.tuning_fingerprint, "fedcba9876543210");
  EXPECT_EQ(read.order, "safest first");
  ASSERT_EQ(read.promises.size(), 2U);
  EXPECT_EQ(read.promises[0].loss, LossKind::disagreement);
  EXPECT_EQ(read.promises[0].losses, 3);
  EXPECT_EQ(read.promises[1].loss, LossKind::accuracy_drop);
  EXPECT_EQ(read.promises[1].limit, 0.005);
  EXPECT_EQ(read.promises[1].bound, -0.001);  // the policy may be better than the reference
  EXPECT_EQ(read.promises[1].losses, 1);
  EXPECT_EQ(read.promises[1].gains, 2);
  EXPECT_TRUE(read.holds());
}

TEST(CertificateJson, RefusesWhatCannotBe) {
  const std::string text = certificate_to_json(*sample_package().certificate);
  for (const Change& change : std::initializer_list<Change>{
           {R"("loss":"disagreement")", R"("loss":"regret")"},
           {R"("loss":"disagreement")", R"("loss":"accuracy_drop")"},  // twice
           {R"("limit":0.01)", R"("limit":1.01)"},
           {R"("bound":0.00875)", R"("bound":-0.1)"},    // nothing is won back from a disagreement
           {R"("bound":0.00875)", R"("bound":0.0087)"},  // does not follow: the least is 0.008741...
           {R"("bound":0.00875)", R"("bound":0)"},
           {R"("losses":3)", R"("losses":4)"},
           {R"("inputs":1000)", R"("inputs":990)"},
           {R"("inputs":1000)", R"("inputs":2147483648)"},
           {R"("read":1)", R"("read":2)"},
           {R"("confidence":0.95)", R"("confidence":0.96)"},
           {R"("bound":-0.001)", R"("bound":-1.1)"},
           {R"("bound":-0.001)", R"("bound":null)"},
           {R"("losses":3)", R"("losses":1001)"},
           {R"("losses":3)", R"("losses":-1)"},
           {R"("gains":0)", R"("gains":1)"},
           {R"("losses":1,"gains":2)", R"("losses":999,"gains":2)"},
           {R"("gains":2)", R"("gains":9223372036854775807)"},
           {R"(,"gains":2)", ""},
           {R"("confidence":0.95)", R"("confidence":1)"},
           {R"("confidence":0.95)", R"("confidence":0)"},
           {R"("inputs":1000)", R"("inputs":1e3)"},
           {R"("read":1)", R"("read":0)"},
           {R"("isa":"avx2",)", ""},
       }) {
    EXPECT_EQ(certificate_from_json(replaced(text, change), {}).status().code(), StatusCode::bad_format)
        << change.second;
  }
  Certificate empty = *sample_package().certificate;
  empty.promises.clear();
  EXPECT_EQ(certificate_from_json(certificate_to_json(empty), {}).status().code(), StatusCode::bad_format);
}

TEST(HostsJson, ReadsBackAndRefuses) {
  const std::vector<VerifiedHost> written = sample_package().hosts;
  const std::string text = hosts_to_json(written);
  const auto read = hosts_from_json(text, {}).value();
  EXPECT_EQ(hosts_to_json(read), text);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_TRUE(read[1].same_kind("avx512", "rheo 0.1.0"));
  EXPECT_EQ(read[1].verified, written[1].verified);
  for (const Change& change : std::initializer_list<Change>{
           {R"("isa":"avx512")", R"("isa":"avx2")"},  // twice the same kind
           {R"("isa":"avx512")", R"("isa":"")"},
           {R"("isa":"avx512",)", ""},
           {R"("library_versions":"rheo 0.1.0")", R"("library_versions":1)"},
           {R"({"hosts":[)", R"({"hosts":[{},)"},
           {R"({"hosts":[)", R"({"more":1,"hosts":[)"},
       }) {
    EXPECT_EQ(hosts_from_json(replaced(text, change), {}).status().code(), StatusCode::bad_format) << change.second;
  }
}

}  // namespace
}  // namespace rheo
