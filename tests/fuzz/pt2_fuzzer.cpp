// SPDX-License-Identifier: Apache-2.0
// Any bytes: an exported program or an error with a reason. What was read holds what its structs promise, and becomes a
// graph that verifies and can be planned and run, or an error with a reason. Bytes that begin with '{' are a program by
// themselves, so that a fuzzer need not guess checksums.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "graph/graph.h"
#include "load/pt2/expression.h"
#include "load/pt2/import.h"
#include "load/pt2/model.h"
#include "load/pt2/weights.h"
#include "support/fuzz_run.h"

namespace {

using rheo::testing::require;
using rheo::testing::require_reason;

// Every byte of a weight is looked at, so that a sanitizer sees those that are not there.
void look_at(const rheo::Tensor& tensor) {
  unsigned sum = 0;
  const auto* bytes = static_cast<const std::byte*>(tensor.data());
  for (std::size_t i = 0; i < tensor.size_bytes(); ++i) sum += std::to_integer<unsigned>(bytes[i]);
  volatile unsigned seen = sum;
  (void)seen;
}

void translate(const rheo::pt2::Model& model) {
  rheo::LoadLimits limits;
  limits.computed_bytes = std::size_t{4} << 20;
  limits.computed_steps = std::size_t{1} << 20;
  const auto graph = rheo::pt2::import_graph(model, {}, {}, limits);
  if (!graph.ok()) return require_reason(graph.status());
  require(rheo::verify(**graph).ok());
  rheo::testing::optimize_and_run(*graph);
}

// Weights of the declared shapes, all zero, as far as they are small.
void translate_alone(rheo::pt2::Program program) {
  rheo::pt2::Model model;
  for (const auto& weight : program.weights) {
    rheo::Shape shape;
    const auto meta = program.metas.find(weight.value);
    if (meta == program.metas.end()) return;
    for (const auto& size : meta->second.sizes) shape.push_back(size.number);
    const auto dtype = rheo::pt2::computed_dtype(meta->second.dtype);
    const auto elements = shape.checked_elements();
    if (!dtype || !elements || *elements > 4096) return;
    model.weights.emplace_back(weight.value, rheo::Tensor::zeros(*dtype, shape).value());
  }
  model.program = std::move(program);
  translate(model);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  rheo::LoadLimits limits;
  limits.tensor_bytes = std::size_t{16} << 20;
  limits.archive_inflated_bytes = std::size_t{16} << 20;
  const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);
  if (text.starts_with('{')) {
    auto program = rheo::pt2::parse_program(text, limits);
    program.ok() ? translate_alone(*std::move(program)) : require_reason(program.status());
    (void)rheo::pt2::parse_payloads(text, limits);
    return 0;
  }
  (void)rheo::pt2::evaluate(text.substr(0, 256), {});
  // Copied into memory of its own, so that what is read beyond its end is seen.
  const auto memory = std::make_shared<rheo::Tensor>(
      rheo::Tensor::copy_of(rheo::TensorView(data, rheo::DType::u8, {static_cast<std::int64_t>(size_bytes)})).value());
  const auto model = rheo::pt2::read_model(
      rheo::FileBytes{memory, {static_cast<const std::byte*>(memory->data()), size_bytes}}, limits);
  if (!model.ok()) {
    require_reason(model.status());
    return 0;
  }
  for (const auto& [name, tensor] : model->weights) look_at(tensor);
  translate(*model);
  return 0;
}
