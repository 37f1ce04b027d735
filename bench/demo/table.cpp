// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "demo/row.h"

namespace rheo::demo {

namespace {

std::string shares_text(const Row& row) {
  std::string text;
  for (const auto& [path, share] : row.shares) {
    if (share < 0.0005) continue;
    text += fmt::format("{}{} {:.1f}%", text.empty() ? "" : ", ", path, share * 100);
  }
  return text;
}

}  // namespace

std::string table_text(const std::vector<Row>& rows) {
  std::string text = fmt::format("{:<36}{:>9}{:>11}{:>10}{:>10}{:>10}{:>9}  {}\n", "", "accuracy", "agreement",
                                 "mean us", "median", "p99", "MMAC", "answered by");
  for (const Row& row : rows) {
    const std::string accuracy = row.accuracy < 0 ? "-" : fmt::format("{:.2f}%", row.accuracy * 100);
    text += fmt::format("{:<36}{:>9}{:>10.2f}%{:>10.1f}{:>10.1f}{:>10.1f}{:>9.2f}  {}\n",
                        row.name + (row.live ? "" : " *"), accuracy, row.agreement * 100, row.mean_us, row.median_us,
                        row.p99_us, row.multiply_adds * 1e-6, shares_text(row));
    if (!row.certificate.empty()) text += fmt::format("{:<36}  {}\n", "", row.certificate);
  }
  return text + "* put together from the live answers and times of the single paths\n";
}

}  // namespace rheo::demo
