// SPDX-License-Identifier: Apache-2.0
// How an engine is made: whose policy and estimator it takes, and what it says when it takes less than was packed.
#include "engine/engine_core.h"

#include <gtest/gtest.h>

#include "engine/sample_engine.h"

namespace rheo {
namespace {

using namespace testing;

std::shared_ptr<EngineCore> core_of(Package package, LoadOptions options = {}) {
  package.model_hash = model_hash(package);
  return EngineCore::create(std::move(package), options).value();
}

TEST(EngineCore, ThePackagedPolicyRunsOnlyWhenItIsCertifiedOrAllowed) {
  EXPECT_EQ(core_of(certified_package(0.5f))->policy().name(), "thresholds");
  Package uncertified = certified_package(0.5f);
  uncertified.certificate.reset();
  std::string warning;
  LoadOptions options;
  options.log = [&](Severity severity, std::string_view message) {
    if (severity == Severity::warning) warning = message;
  };
  EXPECT_EQ(core_of(uncertified, options)->policy().name(), "fixed");
  EXPECT_NE(warning.find("Only the reference path runs"), std::string::npos) << warning;
  EXPECT_EQ(core_of(uncertified, {.allow_uncertified = true})->policy().name(), "thresholds");
}

// Nobody expects a certificate of a model that was never adapted.
TEST(EngineCore, AModelThatWasNeverAdaptedIsNoReasonToWarn) {
  Severity severity = Severity::error;
  std::string message;
  LoadOptions options;
  options.log = [&](Severity how, std::string_view what) {
    severity = how;
    message = what;
  };
  EXPECT_EQ(core_of(sample_package(), options)->policy().name(), "fixed");
  EXPECT_EQ(severity, Severity::info);
  EXPECT_NE(message.find("Only the reference path runs"), std::string::npos) << message;
  Package noted = sample_package();
  noted.note = "Nothing paid.";
  EXPECT_EQ(core_of(noted, options)->policy().name(), "fixed");
  EXPECT_EQ(severity, Severity::warning);
  EXPECT_NE(message.find("Nothing paid."), std::string::npos) << message;
}

TEST(EngineCore, ACertificateThatIsBrokenOrOfAnotherPolicyDoesNotCount) {
  Package above = certified_package(0.5f);
  above.certificate->promises[0].bound = 0.02;
  EXPECT_EQ(core_of(above)->certificate_status().code(), StatusCode::not_certified);
  Package foreign = certified_package(0.5f);
  foreign.policy = thresholds_text(foreign, 0.4f);
  EXPECT_EQ(core_of(foreign)->certificate_status().code(), StatusCode::not_certified);
  EXPECT_EQ(core_of(foreign)->policy().name(), "fixed");
}

TEST(EngineCore, TheHostsPolicyAndEstimatorComeFirst) {
  struct Other final : Estimator {
    Complexity estimate(const Observation&) const override { return {}; }
    std::string_view name() const override { return "other"; }
  };
  const auto core =
      core_of(certified_package(0.5f), {.policy = std::make_shared<Climb>(), .estimator = std::make_shared<Other>()});
  EXPECT_EQ(core->policy().name(), "climb");
  EXPECT_EQ(core->estimator().name(), "other");
}

// The certificate speaks of the packaged policy with the packaged estimator, of no other pair.
TEST(EngineCore, AnotherEstimatorLeavesOnlyTheReferencePathUnlessUncertifiedIsAllowed) {
  const Package package = certified_package(0.0f);
  const auto answer = [&](LoadOptions options) {
    return sample_engine(options, package).run(sample_picture()).value();
  };
  const Outcome packaged = answer({});
  EXPECT_EQ(packaged.record().policy, "thresholds");
  EXPECT_TRUE(packaged.record().certified);
  EXPECT_EQ(answer({.estimator = make_plain_estimator()}).record().path, "final.f32");
  const Outcome allowed = answer({.estimator = make_plain_estimator(), .allow_uncertified = true});
  EXPECT_EQ(allowed.record().policy, "thresholds");
  EXPECT_FALSE(allowed.record().certified);
}

TEST(EngineCore, BrokenPoliciesAndEstimatorsAreRefusedWhenLoading) {
  Package package = certified_package(0.5f);
  package.model_hash = model_hash(package);
  package.policy = R"({"kind":"thresholds","rungs":[{"path":"exit9.f64","margin":0.5}]})";
  const Status policy = EngineCore::create(package, {.allow_uncertified = true}).status();
  EXPECT_EQ(policy.code(), StatusCode::bad_format);
  EXPECT_NE(policy.message().find("exit9.f64"), std::string::npos) << policy.message();
  package.policy.clear();
  package.estimator = R"({"kind":"oracle"})";
  EXPECT_EQ(EngineCore::create(package, {}).status().code(), StatusCode::bad_format);
}

TEST(EngineCore, PreparesNoBatchBeyondItsLimits) {
  const auto core = core_of(sample_package());
  const std::size_t before = core->memory().frames_bytes;
  EXPECT_EQ(core->prepare(0).code(), StatusCode::invalid_argument);
  EXPECT_EQ(core->prepare(EngineCore::kMaxBatch + 1).code(), StatusCode::invalid_argument);
  EXPECT_EQ(core->memory().frames_bytes, before);
  EXPECT_TRUE(core->prepare(2).ok());
  EXPECT_GT(core->memory().frames_bytes, before);
}

}  // namespace
}  // namespace rheo
