// SPDX-License-Identifier: Apache-2.0
// `Workbench`: everything adapt needs before it chooses a policy: the lowered models, the two splits, and one table of
// what every path answered on every input. Made once; tuning and certification only replay the table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <rheo/adapt.h>
#include <rheo/path.h>
#include <rheo/status.h>

#include "base/cpu.h"
#include "graph/variant.h"
#include "infer/agreement_table.h"
#include "infer/plan_set.h"
#include "load/dataset.h"

namespace rheo {

struct Workbench {
  std::vector<Variant> variants;     // the models, that of the reference path last
  std::vector<Path> candidates;      // one path for each plan that is tried
  std::vector<DroppedPath> refused;  // what could not be tried
  Isa isa = Isa::portable;           // most that kernels may use
  ChoicesByPlan choices;             // measured on this host
  std::shared_ptr<PlanSet> plans;
  Dataset data;
  std::vector<int> tuning;         // half A: input indices, everything that is chosen
  std::vector<int> certification;  // half B: read once, by the certificate
  Ladder ladder;                   // all candidate paths, profiled, cheapest first
  AgreementTable table;            // rows are input indices, columns the ladder's paths

  const Variant& reference() const { return variants.back(); }
};

// The first steps of adapt, which take no time: opens models and data, checks that they fit adapt and each other,
// splits. Fills variants, candidates, isa, data, tuning and certification.
Result<Workbench> open_workbench(const std::string& model, const std::string& data, const std::string& labels,
                                 const AdaptOptions& options);

// The slow ones: calibrates ranges, measures kernels and paths, records the table. Fills the rest.
// Only half A is looked at for anything that is chosen; B is only recorded.
Status fill_workbench(Workbench& bench, const AdaptOptions& options);

// Both.
Result<Workbench> make_workbench(const std::string& model, const std::string& data, const std::string& labels,
                                 const AdaptOptions& options);

// What a caller who asked for a stop is told; check_stop: once it was asked.
Status stopped();
Status check_stop(const AdaptOptions& options);

// Splits [0, count) by source item into two halves, shuffled by `seed`; the first gets the odd one.
void split_items(int count, std::uint64_t seed, std::vector<int>& tuning, std::vector<int>& certification);

// Answers of every path of `ladder` on the given inputs of `data`, at temperature 1. Labels are copied where there are
// any.
Result<AgreementTable> record_table(PlanSet& plans, const Ladder& ladder, const Dataset& data,
                                    const AdaptOptions& options);

}  // namespace rheo
