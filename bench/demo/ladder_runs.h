// SPDX-License-Identifier: Apache-2.0
// Every single path of the ladder, live on the test pictures, and the two ways to answer that are put together from
// them: a random mixture at equal cost, and an oracle that knows every path's answer.
#pragma once

#include <vector>

#include "demo/contender.h"
#include "infer/agreement_table.h"

namespace rheo::demo {

struct LadderRuns {
  Ladder ladder;          // all paths; latency_us is the mean measured here, not what adapt profiled
  std::vector<Run> runs;  // [paths]
};

// Takes the runs of those contenders that are single paths; the other paths of `engine` run now, in turn.
Result<LadderRuns> run_ladder(const Engine& engine, const std::vector<Contender>& contenders,
                              const std::vector<Run>& runs, const Dataset& pictures);

// The mixture of two single paths, drawn without looking at the picture, whose mean cost is `cost_us` and whose
// disagreement is the smallest. `run` is one drawing; accuracy, agreement, mean and work are those of endless drawing.
struct Blend {
  Run run;
  Row row;
};
Blend random_mixture(const LadderRuns& ladder, const AgreementTable& table, const Dataset& pictures, double cost_us);

// For each picture the cheapest path that gives the reference path's answer.
Run oracle(const LadderRuns& ladder);

}  // namespace rheo::demo
