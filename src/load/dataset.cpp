// SPDX-License-Identifier: Apache-2.0
#include "load/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/checked.h"
#include "base/try.h"
#include "load/file.h"
#include "load/idx.h"
#include "load/image_folder.h"
#include "load/npy.h"

namespace rheo {
namespace {

Status unfit(std::string what) { return Status(StatusCode::invalid_argument, std::move(what)); }

// A tensor from an IDX or .npy file, told apart by their first bytes.
Result<Tensor> read_array(const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file));
  Result<Tensor> tensor =
      looks_like_idx(content.bytes) || !file.ends_with(".npy") ? read_idx(content.bytes) : read_npy(content.bytes);
  if (!tensor) return tensor.status().with_context(file);
  return tensor;
}

// The dimensions from `first` on that are not 1: what must agree between data and model.
std::vector<std::int64_t> essential_dims(const Shape& shape, std::size_t first) {
  std::vector<std::int64_t> dims;
  for (std::size_t axis = first; axis < shape.rank(); ++axis) {
    if (shape[axis] != 1) dims.push_back(shape[axis]);
  }
  return dims;
}

Status check_items(const std::string& data, const Tensor& items, const TensorType& input) {
  if (items.shape().rank() == 0 || essential_dims(items.shape(), 1) != essential_dims(input.shape, 1)) {
    return unfit(fmt::format("'{}' is {}, items along the first dimension; the model takes items of {}.", data,
                             items.shape().to_string(), input.shape.to_string()));
  }
  const bool is_stored = items.dtype() == DType::u8 && input.dtype == DType::f32;
  if (items.dtype() != input.dtype && !is_stored) {
    return unfit(fmt::format("'{}' holds {}; the model takes {}{}.", data, name_of(items.dtype()), name_of(input.dtype),
                             input.dtype == DType::f32 ? " (or u8, which is scaled)" : ""));
  }
  return Status();
}

Result<std::vector<std::int32_t>> read_labels(const std::string& file, std::int64_t count) {
  RHEO_ASSIGN_OR_RETURN(const Tensor tensor, read_array(file));
  if (essential_dims(tensor.shape(), 1).size() + (tensor.shape().rank() == 0 ? 1 : 0) != 0 ||
      tensor.shape()[0] != count) {
    return unfit(fmt::format("'{}' is {}; there must be one label for each of the {} items.", file,
                             tensor.shape().to_string(), count));
  }
  std::vector<std::int32_t> labels;
  const auto append = [&](auto elements) {
    for (const auto element : elements) {
      if (element < 0 || static_cast<std::int64_t>(element) > std::numeric_limits<std::int32_t>::max()) return false;
      labels.push_back(static_cast<std::int32_t>(element));
    }
    return true;
  };
  bool in_range = true;
  switch (tensor.dtype()) {
    case DType::u8: in_range = append(tensor.as<std::uint8_t>()); break;
    case DType::i8: in_range = append(tensor.as<std::int8_t>()); break;
    case DType::i32: in_range = append(tensor.as<std::int32_t>()); break;
    case DType::i64: in_range = append(tensor.as<std::int64_t>()); break;
    default: return unfit(fmt::format("'{}' holds {}; labels are whole numbers.", file, name_of(tensor.dtype())));
  }
  if (!in_range) return Status(StatusCode::bad_format, fmt::format("'{}' holds a label below 0 or too large.", file));
  return labels;
}

std::optional<std::int32_t> number_from(std::string_view text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The model's class for each sub-folder: by the model's label, else by number, else by order.
std::vector<std::int32_t> classes_of(const std::vector<std::string>& names, std::span<const std::string> labels) {
  std::vector<std::int32_t> by_label;
  std::vector<std::int32_t> by_number;
  std::vector<std::int32_t> by_order;
  for (const std::string& name : names) {
    const auto found = std::find(labels.begin(), labels.end(), name);
    if (found != labels.end()) by_label.push_back(static_cast<std::int32_t>(found - labels.begin()));
    if (const auto number = number_from(name)) by_number.push_back(*number);
    by_order.push_back(static_cast<std::int32_t>(by_order.size()));
  }
  if (by_label.size() == names.size()) return by_label;
  return by_number.size() == names.size() ? by_number : by_order;
}

// Stored bytes as the model's input, [n, channels, ...] where channels have scales of their own.
void scale_bytes(const std::uint8_t* stored, const Preprocessing& preprocessing, Tensor& out) {
  std::vector<ChannelScale> channels = preprocessing.channels;
  if (channels.empty()) channels.push_back({preprocessing.scale, preprocessing.offset});
  const auto elements = out.as_mutable<float>();
  std::size_t run = elements.size();  // elements in a row that share a scale
  if (channels.size() > 1) run /= static_cast<std::size_t>(out.shape()[0] * out.shape()[1]);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const ChannelScale& channel = channels[i / run % channels.size()];
    elements[i] = static_cast<float>(stored[i] * channel.scale + channel.offset);
  }
}

Status read_folder(const std::string& folder, const Graph& graph, Dataset& dataset) {
  if (dataset.input.shape.rank() != 4) {
    return unfit(fmt::format("'{}' is a folder of pictures, but the model's input is {}; use a .npy file.", folder,
                             dataset.input.shape.to_string()));
  }
  const auto channels = static_cast<int>(std::min<std::int64_t>(dataset.input.shape[1], 1024));
  PictureFit fit;
  if (dataset.preprocessing.crop > 0) {
    constexpr std::int64_t kLargestSide = 1 << 16;
    fit = {static_cast<int>(std::min(dataset.input.shape[2], kLargestSide)),
           static_cast<int>(std::min(dataset.input.shape[3], kLargestSide)), dataset.preprocessing.crop};
  }
  RHEO_ASSIGN_OR_RETURN(ImageFolder images, read_image_folder(folder, channels, fit));
  dataset.items = std::move(images.images);
  const std::vector<std::int32_t> classes = classes_of(images.classes, graph.labels());
  for (const std::int32_t label : images.labels) dataset.labels.push_back(classes[static_cast<std::size_t>(label)]);
  return Status();
}

Status check_labels(const std::string& data, const Graph& graph, Labels need, const Dataset& dataset) {
  if (dataset.labels.empty() && need == Labels::required && dataset.size() > 0) {
    return unfit(
        fmt::format("'{}' has no labels; name a file of labels, or sort the pictures into one sub-folder per "
                    "class.",
                    data));
  }
  const auto classes = static_cast<std::int32_t>(graph.labels().size());
  const auto largest = std::max_element(dataset.labels.begin(), dataset.labels.end());
  if (classes > 0 && largest != dataset.labels.end() && *largest >= classes) {
    return unfit(
        fmt::format("'{}' has the label {}; the model has {} classes, 0 to {}.", data, *largest, classes, classes - 1));
  }
  return Status();
}

}  // namespace

Status Dataset::read_items(std::int64_t first, std::int64_t count, Tensor& out) const {
  const std::optional<std::int64_t> end = checked_add(first, count);
  if (first < 0 || count < 1 || !end || *end > size()) {
    return unfit(fmt::format("Items {} to {} were asked for; there are {}.", first, first + (count - 1), size()));
  }
  Shape shape = input.shape;
  shape[0] = count;
  if (out.mutable_data() == nullptr || out.dtype() != input.dtype || out.shape() != shape) {
    RHEO_ASSIGN_OR_RETURN(out, Tensor::zeros(input.dtype, shape));
  }
  const auto item_elements = static_cast<std::size_t>(shape.elements() / count);
  const std::size_t item_bytes = item_elements * size_bytes(items.dtype());
  const auto* from = static_cast<const std::byte*>(items.data()) + static_cast<std::size_t>(first) * item_bytes;
  if (items.dtype() == input.dtype) {
    std::memcpy(out.mutable_data(), from, static_cast<std::size_t>(count) * item_bytes);
    return Status();
  }
  scale_bytes(reinterpret_cast<const std::uint8_t*>(from), preprocessing, out);
  return Status();
}

Status Dataset::read_item(std::int64_t index, Tensor& out) const { return read_items(index, 1, out); }

std::string Dataset::fingerprint() const {
  const std::uint64_t of_items = XXH3_64bits(items.data(), items.size_bytes());
  return fmt::format("{:016x}", XXH3_64bits_withSeed(labels.data(), labels.size() * sizeof(std::int32_t), of_items));
}

Result<Dataset> open_dataset(const std::string& data, const std::string& labels, const Graph& graph, Labels need,
                             std::size_t input_index) {
  if (input_index >= graph.inputs().size()) {
    return unfit(fmt::format("The model has {} inputs; there is no input {}.", graph.inputs().size(), input_index));
  }
  const GraphInput& input = graph.inputs()[input_index];
  Dataset dataset;
  dataset.input = graph.value(input.value).type;
  dataset.preprocessing = input.preprocessing;
  if (dataset.input.shape.rank() == 0) return unfit("The model's input has no dimension along which items could lie.");
  std::error_code ignored;
  if (std::filesystem::is_directory(data, ignored)) {
    RHEO_RETURN_IF_ERROR(read_folder(data, graph, dataset));
  } else {
    RHEO_ASSIGN_OR_RETURN(dataset.items, read_array(data));
  }
  RHEO_RETURN_IF_ERROR(check_items(data, dataset.items, dataset.input));
  if (!labels.empty()) {
    RHEO_ASSIGN_OR_RETURN(dataset.labels, read_labels(labels, dataset.size()));
  }
  RHEO_RETURN_IF_ERROR(check_labels(labels.empty() ? data : labels, graph, need, dataset));
  dataset.input.shape[0] = 1;
  return dataset;
}

}  // namespace rheo
