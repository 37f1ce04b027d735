// SPDX-License-Identifier: Apache-2.0
#include "adapt/family.h"

#include <algorithm>
#include <utility>

#include "adapt/calibration.h"
#include "base/try.h"
#include "estimate/calibrated.h"

namespace rheo {

namespace {

double agreement_on(const AgreementTable& table, PathId path, std::span<const int> rows) {
  const auto agreeing = std::count_if(rows.begin(), rows.end(),
                                      [&](int row) { return table.agrees(path, static_cast<std::size_t>(row)); });
  return rows.empty() ? 0 : static_cast<double>(agreeing) / static_cast<double>(rows.size());
}

// The ladder of some of the table's paths, with what half A says of them; the table's temperatures are set on the way.
Result<Ladder> calibrated_ladder(const Ladder& from, std::span<const PathId> kept, AgreementTable& table,
                                 std::span<const int> rows) {
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const PathId column{static_cast<std::uint8_t>(i)};
    Ladder::Rung rung{from.path(kept[i]), from.profile(kept[i])};
    const float temperature = fit_temperature(table, column, rows);
    table.set_temperature(column, temperature);
    rung.profile.temperature = temperature;
    rung.profile.agreement = agreement_on(table, column, rows);
    rungs.push_back(std::move(rung));
  }
  return Ladder::create(std::move(rungs));
}

Status fit(Family& family, const Workbench& bench, std::span<const PathId> kept, const AdaptOptions& options) {
  family.table = bench.table.with_paths(kept);
  RHEO_ASSIGN_OR_RETURN(family.ladder, calibrated_ladder(bench.ladder, kept, family.table, bench.tuning));
  family.estimator = make_plain_estimator();
  if (options.use_estimator) {
    RHEO_ASSIGN_OR_RETURN(CalibratedModel model, fit_calibrated_model(family.table, bench.tuning));
    RHEO_ASSIGN_OR_RETURN(family.estimator, make_calibrated_estimator(std::move(model)));
  }
  const ReplaySet set = family.replay_set(bench.tuning);
  const TuneOptions tune = options.max_disagreement > 0
                               ? options_for(options.max_disagreement, options.policies)
                               : options_for(options.max_accuracy_drop, options.policies, LossKind::accuracy_drop);
  switch (options.policy) {
    case PolicyKind::fixed: {
      RHEO_ASSIGN_OR_RETURN(family.policies, fixed_policies(set));
      break;
    }
    case PolicyKind::thresholds: {
      RHEO_ASSIGN_OR_RETURN(family.policies, tune_thresholds(set, tune));
      break;
    }
    case PolicyKind::tradeoff: {
      RHEO_ASSIGN_OR_RETURN(family.policies, tune_tradeoff(set, tune));
      break;
    }
  }
  return {};
}

}  // namespace

Result<Family> tune_family(const Workbench& bench, const AdaptOptions& options) {
  std::vector<PathId> all;
  for (std::size_t i = 0; i < bench.ladder.size(); ++i) all.push_back(PathId{static_cast<std::uint8_t>(i)});
  Family family;
  RHEO_RETURN_IF_ERROR(fit(family, bench, all, options));
  if (options.policy != PolicyKind::fixed) {
    const std::vector<DroppedPath> dropped = unused_paths(family.replay_set(bench.tuning), family.policies);
    std::vector<PathId> kept;
    for (const PathId path : all) {
      const bool unused = std::any_of(dropped.begin(), dropped.end(),
                                      [&](const DroppedPath& d) { return d.path == bench.ladder.name(path); });
      if (!unused) kept.push_back(path);
    }
    if (kept.size() < all.size()) RHEO_RETURN_IF_ERROR(fit(family, bench, kept, options));
    family.dropped = dropped;
  }
  freeze(family.policies);
  return family;
}

Result<CertifiedFamily> certify_family(const Family& family, std::span<const int> certification,
                                       const Promise& promise) {
  const ReplaySet set = family.replay_set(certification);
  CertifiedFamily certified;
  const auto read = [&](int policy) -> Result<Losses> {
    RHEO_ASSIGN_OR_RETURN(Replay result, replay(set, *family.policies[static_cast<std::size_t>(policy)].policy));
    return std::move(result.losses);
  };
  RHEO_ASSIGN_OR_RETURN(certified.verdicts, certify(promise, static_cast<int>(family.policies.size()), read));
  std::vector<double> costs_us;
  for (const TunedPolicy& policy : family.policies) costs_us.push_back(policy.tuned.cost_us);
  certified.chosen = cheapest_certified(certified.verdicts, costs_us);
  return certified;
}

}  // namespace rheo
