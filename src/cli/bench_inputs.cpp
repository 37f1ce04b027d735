// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_inputs.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/random.h"
#include "base/try.h"

namespace rheo::cli {

namespace {

constexpr std::int64_t kItems = 64;                            // at random, where they are small
constexpr std::int64_t kRandomBytes = std::int64_t{32} << 20;  // of one input, more only for a large batch

Status wrong_shape(const std::string& text) {
  return {StatusCode::invalid_argument,
          "--shape '" + text + "' must be [name=]SIZExSIZE, the sizes of one item without the batch: image=3x224x224."};
}

Result<Shape> shape_of(const std::string& text) {
  Shape shape{1};
  const std::size_t equals = text.find('=');
  const char* at = text.data() + (equals == std::string::npos ? 0 : equals + 1);
  const char* const end = text.data() + text.size();
  while (at <= end) {
    std::int64_t size = 0;
    const auto [stopped, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 1 || (stopped != end && *stopped != 'x')) return wrong_shape(text);
    if (!shape.push_back(size)) return wrong_shape(text);
    at = stopped + 1;
  }
  return shape;
}

// Whether a request may hold many items: dimension 0 of every input is open, or 1.
bool counts_items(const Engine& engine) {
  return std::all_of(engine.inputs().begin(), engine.inputs().end(), [](const TensorInfo& input) {
    return input.shape.rank() > 0 && (input.shape[0] == kDynamic || input.shape[0] == 1);
  });
}

// The shape of one item: the model's, with what it leaves open filled in from --shape.
Result<Shape> item_shape(const BenchInputFlags& flags, const Engine& engine, std::size_t index) {
  const TensorInfo& info = engine.inputs()[index];
  Shape shape = info.shape;
  if (shape.rank() > 0 && shape[0] == kDynamic) shape[0] = 1;
  for (std::size_t i = 0; i < flags.shapes.size(); ++i) {
    const std::size_t equals = flags.shapes[i].find('=');
    const bool ours = equals == std::string::npos ? i == index : flags.shapes[i].substr(0, equals) == info.name;
    if (!ours) continue;
    RHEO_ASSIGN_OR_RETURN(const Shape wanted, shape_of(flags.shapes[i]));
    bool fits = wanted.rank() == shape.rank();
    for (std::size_t axis = 1; fits && axis < shape.rank(); ++axis) {
      fits = shape[axis] == kDynamic || shape[axis] == wanted[axis];
    }
    if (!fits) {
      return Status(StatusCode::invalid_argument, "--shape '" + flags.shapes[i] + "' does not fit input '" + info.name +
                                                      "', which is " + info.shape.to_string() + ".");
    }
    shape = wanted;
  }
  if (shape.is_static()) return shape;
  return Status(StatusCode::invalid_argument, "Input '" + info.name + "' is " + info.shape.to_string() +
                                                  ": say the open sizes with --shape " + info.name + "=SIZExSIZE.");
}

template <typename T>
void fill(Tensor& tensor, SplitMix64& random, double below) {
  for (T& element : tensor.as_mutable<T>()) element = static_cast<T>(random.uniform() * below);
}

// `items` in dimension 0; 0: the shape as it is.
Result<Tensor> random_tensor(const TensorInfo& info, Shape shape, std::int64_t items, const BenchInputFlags& flags,
                             SplitMix64& random) {
  if (items > 0) shape[0] = items;
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(info.dtype, shape));
  const auto below = static_cast<double>(flags.whole_below);
  switch (info.dtype) {
    case DType::f32: fill<float>(tensor, random, 1); break;
    case DType::i64: fill<std::int64_t>(tensor, random, below); break;
    case DType::i32: fill<std::int32_t>(tensor, random, below); break;
    case DType::i8: fill<std::int8_t>(tensor, random, std::min(below, 128.0)); break;
    case DType::u8: fill<std::uint8_t>(tensor, random, std::min(below, 256.0)); break;
    case DType::boolean: fill<bool>(tensor, random, 2); break;
    default: break;  // zeros serve for f16 and bf16
  }
  return tensor;
}

Result<std::vector<LoadedInput>> random_inputs(const BenchInputFlags& flags, const Engine& engine, int largest) {
  std::vector<LoadedInput> inputs;
  std::vector<Shape> shapes;
  std::int64_t items = kItems;
  for (std::size_t i = 0; i < engine.inputs().size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(const Shape shape, item_shape(flags, engine, i));
    RHEO_ASSIGN_OR_RETURN(const std::int64_t elements, shape.checked_elements());
    const auto bytes =
        static_cast<std::int64_t>(size_bytes(engine.inputs()[i].dtype)) * std::max<std::int64_t>(elements, 1);
    items = std::min(items, std::max<std::int64_t>(1, kRandomBytes / bytes));
    shapes.push_back(shape);
  }
  SplitMix64 random(flags.seed);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::int64_t rows = counts_items(engine) ? std::max<std::int64_t>(items, largest) : 0;
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, random_tensor(engine.inputs()[i], shapes[i], rows, flags, random));
    inputs.push_back({engine.inputs()[i].name, std::move(tensor)});
  }
  return inputs;
}

}  // namespace

Result<BenchInputs> BenchInputs::make(const BenchInputFlags& flags, const Engine& engine, int largest) {
  BenchInputs inputs;
  RHEO_ASSIGN_OR_RETURN(inputs.tensors_,
                        flags.files.empty() ? random_inputs(flags, engine, largest) : read_inputs(flags.files, engine));
  inputs.counts_items_ = counts_items(engine);
  if (!inputs.counts_items_ && largest > 1) {
    return Status(StatusCode::invalid_argument,
                  "This model says itself how many items a request holds, so a batch of " + std::to_string(largest) +
                      " cannot be timed: leave --batch out; --fixed-batch is the number of items then.");
  }
  if (!inputs.counts_items_) return inputs;
  for (const LoadedInput& input : inputs.tensors_) {
    const Shape& shape = input.tensor.shape();
    const std::int64_t items = shape.rank() == 0 ? 0 : shape[0];
    if (items < largest || (inputs.items_ != 0 && items != inputs.items_)) {
      return Status(StatusCode::invalid_argument,
                    "--data must hold at least " + std::to_string(largest) +
                        " inputs along its first axis, and as many in every file; '" + input.name + "' is " +
                        std::string(name_of(input.tensor.dtype())) + " " + shape.to_string() + ".");
    }
    inputs.items_ = items;
  }
  return inputs;
}

std::vector<NamedInput> BenchInputs::batch(std::int64_t number, int batch) const {
  if (!counts_items_) {
    std::vector<NamedInput> all;
    for (const LoadedInput& input : tensors_) all.push_back({input.name, input.tensor.view()});
    return all;
  }
  const std::int64_t places = items_ - batch + 1;
  const std::int64_t first = ((number * batch) % places + places) % places;
  std::vector<NamedInput> views;
  views.reserve(tensors_.size());
  for (const LoadedInput& input : tensors_) {
    const TensorView all = input.tensor.view();
    Shape shape = all.shape();
    shape[0] = batch;
    const auto offset = static_cast<std::size_t>(first * all.strides()[0]) * size_bytes(all.dtype());
    const auto* start = static_cast<const std::byte*>(all.data());
    views.push_back({input.name, TensorView(start + offset, all.dtype(), shape)});
  }
  return views;
}

}  // namespace rheo::cli
