// SPDX-License-Identifier: Apache-2.0
// How often the promise is broken when calibration and test pictures are pooled and split anew, a thousand times.
#include <array>
#include <cstring>

#include "adapt/resplit.h"
#include "adapt/workbench.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "infer/choices_json.h"
#include "infer/plan_set.h"
#include "load/dataset.h"
#include "load/package.h"
#include "numbers/number.h"

namespace rheo::numbers {

namespace {

// Both data sets one after the other.
Result<Dataset> pooled(const Dataset& first, const Dataset& second) {
  Dataset both = first;
  Shape shape = first.items.shape();
  shape[0] += second.items.shape()[0];
  RHEO_ASSIGN_OR_RETURN(both.items, Tensor::zeros(first.items.dtype(), shape));
  auto* bytes = static_cast<std::byte*>(both.items.mutable_data());
  std::memcpy(bytes, first.items.data(), first.items.size_bytes());
  std::memcpy(bytes + first.items.size_bytes(), second.items.data(), second.items.size_bytes());
  both.labels.insert(both.labels.end(), second.labels.begin(), second.labels.end());
  return both;
}

}  // namespace

Status measure_certificate(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(demo::package_file(sources, demo::kShipped)));
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(environment("RHEO_MAX_ISA")));
  RHEO_ASSIGN_OR_RETURN(options.choices, choices_by_plan_from_json(package.choices));
  RHEO_ASSIGN_OR_RETURN(const auto plans,
                        PlanSet::create(variants_of(package), plans_of(package.ladder), std::move(options)));
  RHEO_ASSIGN_OR_RETURN(const Dataset calibration,
                        open_dataset(sources.calibration_images, sources.calibration_labels, *package.graph));
  RHEO_ASSIGN_OR_RETURN(const Dataset test, open_dataset(sources.test_images, sources.test_labels, *package.graph));
  RHEO_ASSIGN_OR_RETURN(const Dataset both, pooled(calibration, test));
  RHEO_ASSIGN_OR_RETURN(AgreementTable table, record_table(*plans, package.ladder, both, {}));
  for (std::size_t i = 0; i < package.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    table.set_temperature(path, static_cast<float>(package.ladder.profile(path).temperature));
  }
  ResplitOptions study;
  study.rounds = sources.rounds(study.rounds);
  if (sources.extent == demo::Extent::quick) {
    study.tuning_inputs = study.certification_inputs = static_cast<int>(both.size()) * 2 / 5;
  }
  RHEO_ASSIGN_OR_RETURN(const ResplitResult result, resplit_study(table, package.ladder, study));
  numbers.push_back(
      {.id = "certificate_violations",
       .what = std::to_string(result.rounds) + " re-splits, " + std::to_string(result.shipped) +
               " certified: share that breaks the promise on inputs never seen",
       .value = static_cast<double>(result.violations) / result.rounds,
       .unit = "share",
       .at_most = 0.05,
       .timed = false,
       .void_because = result.shipped > 0 ? "" : "no re-split was certified, so none was put to the test"});
  return {};
}

}  // namespace rheo::numbers
