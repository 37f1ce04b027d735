// SPDX-License-Identifier: Apache-2.0
#include "demo/comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "adapt/open_model.h"
#include "adapt/table.h"
#include "adapt/workbench.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "infer/choices_json.h"
#include "load/file.h"

namespace rheo::demo {

namespace {

constexpr const char* kContenderNames[] = {"adaptive, trade-off (shipped)", "adaptive, thresholds",
                                           "adaptive, estimator off", "fastest certified single path"};

Result<Engine> open(const Sources& sources, const PackageSpec& spec, const std::vector<int>& batches) {
  LoadOptions options;
  options.batches = batches;
  auto engine = Engine::load(package_file(sources, spec), options);
  if (!engine) return engine.status().with_context(package_file(sources, spec));
  return engine;
}

std::string statement(const Engine& engine) {
  if (!engine.certificate()) return "no certificate: the reference path runs";
  const Certificate& c = *engine.certificate();
  std::string text = "certificate: ";
  for (const CertifiedRisk& risk : c.promises) {
    text += fmt::format("{}: {} losses in {} inputs, at most {:.2f} % at {:g} %, limit {:g} %; ", name_of(risk.loss),
                        risk.losses - risk.gains, c.inputs, risk.bound * 100, c.confidence * 100, risk.limit * 100);
  }
  return text + (engine.certificate_status().ok() ? "holds" : engine.certificate_status().message());
}

// Rows that no live run can show: a random mixture of single paths at equal cost, and an oracle.
Status add_computed_rows(const Sources& sources, Comparison& comparison) {
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(package_file(sources, kPackages[3])));
  PlanSetOptions options;
  RHEO_ASSIGN_OR_RETURN(options.isa, select_isa(environment("RHEO_MAX_ISA")));
  RHEO_ASSIGN_OR_RETURN(options.choices, choices_by_precision_from_json(package.choices));
  const Precision all[] = {Precision::f32, Precision::bf16, Precision::int8};
  RHEO_ASSIGN_OR_RETURN(const auto plans, PlanSet::create(package.graph, package.ranges, all, std::move(options)));
  RHEO_ASSIGN_OR_RETURN(const AgreementTable table, record_table(*plans, package.ladder, comparison.pictures, {}));
  std::vector<int> rows(comparison.runs.front().answers.size());
  std::iota(rows.begin(), rows.end(), 0);
  const auto estimator = make_plain_estimator();
  const ReplaySet set{table, package.ladder, *estimator, rows};

  const Row& adaptive = comparison.rows[comparison.adaptive];
  const Mixture mixture = best_mixture_at(set, adaptive.mean_us);
  Row mixed;
  mixed.name = "random mixture at equal cost";
  mixed.measured = false;
  mixed.accuracy = mixture.accuracy;
  mixed.agreement = 1 - mixture.disagreement;
  mixed.mean_us = adaptive.mean_us;
  mixed.shares = {{std::string(package.ladder.name(mixture.cheap)), 1 - mixture.share_dear},
                  {std::string(package.ladder.name(mixture.dear)), mixture.share_dear}};
  mixed.multiply_adds = (1 - mixture.share_dear) * package.ladder.profile(mixture.cheap).multiply_adds +
                        mixture.share_dear * package.ladder.profile(mixture.dear).multiply_adds;
  comparison.rows.push_back(mixed);

  const Replay replayed = replay_oracle(set);
  Row oracle;
  oracle.name = "oracle (knows every path's answer)";
  oracle.measured = false;
  oracle.accuracy = replayed.accuracy;
  oracle.agreement = 1 - replayed.disagreement;
  oracle.mean_us = replayed.cost_us;
  oracle.multiply_adds = replayed.multiply_adds;
  for (std::size_t i = 0; i < package.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    oracle.shares[std::string(package.ladder.name(path))] =
        static_cast<double>(replayed.path_counts[i]) / static_cast<double>(rows.size());
    Point point{std::string(package.ladder.name(path)), package.ladder.profile(path).latency_us, 0, Point::Kind::path};
    for (const int row : rows) point.disagreement += table.agrees(path, static_cast<std::size_t>(row)) ? 0 : 1;
    point.disagreement /= static_cast<double>(rows.size());
    comparison.points.push_back(point);
  }
  comparison.rows.push_back(oracle);
  return {};
}

Status add_frontier(const std::string& file, Point::Kind kind, Comparison& comparison) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes bytes, read_file(file));
  const auto json =
      nlohmann::json::parse(reinterpret_cast<const char*>(bytes.bytes.data()),
                            reinterpret_cast<const char*>(bytes.bytes.data()) + bytes.bytes.size(), nullptr, false);
  if (!json.contains("policies"))
    return {StatusCode::bad_format, file + " is no report; remove it and run the demo again."};
  for (const auto& row : json["policies"]) {
    comparison.points.push_back(
        {row.value("policy", ""), row.value("cost_us", 0.0), row.value("disagreement", 0.0), kind});
  }
  return {};
}

}  // namespace

Result<std::vector<Contender>> open_contenders(const Sources& sources, std::vector<int> batches) {
  RHEO_ASSIGN_OR_RETURN(const Engine single, open(sources, kPackages[3], batches));
  std::vector<Contender> contenders;
  const std::string reference(single.ladder().name(single.ladder().reference()));
  contenders.push_back({"reference " + reference, single, reference, ""});
  const std::string exit = single.ladder().path(single.ladder().reference()).exit;
  for (const char* precision : {"bf16", "int8"}) {
    const std::string path = exit + "." + precision;
    if (single.ladder().find(path)) contenders.push_back({path + ", no adaptation", single, path, ""});
  }
  contenders.push_back({kContenderNames[3], single, "", statement(single)});
  for (const std::size_t i : {1u, 2u, 0u}) {
    RHEO_ASSIGN_OR_RETURN(const Engine engine, open(sources, kPackages[i], batches));
    contenders.push_back({kContenderNames[i], engine, "", statement(engine)});
  }
  return contenders;
}

Result<Comparison> compare(const Sources& sources, std::int64_t count) {
  Comparison comparison;
  RHEO_ASSIGN_OR_RETURN(comparison.contenders, open_contenders(sources, {1}));
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(package_file(sources, kPackages[0])));
  RHEO_ASSIGN_OR_RETURN(comparison.pictures,
                        open_dataset(sources.test_images, sources.test_labels, *package.graph, Labels::required));
  comparison.adaptive = comparison.contenders.size() - 1;
  comparison.single = comparison.contenders.size() - 4;
  const std::int64_t all = comparison.pictures.size();
  RHEO_ASSIGN_OR_RETURN(comparison.runs,
                        run_all(comparison.contenders, comparison.pictures, count < 0 ? all : std::min(count, all)));
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    comparison.rows.push_back(summarise(comparison.contenders[i], comparison.runs[i],
                                        comparison.runs[comparison.reference], comparison.pictures));
  }
  RHEO_RETURN_IF_ERROR(add_computed_rows(sources, comparison));
  RHEO_RETURN_IF_ERROR(add_frontier(report_file(sources, kPackages[1]), Point::Kind::thresholds, comparison));
  RHEO_RETURN_IF_ERROR(add_frontier(report_file(sources, kPackages[0]), Point::Kind::tradeoff, comparison));
  const Row& shipped = comparison.rows[comparison.adaptive];
  comparison.points.push_back({"shipped", shipped.mean_us, 1 - shipped.agreement, Point::Kind::shipped});
  return comparison;
}

std::string pictures_text(const Comparison& comparison, int count) {
  const Run& run = comparison.runs[comparison.adaptive];
  const Run& reference = comparison.runs[comparison.reference];
  std::vector<std::size_t> order(run.answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return run.multiply_adds[a] < run.multiply_adds[b]; });
  const auto labels = comparison.contenders[comparison.adaptive].engine.labels();
  const auto name = [&](std::int32_t answer) {
    return static_cast<std::size_t>(answer) < labels.size() ? labels[static_cast<std::size_t>(answer)]
                                                            : std::to_string(answer);
  };
  std::string text = fmt::format("{:<9}{:<14}{:<14}{:<14}{:<14}{:>9}{:>9}\n", "picture", "truth", "reference",
                                 "adaptive", "path", "us", "MMAC");
  const auto line = [&](std::size_t i) {
    text += fmt::format("{:<9}{:<14}{:<14}{:<14}{:<14}{:>9.1f}{:>9.2f}\n", i, name(comparison.pictures.labels[i]),
                        name(reference.answers[i]), name(run.answers[i]), run.paths[i], run.latency_us[i],
                        run.multiply_adds[i] * 1e-6);
  };
  const auto shown = std::min<std::size_t>(static_cast<std::size_t>(count), order.size());
  text += "easy\n";
  for (std::size_t i = 0; i < shown; ++i) line(order[i]);
  text += "hard\n";
  for (std::size_t i = 0; i < shown; ++i) line(order[order.size() - 1 - i]);
  return text;
}

}  // namespace rheo::demo
