// SPDX-License-Identifier: Apache-2.0
#include "demo/comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "adapt/workbench.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "demo/frontier.h"
#include "demo/ladder_runs.h"
#include "infer/choices_json.h"
#include "load/package.h"

namespace rheo::demo {

namespace {

Result<Engine> open(const Sources& sources, const PackageSpec& spec, const std::vector<int>& batches) {
  LoadOptions options;
  options.batches = batches;
  auto engine = Engine::load(package_file(sources, spec), options);
  if (!engine) return engine.status().with_context(package_file(sources, spec));
  return engine;
}

// Which statement the split made, at which read of it.
std::string statement(const Engine& engine, const PackageSpec& spec) {
  if (!engine.certificate()) return "nothing certified, or adapting does not pay: the reference path runs";
  const Certificate& c = *engine.certificate();
  const double level = 1 - (1 - c.confidence) * std::exp2(-c.read);
  std::string text = &spec == &kShipped ? "certificate: " : "compared alike: ";
  for (const CertifiedRisk& risk : c.promises) {
    text += fmt::format("{}: {} losses in {} pictures, at most {:.2f} % at {:g} % (read {} of them), limit {:g} %; ",
                        name_of(risk.loss), risk.losses - risk.gains, c.inputs, risk.bound * 100, level * 100, c.read,
                        risk.limit * 100);
  }
  return text + (engine.certificate_status().ok() ? "holds" : engine.certificate_status().message());
}

// What every path answers on the test pictures, as adapt records it.
Result<AgreementTable> record(const Sources& sources, const Dataset& pictures) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(package_file(sources, kSinglePath)));
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(environment("RHEO_MAX_ISA")));
  RHEO_ASSIGN_OR_RETURN(options.choices, choices_by_plan_from_json(package.choices));
  RHEO_ASSIGN_OR_RETURN(const auto plans,
                        PlanSet::create(variants_of(package), plans_of(package.ladder), std::move(options)));
  return record_table(*plans, package.ladder, pictures, {});
}

void add_points(const LadderRuns& paths, Comparison& comparison) {
  const Run& reference = comparison.runs[comparison.reference];
  for (std::size_t i = 0; i < paths.runs.size(); ++i) {
    const std::string name(paths.ladder.name(PathId{static_cast<std::uint8_t>(i)}));
    const Row row = summarise(name, paths.runs[i], reference, comparison.pictures);
    comparison.points.push_back({name, row.mean_us, 1 - row.agreement, Point::Kind::path});
  }
}

}  // namespace

Result<std::vector<Contender>> open_contenders(const Sources& sources, std::vector<int> batches) {
  RHEO_ASSIGN_OR_RETURN(const Engine single, open(sources, kSinglePath, batches));
  std::vector<Contender> contenders;
  const std::string reference(single.ladder().name(single.ladder().reference()));
  contenders.push_back({"reference " + reference, single, reference, ""});
  const std::string exit = single.ladder().path(single.ladder().reference()).exit;
  for (const char* precision : {"bf16", "int8"}) {
    const std::string path = exit + "." + precision;
    if (single.ladder().find(path)) contenders.push_back({path + ", no adaptation", single, path, ""});
  }
  contenders.push_back({"fastest certified single path", single, "", statement(single, kSinglePath)});
  const std::pair<const char*, const PackageSpec&> adaptive[] = {{"adaptive, thresholds", kThresholds},
                                                                 {"adaptive, estimator off", kNoEstimator},
                                                                 {"adaptive, trade-off (shipped)", kShipped}};
  for (const auto& [name, spec] : adaptive) {
    RHEO_ASSIGN_OR_RETURN(const Engine engine, open(sources, spec, batches));
    contenders.push_back({name, engine, "", statement(engine, spec)});
  }
  return contenders;
}

Result<Dataset> open_test(const Sources& sources) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(package_file(sources, kShipped)));
  return open_dataset(sources.test_images, sources.test_labels, *package.graph, Labels::required);
}

Result<Comparison> compare(const Sources& sources) {
  Comparison comparison;
  RHEO_ASSIGN_OR_RETURN(comparison.contenders, open_contenders(sources, {1}));
  RHEO_ASSIGN_OR_RETURN(comparison.pictures, open_test(sources));
  comparison.adaptive = comparison.contenders.size() - 1;
  comparison.single = comparison.contenders.size() - 4;
  RHEO_ASSIGN_OR_RETURN(comparison.runs,
                        run_all(comparison.contenders, comparison.pictures, comparison.pictures.size()));
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    Row row = summarise(comparison.contenders[i].name, comparison.runs[i], comparison.runs[comparison.reference],
                        comparison.pictures);
    row.certificate = comparison.contenders[i].certificate;
    comparison.rows.push_back(std::move(row));
  }
  comparison.promise =
      "Only the certificate of what ships is a promise. The others were judged on the same pictures at the same level "
      "to compare with it; choosing one of them afterwards would be another read.\n";
  return comparison;
}

Status complete(const Sources& sources, Comparison& comparison) {
  RHEO_ASSIGN_OR_RETURN(const AgreementTable table, record(sources, comparison.pictures));
  const Engine& engine = comparison.contenders[comparison.reference].engine;
  RHEO_ASSIGN_OR_RETURN(const LadderRuns paths,
                        run_ladder(engine, comparison.contenders, comparison.runs, comparison.pictures));
  const Row shipped = comparison.rows[comparison.adaptive];
  Blend mixed = random_mixture(paths, table, comparison.pictures, shipped.mean_us);
  comparison.rows.push_back(std::move(mixed.row));
  comparison.runs.push_back(std::move(mixed.run));
  comparison.runs.push_back(oracle(paths));
  comparison.rows.push_back(summarise("oracle (knows every path's answer)", comparison.runs.back(),
                                      comparison.runs[comparison.reference], comparison.pictures));
  comparison.rows.back().live = false;
  add_points(paths, comparison);
  const std::pair<const PackageSpec&, Point::Kind> lists[] = {{kThresholds, Point::Kind::thresholds},
                                                              {kShipped, Point::Kind::tradeoff}};
  for (const auto& [spec, kind] : lists) {
    RHEO_ASSIGN_OR_RETURN(const auto line, replay_policies(sources, spec, table, paths.ladder, kind));
    comparison.points.insert(comparison.points.end(), line.begin(), line.end());
  }
  comparison.points.push_back({"shipped", shipped.mean_us, 1 - shipped.agreement, Point::Kind::shipped});
  return {};
}

}  // namespace rheo::demo
