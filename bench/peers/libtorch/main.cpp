// SPDX-License-Identifier: Apache-2.0
// LibTorch's worker for bench/peers/compare.py, where PyTorch cannot be installed: the same TorchScript file, frozen
// and optimised for inference.
#include <ATen/Parallel.h>
#include <torch/script.h>
#include <torch/version.h>

#include <memory>

#include "base/try.h"
#include "load/npy.h"
#include "peers/worker.h"

namespace rheo::peers {

namespace {

struct Loaded {
  torch::jit::Module module;
  std::vector<Tensor> tensors;
  std::vector<torch::jit::IValue> inputs;  // of tensors
  torch::Tensor output;
};

torch::Tensor last_of(const torch::jit::IValue& value) {
  return value.isTuple() ? last_of(value.toTuple()->elements().back()) : value.toTensor();
}

Result<Ready> load(const Arguments& arguments) {
  if (arguments.precision == "int8") {
    return Status(StatusCode::unsupported, "TorchScript cannot run the quantised ONNX file");
  }
  const bool bf16 = arguments.precision == "bf16";
  at::set_num_threads(arguments.threads);
  const auto loaded = std::make_shared<Loaded>();
  for (const std::string& file : arguments.inputs) {
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, read_npy(file));
    loaded->tensors.push_back(std::move(tensor));
  }
  for (Tensor& tensor : loaded->tensors) {
    const auto axes = tensor.shape().dims();
    const bool whole = tensor.dtype() == DType::i64;
    torch::Tensor input =
        torch::from_blob(const_cast<void*>(tensor.view().data()), std::vector<std::int64_t>(axes.begin(), axes.end()),
                         whole ? torch::kInt64 : torch::kFloat32);
    loaded->inputs.emplace_back(bf16 && !whole ? input.to(torch::kBFloat16) : input);
  }
  loaded->module = torch::jit::load(arguments.model, torch::kCPU);
  loaded->module.eval();
  if (bf16) loaded->module.to(torch::kBFloat16);
  loaded->module = torch::jit::optimize_for_inference(loaded->module);
  Ready ready;
  ready.version = std::string("libtorch ") + TORCH_VERSION;
  ready.run = [loaded]() -> Status {
    const c10::InferenceMode inference;
    loaded->output = last_of(loaded->module.forward(loaded->inputs));
    return {};
  };
  ready.answer = [loaded](const std::string& file) {
    const c10::InferenceMode inference;
    const torch::Tensor output = loaded->output.to(torch::kFloat32).contiguous();
    Shape shape;
    for (const std::int64_t size : output.sizes()) shape.push_back(size);
    return write_npy(file, TensorView(output.data_ptr<float>(), shape));
  };
  return ready;
}

// LibTorch reports by throwing.
Result<Ready> load_or_refuse(const Arguments& arguments) {
  try {
    return load(arguments);
  } catch (const std::exception& error) {
    return Status(StatusCode::unsupported, std::string(error.what()).substr(0, 200));
  }
}

}  // namespace

}  // namespace rheo::peers

int main(int argc, char** argv) { return rheo::peers::serve(argc, argv, rheo::peers::load_or_refuse); }
