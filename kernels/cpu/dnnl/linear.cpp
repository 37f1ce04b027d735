// SPDX-License-Identifier: Apache-2.0
// linear by oneDNN's matrix product: y[row, o] = activation(sum over i of x[row, i] * w[o, i] + bias[o] + residual).
// Layouts: plain. Types: f32, bf16, u8/i8 x i8; f32, bf16, u8 or i8 out. With more than one thread the rows are split
// into one-thread primitives. Limits: constant weights and bias; 8-bit only where oneDNN's sums are exact (VNNI), and
// not with hardsigmoid. Tested by tests/agree/kernels_ops_test.cpp and kernels_dnnl_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/dnnl/product.h"
#include "kernels/cpu/entries.h"

namespace rheo {
namespace {

Result<onednn::Part> part_of(const dnnl::engine& engine, const Conv2dRequest& read, std::int64_t first_row,
                             std::int64_t rows, WeightStore& store) {
  const std::int64_t in = read.shape.in_channels;
  const std::int64_t out = read.shape.out_channels;
  onednn::ProductSlice slice;
  slice.channels = out;
  slice.first_element = first_row * out;
  slice.y_shape = {rows, out};
  slice.y = onednn::describe(slice.y_shape, read.output, Layout::plain);
  if (read.has_offsets()) slice.bias = onednn::describe({1, out}, DType::f32, Layout::plain);
  slice.masks = {.y = 1 << 1, .weights = 1 << 1};
  RHEO_ASSIGN_OR_RETURN(onednn::ProductFinish finish, onednn::finish_product(read, slice));
  const dnnl::memory::data_type type = onednn::data_type_of(read.weights);
  const onednn::Product wanted = {.x = onednn::describe({rows, in}, read.x, Layout::plain),
                                  .weights = {{in, out}, type, dnnl::memory::format_tag::any},
                                  .bias = slice.bias,
                                  .y = slice.y};
  onednn::Part part;
  RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, finish.attributes));
  const dnnl::memory::desc plain({in, out}, type, dnnl::memory::dims{1, in});
  const std::string maker = part.prepared.implementation + ' ' + std::string(name_of(read.x));
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<void> weights,
                        onednn::packed(engine, *read.weights_tensor, plain, part.prepared.weights, maker, store));
  part.arguments = std::move(finish.arguments);
  part.arguments.push_back(onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0,
                                                   static_cast<std::size_t>(first_row * in) * size_bytes(read.x)));
  part.arguments.push_back(onednn::Argument::constant(DNNL_ARG_WEIGHTS, part.prepared.weights, std::move(weights)));
  return part;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dnnl_linear(const KernelRequest& request) {
  RHEO_ASSIGN_OR_RETURN(const Conv2dRequest read, read_linear(request));
  RHEO_RETURN_IF_ERROR(onednn::check_product(read, request.isa));
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const std::int64_t rows = read.shape.batch;
    const std::int64_t parts = std::clamp<std::int64_t>(request.threads, 1, rows);
    std::vector<onednn::Part> made;
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t first = rows * part / parts;
      RHEO_ASSIGN_OR_RETURN(made.emplace_back(),
                            part_of(engine, read, first, rows * (part + 1) / parts - first, *request.weights));
    }
    const std::size_t output_bytes = storage_bytes(*request.outputs[0].type, Layout::plain);
    return onednn::make_primitive_kernel(engine, std::move(made), onednn::product_settings(read, output_bytes));
  });
}

}  // namespace rheo
