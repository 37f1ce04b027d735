// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/prepared_graph.h"

#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/lower_tuples.h>
#include <torch/csrc/jit/passes/remove_exceptions.h>
#include <torch/csrc/jit/passes/remove_mutation.h>
#include <torch/csrc/jit/serialization/import.h>

#include "plugins/plugin_abi.h"
#include "plugins/torch/refusal.h"

namespace rheo::torch_import {
namespace {

constexpr const char* kCardName = "rheo.json";

// The first line of what LibTorch says; the rest is its call stack.
std::string first_line(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  return text.substr(0, text.find('\n'));
}

torch::jit::Module load(const std::string& file, std::string& card) {
  torch::jit::ExtraFilesMap extra = {{kCardName, ""}};
  try {
    torch::jit::Module module = torch::jit::load(file, c10::kCPU, extra);
    card = extra[kCardName];
    return module;
  } catch (const c10::Error& error) {
    throw Failure(RHEO_PLUGIN_BAD_FORMAT, "'" + file + "' is no TorchScript model (" + first_line(error) +
                                              "). Files of torch.save hold weights only; save the model with "
                                              "torch.jit.script(model).save(file).");
  }
}

}  // namespace

PreparedGraph load_and_prepare(const std::string& file) {
  PreparedGraph prepared;
  torch::jit::Module module = load(file, prepared.card);
  if (!module.find_method("forward")) {
    throw Failure(RHEO_PLUGIN_BAD_FORMAT, "The model in '" + file + "' has no method forward.");
  }
  module.eval();
  module = torch::jit::freeze_module(module);
  prepared.graph = module.get_method("forward").graph();
  torch::jit::Inline(*prepared.graph);
  torch::jit::LowerSimpleTuples(prepared.graph);
  // Shapes are checked by Rheo when the graph is built, so the guards of torch.nn.functional have nothing left to say.
  torch::jit::EliminateExceptions(prepared.graph);
  torch::jit::ConstantPropagation(prepared.graph);
  torch::jit::RemoveListMutation(prepared.graph);
  torch::jit::RemoveTensorMutation(prepared.graph);
  torch::jit::EliminateDeadCode(prepared.graph);
  return prepared;
}

}  // namespace rheo::torch_import
