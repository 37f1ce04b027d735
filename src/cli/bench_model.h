// SPDX-License-Identifier: Apache-2.0
// `BenchModel`: the model that `rheo bench` measures. It is loaded once per thread count, and again to be watched, with
// paths in the precisions that are asked for, and with random weights where that is wanted. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/bench_inputs.h"
#include "cli/command.h"
#include "load/package.h"

namespace rheo::cli {

enum class WeightsOf : std::uint8_t { model, chance };

class BenchModel {
 public:
  BenchModel(std::string file, BenchInputFlags inputs, WeightsOf weights);

  // An imported model gets paths in options.precisions. int8 of one that is not quantised is made here, once, with the
  // ranges of the bench's own inputs.
  Result<Engine> load(LoadOptions options);
  // What a reader of the numbers must know of how the model was made: name, value.
  const std::vector<std::pair<std::string, std::string>>& facts() const { return facts_; }

 private:
  Status make(const LoadOptions& options);
  Result<Package> with_int8(Package package, const LoadOptions& options) const;

  std::string file_;
  BenchInputFlags inputs_;
  WeightsOf weights_;
  bool is_made_ = false;
  std::vector<std::byte> package_;  // what the file alone does not give; empty: the file is loaded
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace rheo::cli
