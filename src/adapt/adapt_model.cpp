// SPDX-License-Identifier: Apache-2.0
#include "adapt/adapt_model.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "adapt/family.h"
#include "adapt/guard.h"
#include "adapt/reads.h"
#include "adapt/verify.h"
#include "base/try.h"
#include "estimate/json.h"
#include "infer/choices_json.h"
#include "policy/json.h"

namespace rheo {

namespace {

constexpr std::size_t kSelfTests = 16;    // inputs that travel with the package
constexpr std::size_t kGuardItems = 400;  // inputs of half A on which adapting must pay

void report_rows(const Family& family, const CertifiedFamily& certified, AdaptReport& report) {
  for (std::size_t i = 0; i < family.policies.size(); ++i) {
    const TunedPolicy& tuned = family.policies[i];
    const Verdict& verdict = certified.verdicts[i];
    report.rows.push_back({tuned.name, tuned.tuned.cost_us, tuned.tuned.disagreement, verdict.disagreements,
                           verdict.right_lost, verdict.right_won, verdict.p_value, verdict.certified,
                           certified.measured_us.empty() ? -1 : certified.measured_us[i]});
  }
}

Certificate certificate_of(const Verdict& verdict, const Workbench& bench, const AdaptOptions& options, int read) {
  Certificate certificate;
  if (options.max_disagreement >= 0) {
    certificate.promises.push_back(
        {LossKind::disagreement, options.max_disagreement, verdict.disagreement_bound, verdict.disagreements, 0});
  }
  if (options.max_accuracy_drop >= 0) {
    certificate.promises.push_back({LossKind::accuracy_drop, options.max_accuracy_drop, verdict.accuracy_drop_bound,
                                    verdict.right_lost, verdict.right_won});
  }
  certificate.confidence = options.confidence;
  certificate.inputs = static_cast<std::int64_t>(bench.certification.size());
  certificate.read = read;
  certificate.data_fingerprint = certification_fingerprint(bench);
  certificate.tuning_fingerprint = tuning_fingerprint(bench);
  certificate.order = kFrozenOrder;
  const VerifiedHost host = this_host(bench.plans->options().isa);
  certificate.isa = host.isa;
  certificate.library_versions = host.library_versions;
  certificate.created = host.verified;
  return certificate;
}

// What every path of the package answered on this host, to be compared with what it answers on others.
Status add_self_tests(const Workbench& bench, const Family& family, Package& package) {
  const std::size_t classes = family.table.classes();
  for (std::size_t i = 0; i < std::min(kSelfTests, bench.tuning.size()); ++i) {
    const int item = bench.tuning[i];
    Tensor input;
    RHEO_RETURN_IF_ERROR(bench.data.read_item(item, input));
    const Shape shape = {static_cast<std::int64_t>(family.ladder.size()), static_cast<std::int64_t>(classes)};
    RHEO_ASSIGN_OR_RETURN(Tensor output, Tensor::zeros(DType::f32, shape));
    for (std::size_t path = 0; path < family.ladder.size(); ++path) {
      const auto logits = family.table.logits(PathId{static_cast<std::uint8_t>(path)}, static_cast<std::size_t>(item));
      std::copy(logits.begin(), logits.end(), output.as_mutable<float>().subspan(path * classes).begin());
    }
    package.self_test_inputs.push_back(std::move(input));
    package.self_test_outputs.push_back(std::move(output));
  }
  return {};
}

// Every path that may ship computes on this host what its graph says, or nothing ships.
Status self_test(const Workbench& bench, Package& package) {
  RHEO_ASSIGN_OR_RETURN(const auto checks, check_paths(*bench.plans, package));
  for (const PathCheck& check : checks) {
    if (check.passed) continue;
    return {
        StatusCode::internal,
        fmt::format(
            "Path {} differs from the reference kernels by {:.3g} of the largest logit on this host, more than {:.3g}. "
            "Adapt with other precisions, or cap the instruction set.",
            check.path, check.largest_error,
            allowed_error(package.ladder.path(*package.ladder.find(check.path)).precision))};
  }
  package.hosts = {this_host(bench.plans->options().isa)};
  return {};
}

Status ship(const Workbench& bench, const Family& family, const Verdict& verdict, int chosen,
            const AdaptOptions& options, int read, Adapted& adapted) {
  const TunedPolicy& policy = family.policies[static_cast<std::size_t>(chosen)];
  RHEO_ASSIGN_OR_RETURN(adapted.package.policy, policy_to_json(*policy.policy, family.ladder));
  RHEO_ASSIGN_OR_RETURN(adapted.package.estimator, estimator_to_json(*family.estimator));
  Certificate certificate = certificate_of(verdict, bench, options, read);
  certificate.policy = adapted.package.policy;
  certificate.model_hash = model_hash(adapted.package);
  adapted.package.certificate = certificate;
  adapted.report.certificate = std::move(certificate);
  adapted.report.chosen = chosen;
  return {};
}

// Times the cheapest certified policies end to end and chooses the fastest: costs from profiles know neither what
// deciding takes nor what the caches do. Any of them may be chosen, because all have passed the fixed sequence. Nothing
// to time leaves everything as it is.
Result<GuardVerdict> choose_fastest(const Workbench& bench, const Family& family, const AdaptOptions& options,
                                    CertifiedFamily& certified) {
  std::vector<double> costs_us;
  for (const TunedPolicy& policy : family.policies) costs_us.push_back(policy.tuned.cost_us);
  const std::vector<int> candidates = cheapest_certified(certified.verdicts, costs_us, kMostGuarded);
  if (candidates.empty()) return GuardVerdict{};
  std::vector<const Policy*> policies;
  policies.reserve(candidates.size());
  for (const int candidate : candidates) {
    policies.push_back(family.policies[static_cast<std::size_t>(candidate)].policy.get());
  }
  const auto items = std::span(bench.tuning).first(std::min(bench.tuning.size(), kGuardItems));
  RHEO_ASSIGN_OR_RETURN(
      const std::vector<GuardVerdict> measured,
      measure_guard(bench.plans, family.ladder, *family.estimator, policies, bench.data, items, options.stop));
  const auto fastest = static_cast<std::size_t>(
      std::min_element(measured.begin(), measured.end(),
                       [](const GuardVerdict& a, const GuardVerdict& b) { return a.policy_us < b.policy_us; }) -
      measured.begin());
  certified.measured_us.assign(family.policies.size(), -1);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    certified.measured_us[static_cast<std::size_t>(candidates[i])] = measured[i].policy_us;
  }
  certified.chosen = candidates[fastest];
  return measured[fastest];
}

// The models that the kept paths run, with what their plans need.
std::vector<Variant> used_variants(const Workbench& bench, const Ladder& ladder) {
  const std::vector<Path> plans = plans_of(ladder);
  std::vector<Variant> used;
  for (const Variant& variant : bench.variants) {
    const auto of_it = [&](const Path& plan) { return plan.variant == variant.name; };
    if (std::ranges::none_of(plans, of_it)) continue;
    used.push_back(variant);
    const auto is_mixed = [&](const Path& plan) { return of_it(plan) && plan.precision == Precision::mixed; };
    if (std::ranges::none_of(plans, is_mixed)) used.back().mixed.clear();
  }
  return used;
}

// Those of the plans that the kept paths run on.
ChoicesByPlan used_choices(const Workbench& bench, const Ladder& ladder) {
  ChoicesByPlan used;
  for (const Path& path : plans_of(ladder)) {
    if (const auto found = bench.choices.find(path.plan_name()); found != bench.choices.end()) used.insert(*found);
  }
  return used;
}

}  // namespace

Result<Package> draft_package(const Workbench& bench, const Family& family) {
  Package package;
  std::vector<Variant> variants = used_variants(bench, family.ladder);
  package.graph = variants.back().graph;
  package.ladder = family.ladder;
  package.ranges = std::move(variants.back().ranges);
  package.mixed = std::move(variants.back().mixed);
  package.variant = std::move(variants.back().name);
  variants.pop_back();
  package.smaller = std::move(variants);
  package.choices = choices_by_plan_to_json(used_choices(bench, family.ladder));
  RHEO_RETURN_IF_ERROR(add_self_tests(bench, family, package));
  RHEO_RETURN_IF_ERROR(self_test(bench, package));
  return package;
}

Result<Adapted> wrap_up(const Workbench& bench, const Family& family, Package draft, const CertifiedFamily& certified,
                        const GuardVerdict& guard, const AdaptOptions& options, int read) {
  Adapted adapted{.package = std::move(draft)};
  adapted.report.ladder = family.ladder;
  adapted.report.dropped = bench.refused;
  adapted.report.dropped.insert(adapted.report.dropped.end(), family.dropped.begin(), family.dropped.end());
  adapted.report.read = read;
  report_rows(family, certified, adapted.report);
  if (certified.chosen < 0) {
    adapted.report.note = adapted.package.note =
        "Nothing certified: the reference path alone is shipped. More certification inputs or a larger limit may help.";
    return adapted;
  }
  const auto chosen = static_cast<std::size_t>(certified.chosen);
  const std::string timing =
      fmt::format("{:.1f} us per input against {:.1f} us on the reference path (saved {:.1f} us, at least {:.1f} us)",
                  guard.policy_us, guard.reference_us, guard.saved_us, guard.saved_at_least_us);
  if (!guard.pays()) {
    adapted.report.note = adapted.package.note =
        "Adapting does not pay on this host: " + timing + ". The reference path alone is shipped.";
    return adapted;
  }
  RHEO_RETURN_IF_ERROR(ship(bench, family, certified.verdicts[chosen], certified.chosen, options, read, adapted));
  adapted.report.adaptive = options.policy != PolicyKind::fixed;
  adapted.report.note = "Shipped " + family.policies[chosen].name + ": " + timing + ".";
  return adapted;
}

Result<Adapted> certify_model(const Workbench& bench, const Family& family, Package draft, const AdaptOptions& options,
                              int read) {
  const Promise promise{options.max_disagreement, options.max_accuracy_drop, options.confidence, read};
  const auto inputs = static_cast<std::int64_t>(bench.certification.size());
  RHEO_RETURN_IF_ERROR(check_promise(promise, inputs, bench.table.has_labels()));
  RHEO_ASSIGN_OR_RETURN(CertifiedFamily certified, certify_family(family, bench.certification, promise));
  RHEO_ASSIGN_OR_RETURN(const GuardVerdict guard, choose_fastest(bench, family, options, certified));
  return wrap_up(bench, family, std::move(draft), certified, guard, options, read);
}

Result<Adapted> adapt_model(const Workbench& bench, const AdaptOptions& options, int read) {
  RHEO_ASSIGN_OR_RETURN(const Family family, tune_family(bench, options));
  RHEO_ASSIGN_OR_RETURN(Package draft, draft_package(bench, family));
  return certify_model(bench, family, std::move(draft), options, read);
}

}  // namespace rheo
