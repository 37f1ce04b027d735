// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_model.h"

#include <algorithm>
#include <utility>

#include "adapt/open_model.h"
#include "adapt/rough_int8.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include "load/model_format.h"
#include "load/plain_ladder.h"
#include "transform/eight_bit.h"
#include "transform/random_weights.h"

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

// The same package on random weights. What spoke of the old ones goes: certificate, self-test and adapt's note.
Result<Package> on_random_weights(Package package, std::uint64_t seed) {
  RHEO_ASSIGN_OR_RETURN(package.graph, with_random_weights(*package.graph, seed));
  for (Variant& variant : package.smaller) {
    RHEO_ASSIGN_OR_RETURN(variant.graph, with_random_weights(*variant.graph, ++seed));
  }
  package.certificate.reset();
  package.self_test_inputs.clear();
  package.self_test_outputs.clear();
  package.note.clear();
  return package;
}

}  // namespace

BenchModel::BenchModel(std::string file, BenchInputFlags inputs, WeightsOf weights)
    : file_(std::move(file)), inputs_(std::move(inputs)), weights_(weights) {}

Result<Engine> BenchModel::load(LoadOptions options) {
  if (!is_made_) RHEO_RETURN_IF_ERROR(make(options));
  is_made_ = true;
  return package_.empty() ? Engine::load(file_, options) : Engine::load(package_, options);
}

Status BenchModel::make(const LoadOptions& options) {
  const bool is_random = weights_ == WeightsOf::chance;
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of_file(file_, options.model.limits));
  const bool is_package = format == ModelFormat::package;
  const bool wants_int8 =
      !is_package && std::ranges::find(options.precisions, Precision::int8) != options.precisions.end();
  if (!is_random && !wants_int8) return {};
  if (!options.sizes.empty()) {
    return {StatusCode::invalid_argument,
            "int8 paths and random weights are made for one size: give --dim one at a time."};
  }
  RHEO_ASSIGN_OR_RETURN(Package package, open_model(file_, options.model, {}));
  const bool is_rough = wants_int8 && !is_quantised(*package.graph);
  if (wants_int8 && !is_rough) facts_.emplace_back("int8", "8-bit layers as the file holds them");
  if (!is_random && !is_rough) return {};
  if (is_random) {
    RHEO_ASSIGN_OR_RETURN(package, on_random_weights(std::move(package), inputs_.seed));
    facts_.emplace_back("weights", "random, in the spread of the model's own, seed " + std::to_string(inputs_.seed));
  }
  if (is_rough) {
    RHEO_ASSIGN_OR_RETURN(package, with_int8(std::move(package), options));
    facts_.emplace_back("int8",
                        "ranges of this run's inputs: right for its speed, not for its answers; 'rheo adapt' makes the "
                        "real ones");
  } else if (!is_package) {
    RHEO_ASSIGN_OR_RETURN(package.ladder, plain_ladder(*package.graph, options.precisions));
  }
  RHEO_ASSIGN_OR_RETURN(package_, package_bytes(package));
  return {};
}

Result<Package> BenchModel::with_int8(Package package, const LoadOptions& options) const {
  LoadOptions plain = options;
  plain.batches = {1};
  plain.precisions = {};
  plain.on_record = {};
  plain.on_op = {};
  plain.log = {};
  RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(file_, plain));
  RHEO_ASSIGN_OR_RETURN(const BenchInputs inputs, BenchInputs::make(inputs_, engine, 1));
  return with_rough_int8(std::move(package), items_of(inputs, engine), interrupt_token());
}

}  // namespace rheo::cli
