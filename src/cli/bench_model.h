// SPDX-License-Identifier: Apache-2.0
// `BenchModel`: the model that `rheo bench` measures. It is loaded once per thread count, and again to be watched, with
// paths in the precisions that are asked for. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/bench_inputs.h"
#include "cli/command.h"

namespace rheo::cli {

class BenchModel {
 public:
  // Unknown names among `precisions` are left to whoever looks for their paths.
  BenchModel(std::string file, const std::vector<std::string>& precisions, BenchInputFlags inputs);

  // An imported model gets paths in the precisions. int8 of one that is not quantised is made here, once, with the
  // ranges of the bench's own inputs.
  Result<Engine> load(LoadOptions options);
  // What a reader of the numbers must know of how the paths were made; empty: nothing.
  const std::string& note() const { return note_; }

 private:
  Status make_int8(const LoadOptions& options);

  std::string file_;
  std::vector<Precision> precisions_;
  BenchInputFlags inputs_;
  std::vector<std::byte> package_;  // with rough int8 paths; empty: the file is loaded
  std::string note_;
};

}  // namespace rheo::cli
