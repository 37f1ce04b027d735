// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_model.h"

#include <algorithm>
#include <utility>

#include "adapt/open_model.h"
#include "adapt/rough_int8.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include "load/model_format.h"
#include "transform/eight_bit.h"

namespace rheo::cli {

namespace {

constexpr int kRangeItems = 8;  // enough for ranges that only have to be roughly right

// In the order of the graph's inputs, as calibration reads them.
std::vector<std::vector<TensorView>> items_of(const BenchInputs& inputs, const Engine& engine) {
  std::vector<std::vector<TensorView>> items(kRangeItems);
  for (int item = 0; item < kRangeItems; ++item) {
    const std::vector<NamedInput> batch = inputs.batch(item, 1);
    for (const TensorInfo& wanted : engine.inputs()) {
      const auto found =
          std::ranges::find_if(batch, [&](const NamedInput& input) { return input.name == wanted.name; });
      if (found != batch.end()) items[static_cast<std::size_t>(item)].push_back(found->tensor);
    }
  }
  return items;
}

}  // namespace

BenchModel::BenchModel(std::string file, const std::vector<std::string>& precisions, BenchInputFlags inputs)
    : file_(std::move(file)), inputs_(std::move(inputs)) {
  for (const std::string& name : precisions) {
    if (const Result<Precision> precision = precision_from_name(name)) precisions_.push_back(*precision);
  }
}

Result<Engine> BenchModel::load(LoadOptions options) {
  const bool wants_int8 = std::ranges::find(precisions_, Precision::int8) != precisions_.end();
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of_file(file_, options.model.limits));
  if (format != ModelFormat::package && wants_int8 && package_.empty() && note_.empty()) {
    RHEO_RETURN_IF_ERROR(make_int8(options));
  }
  if (!package_.empty()) return Engine::load(package_, options);
  options.precisions = precisions_;
  return Engine::load(file_, options);
}

Status BenchModel::make_int8(const LoadOptions& options) {
  if (!options.sizes.empty()) {
    return {StatusCode::invalid_argument, "int8 paths are made for one size: give --dim one at a time."};
  }
  RHEO_ASSIGN_OR_RETURN(Package package, open_model(file_, options.model, {}));
  if (is_quantised(*package.graph)) {
    note_ = "8-bit layers as the file holds them";
    return {};
  }
  LoadOptions plain = options;
  plain.batches = {1};
  plain.on_record = {};
  plain.on_op = {};
  plain.log = {};
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(file_, plain));
  RHEO_ASSIGN_OR_RETURN(const BenchInputs inputs, BenchInputs::make(inputs_, engine, 1));
  RHEO_ASSIGN_OR_RETURN(package, with_rough_int8(std::move(package), items_of(inputs, engine), interrupt_token()));
  RHEO_ASSIGN_OR_RETURN(package_, package_bytes(package));
  note_ = "ranges of this run's inputs: right for its speed, not for its answers; 'rheo adapt' makes the real ones";
  return {};
}

}  // namespace rheo::cli
