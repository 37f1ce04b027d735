// SPDX-License-Identifier: Apache-2.0
// One row of the demo table: a way to answer, measured on the test pictures.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rheo::demo {

struct Row {
  std::string name;      // "adaptive, trade-off"
  double accuracy = -1;  // share of test pictures
  double agreement = 0;  // share whose answer is the reference path's
  double mean_us = 0;    // per picture, live, batch 1, one thread
  double median_us = 0;
  double p99_us = 0;
  double multiply_adds = 0;              // mean per picture
  std::map<std::string, double> shares;  // path name -> share of pictures it answered
  std::string certificate;               // "k losses in n inputs, at most 0.93 %"; empty: none
  bool live = true;                      // false: put together from the live answers and times of the single paths
};

// The table as text with aligned columns.
std::string table_text(const std::vector<Row>& rows);

// Cost against agreement on the test pictures: single paths as points, policies as a line. A whole SVG document.
struct Point {
  std::string name;
  double cost_us = 0;
  double disagreement = 0;  // share
  enum class Kind : std::uint8_t { path, thresholds, tradeoff, shipped } kind = Kind::path;
};
std::string plot_svg(const std::vector<Point>& points, double promised_disagreement);

}  // namespace rheo::demo
