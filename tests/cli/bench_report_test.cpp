// SPDX-License-Identifier: Apache-2.0
// The same findings in every format.
#include "cli/bench_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace rheo {
namespace {

using cli::BenchReport;
using cli::BenchRow;

BenchReport sample_report() {
  BenchReport report;
  report.facts = {{"rheo", "0.1.0"}, {"machine", "quiet: really"}, {"cpu", "A \"fast\" one, at 2 GHz"}};
  report.percentiles = {50, 99.9};
  for (const char* path : {"auto", "final.f32"}) {
    BenchRow row;
    row.path = path;
    row.precision = "f32";
    row.batch = 4;
    cli::summarise({{30, 10, 20, 40}, 0.0001}, report.percentiles, row);
    report.rows.push_back(row);
  }
  return report;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(BenchReport, SummarisesLatencies) {
  const BenchRow row = sample_report().rows[0];
  EXPECT_EQ(row.requests, 4);
  EXPECT_EQ(row.mean_us, 25);
  EXPECT_NEAR(row.sd_us, 12.91, 0.01);
  EXPECT_EQ(row.min_us, 10);
  EXPECT_EQ(row.max_us, 40);
  EXPECT_EQ(row.percentile_us, (std::vector<double>{30, 40}));
  EXPECT_NEAR(row.items_per_s, 160000, 1e-6);
}

TEST(BenchReport, JsonIsOneObjectAndJsonLinesAreOneRowEach) {
  const auto whole = nlohmann::json::parse(cli::render(sample_report(), "json").value());
  EXPECT_EQ(whole["machine"], "quiet: really");
  ASSERT_EQ(whole["rows"].size(), 2u);
  EXPECT_EQ(whole["rows"][1]["path"], "final.f32");
  EXPECT_EQ(whole["rows"][1]["precision"], "f32");
  EXPECT_EQ(whole["rows"][1]["p99.9_us"], 40);
  EXPECT_FALSE(whole["rows"][1].contains("ops"));
  const auto lines = lines_of(cli::render(sample_report(), "jsonl").value());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(nlohmann::json::parse(lines[0])["rheo"], "0.1.0");
  EXPECT_EQ(nlohmann::json::parse(lines[0])["p50_us"], 30);
}

TEST(BenchReport, CsvHasAHeadAndAsManyFieldsInEveryLine) {
  const auto lines = lines_of(cli::render(sample_report(), "csv").value());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(lines[0].starts_with("path,batch,threads,concurrency,requests,mean_us,sd_us,min_us,p50_us,p99.9_us"));
  EXPECT_TRUE(lines[0].ends_with(",precision,rheo,cpu,isa,model,file_hash")) << lines[0];
  EXPECT_EQ(std::count(lines[0].begin(), lines[0].end(), ','), 17);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(std::count(lines[i].begin(), lines[i].end(), ','), 18) << lines[i];  // one of them in quotes
    EXPECT_TRUE(lines[i].ends_with(R"(,f32,0.1.0,"A ""fast"" one, at 2 GHz",,,)")) << lines[i];
  }
}

TEST(BenchReport, TablesAreAligned) {
  const auto lines = lines_of(cli::render(sample_report(), "md").value());
  std::vector<std::string> table;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(table),
               [](const std::string& line) { return line.starts_with("|"); });
  ASSERT_EQ(table.size(), 4u);
  for (const std::string& line : table) EXPECT_EQ(line.size(), table[0].size()) << line;
  EXPECT_TRUE(table[1].starts_with("|-"));
  EXPECT_NE(cli::render(sample_report(), "table").value().find("final.f32"), std::string::npos);
}

TEST(BenchReport, OpsFollowWhereTheyWereMeasured) {
  BenchReport report = sample_report();
  for (int i = 0; i < 25; ++i) report.rows[0].ops.push_back({"conv" + std::to_string(i), "conv2d", "k", 1, 10, 0.04});
  const std::string text = cli::render(report, "table").value();
  EXPECT_NE(text.find("Ops of auto, batch 4"), std::string::npos) << text;
  EXPECT_NE(text.find("conv19"), std::string::npos);
  EXPECT_EQ(text.find("conv20"), std::string::npos);
  EXPECT_NE(text.find("and 5 more"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(cli::render(report, "json").value())["rows"][0]["ops"].size(), 25u);
}

TEST(BenchReport, AnUnknownFormatIsRefused) {
  EXPECT_EQ(cli::render(sample_report(), "xml").status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo
