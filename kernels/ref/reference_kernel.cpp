// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/reference_kernel_test.cpp.
#include "kernels/ref/reference_kernel.h"

#include <fmt/format.h>

namespace rheo::ref {
namespace {

Status check_layouts(std::span<const Operand> operands, std::string_view side) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].type != nullptr && operands[i].layout != Layout::plain)
      return Status(StatusCode::unsupported,
                    fmt::format("{} {} lies {}, but reference kernels take plain layouts only.", side, i,
                                name_of(operands[i].layout)));
  }
  return {};
}

}  // namespace

Status check_types(const KernelRequest& request) {
  std::vector<const TensorType*> inputs;
  for (const Operand& operand : request.inputs) {
    if (operand.type != nullptr && !operand.type->shape.is_static())
      return Status(StatusCode::invalid_argument,
                    fmt::format("{}: input {} has the shape {}, but kernels need known sizes.", name_of(request.op),
                                inputs.size(), operand.type->shape.to_string()));
    inputs.push_back(operand.type);
  }
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> expected,
                        infer_types(request.op, OpContext{*request.attributes, inputs}));
  bool fits = request.outputs.size() == expected.size();
  for (std::size_t i = 0; fits && i < expected.size(); ++i) fits = *request.outputs[i].type == expected[i];
  if (fits) return {};
  return Status(
      StatusCode::invalid_argument,
      fmt::format("{}: the outputs of the request differ from what its inputs lead to.", name_of(request.op)));
}

Status check_request(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check_layouts(request.inputs, "input"));
  RHEO_RETURN_IF_ERROR(check_layouts(request.outputs, "output"));
  return check_types(request);
}

}  // namespace rheo::ref
