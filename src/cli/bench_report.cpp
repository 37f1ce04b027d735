// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace rheo::cli {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr std::size_t kOpsShown = 20;  // in text; JSON has all

std::string percentile_name(double percent) { return fmt::format("p{:g}", percent); }

Json facts_of(const BenchReport& report) {
  Json facts = Json::object();
  for (const auto& [name, value] : report.facts) facts[name] = value;
  return facts;
}

Json row_of(const BenchRow& row, const std::vector<double>& percentiles) {
  Json json = {{"path", row.path},
               {"precision", row.precision},
               {"batch", row.batch},
               {"threads", row.threads},
               {"concurrency", row.concurrency},
               {"requests", row.requests},
               {"mean_us", row.mean_us},
               {"sd_us", row.sd_us},
               {"min_us", row.min_us},
               {"max_us", row.max_us}};
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    json[percentile_name(percentiles[i]) + "_us"] = row.percentile_us[i];
  }
  json["items_per_s"] = row.items_per_s;
  if (row.ops.empty()) return json;
  Json& ops = json["ops"] = Json::array();
  for (const OpRow& op : row.ops) {
    ops.push_back({{"op", op.op},
                   {"kind", op.kind},
                   {"kernel", op.kernel},
                   {"runs", op.runs},
                   {"mean_us", op.mean_us()},
                   {"share", op.share}});
  }
  return json;
}

// Names of files may be no UTF-8; what is none is replaced.
std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string as_json(const BenchReport& report) {
  Json json = facts_of(report);
  Json& rows = json["rows"] = Json::array();
  for (const BenchRow& row : report.rows) rows.push_back(row_of(row, report.percentiles));
  return text_of(json, 2) + "\n";
}

std::string as_lines(const BenchReport& report) {
  std::string text;
  for (const BenchRow& row : report.rows) {
    Json line = row_of(row, report.percentiles);
    line.update(facts_of(report));
    text += text_of(line, -1) + "\n";
  }
  return text;
}

// The table as cells, its head first.
std::vector<Cells> cells_of(const BenchReport& report, const char* unit) {
  Cells head = {"path", "batch", "threads", "concurrency", "requests"};
  for (const char* name : {"mean", "sd", "min"}) head.push_back(std::string(name) + unit);
  for (const double percent : report.percentiles) head.push_back(percentile_name(percent) + unit);
  head.push_back(std::string("max") + unit);
  head.emplace_back("items_per_s");
  std::vector<Cells> table = {head};
  for (const BenchRow& row : report.rows) {
    Cells cells = {row.path, std::to_string(row.batch), std::to_string(row.threads), std::to_string(row.concurrency),
                   std::to_string(row.requests)};
    for (const double us : {row.mean_us, row.sd_us, row.min_us}) cells.push_back(fmt::format("{:.1f}", us));
    for (const double us : row.percentile_us) cells.push_back(fmt::format("{:.1f}", us));
    cells.push_back(fmt::format("{:.1f}", row.max_us));
    cells.push_back(fmt::format("{:.1f}", row.items_per_s));
    table.push_back(std::move(cells));
  }
  return table;
}

// Columns as wide as their widest cell: the first `texts` of them to the left, numbers to the right.
std::string aligned(const std::vector<Cells>& table, std::size_t texts, bool markdown) {
  std::vector<std::size_t> widths(table.front().size(), 3);
  for (const Cells& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (std::size_t line = 0; line < table.size(); ++line) {
    std::string shown;
    std::string rule;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool left = i < texts;
      const std::string cell =
          left ? fmt::format("{:<{}}", table[line][i], widths[i]) : fmt::format("{:>{}}", table[line][i], widths[i]);
      shown += markdown ? "| " + cell + " " : (i > 0 ? "  " : "") + cell;
      rule += left ? "|" + std::string(widths[i] + 2, '-') : "|" + std::string(widths[i] + 1, '-') + ":";
    }
    text += shown + (markdown ? "|\n" : "\n");
    if (markdown && line == 0) text += rule + "|\n";
  }
  return text;
}

std::string ops_text(const BenchRow& row, bool markdown) {
  std::vector<Cells> table = {{"op", "kind", "kernel", "mean us", "share"}};
  for (std::size_t i = 0; i < std::min(row.ops.size(), kOpsShown); ++i) {
    const OpRow& op = row.ops[i];
    table.push_back(
        {op.op, op.kind, op.kernel, fmt::format("{:.1f}", op.mean_us()), fmt::format("{:.1f}%", op.share * 100)});
  }
  std::string text = fmt::format("\nOps of {}:\n{}{}", row.label(), markdown ? "\n" : "", aligned(table, 3, markdown));
  if (row.ops.size() > kOpsShown) {
    text += fmt::format("{}and {} more; -o json has all.\n", markdown ? "\n" : "", row.ops.size() - kOpsShown);
  }
  return text;
}

std::string as_table(const BenchReport& report, bool markdown) {
  std::string text;
  for (const auto& [name, value] : report.facts) {
    text += fmt::format("{}{}: {}\n", markdown ? "- " : "", name, value);
  }
  text += "\n" + aligned(cells_of(report, " us"), 1, markdown);
  for (const BenchRow& row : report.rows) {
    if (!row.ops.empty()) text += ops_text(row, markdown);
  }
  return text;
}

// A field of CSV: in quotes where it holds what parts fields.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// Behind the table what tells one run from another, in every row: rows of many runs may be put into one file.
std::string as_csv(const BenchReport& report) {
  std::vector<Cells> table = cells_of(report, "_us");
  table.front().emplace_back("precision");
  for (std::size_t i = 0; i < report.rows.size(); ++i) table[i + 1].push_back(report.rows[i].precision);
  for (const char* wanted : {"rheo", "cpu", "isa", "model", "file_hash"}) {
    const auto fact = std::ranges::find(report.facts, wanted, &std::pair<std::string, std::string>::first);
    table.front().emplace_back(wanted);
    for (std::size_t i = 1; i < table.size(); ++i) table[i].push_back(fact == report.facts.end() ? "" : fact->second);
  }
  std::string text;
  for (Cells& cells : table) {
    std::ranges::transform(cells, cells.begin(), field);
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

}  // namespace

std::string BenchRow::label() const {
  return fmt::format("{}, batch {}, threads {}, concurrency {}", path, batch, threads, concurrency);
}

void summarise(Series series, const std::vector<double>& percentiles, BenchRow& row) {
  std::vector<double>& us = series.call_us;
  std::sort(us.begin(), us.end());
  const auto count = static_cast<double>(us.size());
  row.requests = std::ssize(us);
  row.mean_us = std::accumulate(us.begin(), us.end(), 0.0) / count;
  double squares = 0;
  for (const double value : us) squares += (value - row.mean_us) * (value - row.mean_us);
  row.sd_us = us.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
  row.min_us = us.front();
  row.max_us = us.back();
  for (const double percent : percentiles) row.percentile_us.push_back(quantile(us, percent / 100));
  row.items_per_s = count * row.batch / series.wall_s;
}

Result<std::string> render(const BenchReport& report, const std::string& format) {
  if (format == "table" || format == "md") return as_table(report, format == "md");
  if (format == "csv") return as_csv(report);
  if (format == "json") return as_json(report);
  if (format == "jsonl") return as_lines(report);
  return Status(StatusCode::invalid_argument,
                "There is no output format '" + format + "'; take table, md, csv, json or jsonl.");
}

}  // namespace rheo::cli
