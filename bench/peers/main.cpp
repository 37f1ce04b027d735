// SPDX-License-Identifier: Apache-2.0
// Rheo's worker for bench/peers/compare.py: the deepest path of the asked precision, as a host would run it.
#include <memory>
#include <optional>

#include <rheo/engine.h>
#include <rheo/version.h>

#include "base/try.h"
#include "load/npy.h"
#include "peers/worker.h"

namespace rheo::peers {

namespace {

struct Loaded {
  Engine engine;
  std::vector<Tensor> tensors;
  std::vector<NamedInput> inputs;  // of tensors
  std::string_view path;
  std::optional<Outcome> outcome;
};

// The path of this precision that goes deepest: no early exit, so that all runtimes compute the same network.
Result<std::string_view> deepest_path(const Ladder& ladder, const std::string& precision) {
  RHEO_ASSIGN_OR_RETURN(const Precision wanted, precision_from_name(precision));
  Path whole = ladder.path(ladder.reference());
  whole.precision = wanted;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    if (ladder.path(id).shares_plan(whole) && ladder.path(id).exit_index == whole.exit_index) return ladder.name(id);
  }
  return Status(StatusCode::unsupported, "its ladder has no path in " + precision + " to the last exit");
}

Result<Ready> load(const Arguments& arguments) {
  std::vector<Tensor> tensors;
  for (const std::string& file : arguments.inputs) {
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, read_npy(file));
    tensors.push_back(std::move(tensor));
  }
  LoadOptions options;
  options.threads = arguments.threads;
  // Inputs that are told by name have whole shapes, the batch inside them, wherever it stands: one request is one item.
  const std::size_t named = arguments.names.size();
  options.batches = {named > 0 ? 1 : static_cast<int>(tensors.front().shape()[0])};
  for (std::size_t i = 0; i < named; ++i) options.model.shapes[arguments.names[i]] = tensors[i].shape();
  options.model.bound.insert(arguments.bound.begin(), arguments.bound.end());
  RHEO_ASSIGN_OR_RETURN(const Precision precision, precision_from_name(arguments.precision));
  options.precisions = {precision};
  RHEO_ASSIGN_OR_RETURN(Engine engine, Engine::load(arguments.model, options));
  if (engine.inputs().size() != tensors.size()) {
    return Status(StatusCode::invalid_argument, "the model takes " + std::to_string(engine.inputs().size()) +
                                                    " inputs, " + std::to_string(tensors.size()) + " were given");
  }
  const auto loaded = std::make_shared<Loaded>(Loaded{std::move(engine), std::move(tensors), {}, {}, {}});
  RHEO_ASSIGN_OR_RETURN(loaded->path, deepest_path(loaded->engine.ladder(), arguments.precision));
  for (std::size_t i = 0; i < loaded->tensors.size(); ++i) {
    loaded->inputs.push_back({loaded->engine.inputs()[i].name, loaded->tensors[i].view()});
  }
  Ready ready;
  ready.version = "rheo " + std::string(version());
  ready.run = [loaded]() -> Status {
    Result<Outcome> outcome = loaded->engine.run(loaded->inputs, {.path = loaded->path});
    if (!outcome) return outcome.status();
    loaded->outcome = std::move(*outcome);
    return {};
  };
  ready.answer = [loaded](const std::string& file) {
    return write_npy(file, loaded->outcome->output(loaded->outcome->output_count() - 1));
  };
  return ready;
}

}  // namespace

}  // namespace rheo::peers

int main(int argc, char** argv) { return rheo::peers::serve(argc, argv, rheo::peers::load); }
