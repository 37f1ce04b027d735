// SPDX-License-Identifier: Apache-2.0
// The whole comparison on the test pictures: every way to answer, and the points of the plot.
#pragma once

#include <string>
#include <vector>

#include "demo/contender.h"
#include "demo/packages.h"
#include "demo/row.h"

namespace rheo::demo {

struct Comparison {
  std::vector<Contender> contenders;
  std::vector<Run> runs;  // of the contenders, in their order, then of the rows that were put together
  std::vector<Row> rows;  // in the order of `runs`
  std::vector<Point> points;
  Dataset pictures;
  std::string promise;  // whose certificate is a promise, and whose is not
  // Positions in contenders.
  std::size_t reference = 0;
  std::size_t single = 0;    // fastest single path that passes the same certificate
  std::size_t adaptive = 0;  // what ships
};

// The test pictures with their labels, as the packages' model reads them.
Result<Dataset> open_test(const Sources& sources);

// Runs all contenders on all test pictures. Needs the packages of make_packages.
Result<Comparison> compare(const Sources& sources);

// The rest that the table and the plot need: single paths live, the mixture and the oracle, policies replayed.
Status complete(const Sources& sources, Comparison& comparison);

// Opens the four packages as contenders: single paths by name, policies as certified.
Result<std::vector<Contender>> open_contenders(const Sources& sources, std::vector<int> batches);

// Picture by picture: the `count` easiest and hardest by what the adaptive run spent on them, and what every row of the
// table did with each.
std::string pictures_text(const Comparison& comparison, std::size_t count);

}  // namespace rheo::demo
