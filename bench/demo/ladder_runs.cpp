// SPDX-License-Identifier: Apache-2.0
#include "demo/ladder_runs.h"

#include <algorithm>
#include <numeric>

#include "adapt/table.h"
#include "base/random.h"
#include "base/try.h"

namespace rheo::demo {

namespace {

constexpr std::uint64_t kSeed = 42;

PathId path_at(std::size_t i) { return PathId{static_cast<std::uint8_t>(i)}; }

}  // namespace

Result<LadderRuns> run_ladder(const Engine& engine, const std::vector<Contender>& contenders,
                              const std::vector<Run>& runs, const Dataset& pictures) {
  const Ladder& ladder = engine.ladder();
  LadderRuns all;
  all.runs.resize(ladder.size());
  std::vector<Contender> missing;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const std::string name(ladder.name(path_at(i)));
    const auto ran =
        std::find_if(contenders.begin(), contenders.end(), [&](const Contender& c) { return c.path == name; });
    if (ran != contenders.end()) {
      all.runs[i] = runs[static_cast<std::size_t>(ran - contenders.begin())];
      continue;
    }
    missing.push_back({name, engine, name, ""});
    places.push_back(i);
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<Run> ran, run_all(missing, pictures, pictures.size()));
  for (std::size_t i = 0; i < places.size(); ++i) all.runs[places[i]] = std::move(ran[i]);
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    Ladder::Rung rung{ladder.path(path_at(i)), ladder.profile(path_at(i))};
    rung.profile.latency_us = mean(all.runs[i].latency_us);
    rungs.push_back(std::move(rung));
  }
  RHEO_ASSIGN_OR_RETURN(all.ladder, Ladder::create(std::move(rungs)));
  return all;
}

Blend random_mixture(const LadderRuns& ladder, const AgreementTable& table, const Dataset& pictures, double cost_us) {
  std::vector<int> rows(table.inputs());
  std::iota(rows.begin(), rows.end(), 0);
  const auto estimator = make_plain_estimator();  // a mixture asks nobody
  const Mixture mixture = best_mixture_at({table, ladder.ladder, *estimator, rows}, cost_us);
  const Run& cheap = ladder.runs[mixture.cheap.index];
  const Run& dear = ladder.runs[mixture.dear.index];
  Blend blend;
  SplitMix64 random(kSeed);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    blend.run.append(random.uniform() < mixture.share_dear ? dear : cheap, i);
  }
  blend.row = summarise("random mixture at equal cost", blend.run, ladder.runs.back(), pictures);
  blend.row.live = false;
  blend.row.accuracy = mixture.accuracy;
  blend.row.agreement = 1 - mixture.disagreement;
  blend.row.mean_us = (1 - mixture.share_dear) * mean(cheap.latency_us) + mixture.share_dear * mean(dear.latency_us);
  blend.row.multiply_adds =
      (1 - mixture.share_dear) * mean(cheap.multiply_adds) + mixture.share_dear * mean(dear.multiply_adds);
  blend.row.shares = {{std::string(ladder.ladder.name(mixture.cheap)), 1 - mixture.share_dear}};
  blend.row.shares[std::string(ladder.ladder.name(mixture.dear))] += mixture.share_dear;
  return blend;
}

Run oracle(const LadderRuns& ladder) {
  const Run& reference = ladder.runs.back();
  std::vector<std::size_t> by_cost(ladder.runs.size());
  std::iota(by_cost.begin(), by_cost.end(), std::size_t{0});
  std::vector<double> median_us;  // which path is the cheapest should not hang on a few slow requests
  for (const Run& run : ladder.runs) median_us.push_back(median(run.latency_us));
  std::stable_sort(by_cost.begin(), by_cost.end(),
                   [&](std::size_t a, std::size_t b) { return median_us[a] < median_us[b]; });
  Run run;
  for (std::size_t picture = 0; picture < reference.answers.size(); ++picture) {
    const auto cheapest = std::find_if(by_cost.begin(), by_cost.end(), [&](std::size_t path) {
      return ladder.runs[path].answers[picture] == reference.answers[picture];
    });
    run.append(ladder.runs[*cheapest], picture);  // the reference agrees with itself
  }
  return run;
}

}  // namespace rheo::demo
