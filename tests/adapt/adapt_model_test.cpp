// SPDX-License-Identifier: Apache-2.0
#include "adapt/adapt_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "adapt/reads.h"
#include "estimate/json.h"
#include "kernels/kernel.h"
#include "policy/json.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;

constexpr GuardVerdict kPays{50, 100, 50, 40};
constexpr GuardVerdict kDoesNotPay{100, 90, -10, -12};

struct Tuned {
  AdaptOptions options = small_options();
  Family family;
  CertifiedFamily certified;

  explicit Tuned(AdaptOptions asked) : options(std::move(asked)) {
    family = tune_family(small_workbench(), options).value();
    const Promise promise{options.max_disagreement, options.max_accuracy_drop, options.confidence, 1};
    certified = certify_family(family, small_workbench().certification, promise).value();
  }
  Adapted wrapped(const GuardVerdict& guard) const {
    Package draft = draft_package(small_workbench(), family).value();
    return wrap_up(small_workbench(), family, std::move(draft), certified, guard, options, 1).value();
  }
};

TEST(AdaptModel, ShipsThePolicyThatIsCertifiedAndPays) {
  const Tuned run(small_options());
  ASSERT_GE(run.certified.chosen, 0);
  const Adapted adapted = run.wrapped(kPays);
  const Package& package = adapted.package;
  EXPECT_TRUE(adapted.report.adaptive);
  EXPECT_EQ(adapted.report.chosen, run.certified.chosen);
  ASSERT_TRUE(package.certificate.has_value());
  EXPECT_TRUE(package.certificate->holds());
  EXPECT_EQ(package.certificate->policy, package.policy);
  EXPECT_EQ(package.certificate->model_hash, model_hash(package));
  EXPECT_EQ(package.certificate->inputs, 300);
  EXPECT_EQ(package.certificate->order, kFrozenOrder);
  EXPECT_EQ(package.certificate->tuning_fingerprint, tuning_fingerprint(small_workbench()));
  EXPECT_TRUE(policy_from_json(package.policy, package.ladder).ok());
  EXPECT_TRUE(estimator_from_json(package.estimator, package.ladder).ok());
  EXPECT_EQ(package.note, "");
  ASSERT_EQ(package.hosts.size(), 1U);
  EXPECT_TRUE(package.hosts[0].same_kind(package.certificate->isa, library_versions()));
  const Result<std::vector<std::byte>> bytes = package_bytes(package);
  EXPECT_TRUE(bytes.ok()) << bytes.status().message();
}

TEST(AdaptModel, CarriesWhatEveryPathAnsweredToTheSelfTest) {
  const Package package = Tuned(small_options()).wrapped(kPays).package;
  const Workbench& bench = small_workbench();
  ASSERT_EQ(package.self_test_inputs.size(), 16U);
  ASSERT_EQ(package.self_test_outputs.size(), 16U);
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t path = 0; path < package.ladder.size(); ++path) {
      const PathId column = *bench.ladder.find(package.ladder.name(PathId{static_cast<std::uint8_t>(path)}));
      const auto logits = bench.table.logits(column, static_cast<std::size_t>(bench.tuning[i]));
      const auto carried = package.self_test_outputs[i].as<float>().subspan(path * 5, 5);
      EXPECT_TRUE(std::equal(logits.begin(), logits.end(), carried.begin())) << i << " " << path;
    }
  }
}

TEST(AdaptModel, WhatDoesNotPayIsNotShipped) {
  const Adapted adapted = Tuned(small_options()).wrapped(kDoesNotPay);
  EXPECT_FALSE(adapted.report.adaptive);
  EXPECT_EQ(adapted.report.chosen, -1);
  EXPECT_NE(adapted.report.note.find("does not pay"), std::string::npos) << adapted.report.note;
  EXPECT_FALSE(adapted.package.certificate.has_value());
  EXPECT_EQ(adapted.package.policy, "");
  const Package read = read_package(package_bytes(adapted.package).value()).value();
  EXPECT_EQ(read.note, adapted.report.note);  // whoever opens the package is told as well
}

TEST(AdaptModel, WhatIsNotCertifiedIsNotShipped) {
  AdaptOptions options = small_options();
  options.max_disagreement = 0.02;
  Tuned run(options);
  run.certified.chosen = -1;
  const Adapted adapted = run.wrapped(kPays);
  EXPECT_FALSE(adapted.report.adaptive);
  EXPECT_NE(adapted.report.note.find("Nothing certified"), std::string::npos) << adapted.report.note;
  EXPECT_EQ(adapted.package.note, adapted.report.note);
  EXPECT_FALSE(adapted.package.certificate.has_value());
  EXPECT_TRUE(adapted.report.certificate.promises.empty());
}

TEST(AdaptModel, TheCertificateCarriesEveryPromise) {
  AdaptOptions options = small_options();
  options.max_accuracy_drop = 0.15;
  const Tuned run(options);
  ASSERT_GE(run.certified.chosen, 0);
  const Certificate certificate = *run.wrapped(kPays).package.certificate;
  ASSERT_EQ(certificate.promises.size(), 2U);
  const CertifiedRisk& disagreement = *certificate.find(LossKind::disagreement);
  const CertifiedRisk& drop = *certificate.find(LossKind::accuracy_drop);
  EXPECT_EQ(disagreement.limit, 0.08);
  EXPECT_EQ(drop.limit, 0.15);

  const ReplaySet set = run.family.replay_set(small_workbench().certification);
  const Policy& policy = *run.family.policies[static_cast<std::size_t>(run.certified.chosen)].policy;
  const Losses losses = replay(set, policy).value().losses;
  EXPECT_EQ(disagreement.losses, losses.disagreements);
  EXPECT_EQ(disagreement.gains, 0);
  EXPECT_EQ(drop.losses, std::count(losses.drops.begin(), losses.drops.end(), 1));
  EXPECT_EQ(drop.gains, std::count(losses.drops.begin(), losses.drops.end(), -1));
  EXPECT_GT(drop.losses + drop.gains, 0);
  EXPECT_LE(drop.bound, 0.15);
}

TEST(AdaptModel, ADropCanBePromisedAlone) {
  AdaptOptions options = small_options();
  options.max_disagreement = -1;
  options.max_accuracy_drop = 0.15;
  const Tuned run(options);
  ASSERT_GE(run.certified.chosen, 0);
  const Certificate certificate = *run.wrapped(kPays).package.certificate;
  ASSERT_EQ(certificate.promises.size(), 1U);
  EXPECT_EQ(certificate.promises[0].loss, LossKind::accuracy_drop);
  EXPECT_TRUE(certificate.holds());
}

// The whole claim: tuned on A, certified on B, and the risk on 20,000 inputs that neither has seen is within the limit.
TEST(AdaptModel, TheCertifiedRiskHoldsOnFreshInputs) {
  const Workbench& bench = small_workbench();
  const Tuned run(small_options());
  ASSERT_GE(run.certified.chosen, 0);
  Dataset fresh = bench.data;
  testing::SmallData data = testing::small_data(20'000, 777);
  fresh.items = data.images;
  fresh.labels.assign(20'000, 0);
  AgreementTable table = record_table(*bench.plans, run.family.ladder, fresh, {}).value();
  for (std::size_t i = 0; i < run.family.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    table.set_temperature(path, run.family.table.temperature(path));
  }
  std::vector<int> rows(20'000);
  std::iota(rows.begin(), rows.end(), 0);
  const ReplaySet set{table, run.family.ladder, *run.family.estimator, rows};
  const auto chosen = static_cast<std::size_t>(run.certified.chosen);
  const Replay result = replay(set, *run.family.policies[chosen].policy).value();
  EXPECT_LE(result.disagreement, 0.08);
  EXPECT_LE(result.disagreement, run.certified.verdicts[chosen].disagreement_bound);
  EXPECT_GT(result.disagreement, 0);
  EXPECT_LT(result.cost_us, 50);  // of 100 on the reference path
}

// Which one is the fastest is for the clock to say; that it is one of the cheapest that passed is not.
TEST(AdaptModel, ShipsTheFastestMeasuredOfTheCheapestCertified) {
  const Workbench& bench = small_workbench();
  const Tuned run(small_options());
  Package draft = draft_package(bench, run.family).value();
  const Adapted adapted = certify_model(bench, run.family, std::move(draft), run.options, 1).value();
  std::vector<double> costs_us;
  for (const TunedPolicy& policy : run.family.policies) costs_us.push_back(policy.tuned.cost_us);
  const std::vector<int> candidates = cheapest_certified(run.certified.verdicts, costs_us, kMostGuarded);
  ASSERT_GE(candidates.size(), 2U);
  int fastest = candidates.front();
  for (std::size_t i = 0; i < adapted.report.rows.size(); ++i) {
    const int row = static_cast<int>(i);
    const bool timed = std::find(candidates.begin(), candidates.end(), row) != candidates.end();
    EXPECT_EQ(adapted.report.rows[i].measured_us >= 0, timed) << i;
    const double best_us = adapted.report.rows[static_cast<std::size_t>(fastest)].measured_us;
    if (timed && adapted.report.rows[i].measured_us < best_us) fastest = row;
  }
  if (adapted.report.adaptive) {
    EXPECT_EQ(adapted.report.chosen, fastest);
  }
}

TEST(AdaptModel, ChecksThePromiseForTheReadItIs) {
  const Workbench& bench = small_workbench();
  const Family family = tune_family(bench, small_options()).value();
  const Status late = certify_model(bench, family, draft_package(bench, family).value(), small_options(), 40).status();
  EXPECT_EQ(late.code(), StatusCode::invalid_argument);
  EXPECT_NE(late.message().find("on read 40"), std::string::npos) << late.message();
}

}  // namespace
}  // namespace rheo
