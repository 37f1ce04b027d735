// SPDX-License-Identifier: Apache-2.0
// The C entry. Everything inside may throw; nothing that is thrown gets past this file.
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/plugin_abi.h"
#include "plugins/torch/model_card.h"
#include "plugins/torch/prepared_graph.h"
#include "plugins/torch/refusal.h"
#include "plugins/torch/walker.h"

namespace rheo::torch_import {
namespace {

using torch::jit::Value;

void require(bool fits, const std::string& what) {
  if (!fits) throw Failure(RHEO_PLUGIN_BAD_FORMAT, what);
}

void accept(int host_answer) {
  if (host_answer != 0) throw HostRefused();
}

void add_inputs(const RheoImportHost& host, const ModelCard& card, torch::jit::Graph& graph, Walker& walker) {
  std::vector<const Value*> tensors;
  for (const Value* input : graph.inputs()) {
    if (input->type()->kind() == c10::TypeKind::ClassType) continue;  // the module itself, empty after freezing
    require(input->type()->kind() == c10::TypeKind::TensorType,
            "Input '" + input->debugName() + "' of the model is a " + input->type()->str() +
                ", not a tensor; wrap the model so that it takes tensors only.");
    tensors.push_back(input);
  }
  require(tensors.size() == card.inputs.size(), "The model takes " + std::to_string(tensors.size()) +
                                                    " inputs, but rheo.json names " +
                                                    std::to_string(card.inputs.size()) + ".");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const CardInput& input = card.inputs[i];
    ValueId value = RHEO_NO_VALUE;
    accept(host.add_input(host.host, input.name.c_str(), &input.type, input.scale, input.offset, &value));
    walker.bind(tensors[i], value);
  }
}

// The tensors that forward() returns: one, or a tuple or list of them.
std::vector<const Value*> outputs_of(torch::jit::Graph& graph, const Walker& walker) {
  std::vector<const Value*> outputs(graph.outputs().begin(), graph.outputs().end());
  if (outputs.size() != 1) return outputs;
  const torch::jit::Node& maker = *walker.source(outputs[0])->node();
  if (maker.kind() == torch::jit::prim::TupleConstruct || maker.kind() == torch::jit::prim::ListConstruct) {
    outputs.assign(maker.inputs().begin(), maker.inputs().end());
  }
  return outputs;
}

void add_exits(const RheoImportHost& host, const ModelCard& card, torch::jit::Graph& graph, const Walker& walker) {
  const std::vector<const Value*> outputs = outputs_of(graph, walker);
  std::vector<CardExit> exits = card.exits;
  for (std::size_t i = 0; card.exits.empty() && i < outputs.size(); ++i) {
    exits.push_back({i + 1 == outputs.size() ? "final" : "exit" + std::to_string(i + 1), i});
  }
  for (const CardExit& exit : exits) {
    require(exit.output < outputs.size(), "rheo.json: exit \"" + exit.name + "\" is output " +
                                              std::to_string(exit.output) + ", but the model has " +
                                              std::to_string(outputs.size()) + " outputs.");
    const Known& known = walker.known(outputs[exit.output]);
    if (std::holds_alternative<std::monostate>(known)) {
      if (walker.is_listed(outputs[exit.output])) continue;  // the host lists what it lacks
      throw Failure(RHEO_PLUGIN_UNSUPPORTED, "Output " + std::to_string(exit.output) + " of the model is what " +
                                                 walker.source(outputs[exit.output])->node()->kind().toQualString() +
                                                 " makes, which is not followed.");
    }
    const auto* value = std::get_if<ValueId>(&known);
    require(value != nullptr,
            "Output " + std::to_string(exit.output) +
                " of the model is no tensor that depends on its inputs; return a tensor or a tuple of "
                "tensors.");
    accept(host.add_exit(host.host, exit.name.c_str(), *value));
  }
}

void import(const RheoImportHost& host, const std::string& file) {
  const PreparedGraph prepared = load_and_prepare(file);
  const ModelCard card = read_model_card(prepared.card, file);
  Walker walker(host);
  add_inputs(host, card, *prepared.graph, walker);
  walker.walk(prepared.graph);
  add_exits(host, card, *prepared.graph, walker);
  std::vector<const char*> labels;
  for (const std::string& label : card.labels) labels.push_back(label.c_str());
  accept(host.set_labels(host.host, labels.data(), labels.size()));
}

}  // namespace
}  // namespace rheo::torch_import

extern "C" [[gnu::visibility("default")]] int rheo_import_v2(const RheoImportHost* host, const char* file) {
  using rheo::torch_import::Failure;
  if (host == nullptr || host->size < sizeof(RheoImportHost)) return 1;
  try {
    const at::NoGradGuard no_gradients;
    rheo::torch_import::import(*host, file);
    return 0;
  } catch (const rheo::torch_import::HostRefused&) {
    return 1;
  } catch (const Failure& failure) {
    host->fail(host->host, failure.code, failure.what());
  } catch (const c10::Error& error) {
    host->fail(host->host, RHEO_PLUGIN_BAD_FORMAT, error.what_without_backtrace());
  } catch (const std::exception& error) {
    host->fail(host->host, RHEO_PLUGIN_INTERNAL, error.what());
  } catch (...) {
    host->fail(host->host, RHEO_PLUGIN_INTERNAL, "LibTorch threw something that is no exception.");
  }
  return 1;
}
