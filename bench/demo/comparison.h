// SPDX-License-Identifier: Apache-2.0
// The whole comparison on the test pictures: live rows, rows computed from recorded answers, and the points of the
// plot.
#pragma once

#include <string>
#include <vector>

#include "demo/contender.h"
#include "demo/packages.h"
#include "demo/row.h"

namespace rheo::demo {

struct Comparison {
  std::vector<Contender> contenders;  // in the order of `runs`
  std::vector<Run> runs;
  std::vector<Row> rows;
  std::vector<Point> points;
  Dataset pictures;
  // Positions in contenders.
  std::size_t reference = 0;
  std::size_t single = 0;    // fastest single path that passes the same certificate
  std::size_t adaptive = 0;  // what ships
};

// `count` test pictures; all of them when negative. Needs the packages of make_packages.
Result<Comparison> compare(const Sources& sources, std::int64_t count);

// Opens the four packages as contenders: single paths by name, policies as certified.
Result<std::vector<Contender>> open_contenders(const Sources& sources, std::vector<int> batches);

// Picture by picture: the `count` easiest and hardest by what the adaptive run spent on them.
std::string pictures_text(const Comparison& comparison, int count);

}  // namespace rheo::demo
