// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/weights.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "base/checked.h"
#include "base/try.h"
#include "load/json_fields.h"

namespace rheo::pt2 {
namespace {

Status broken(std::string_view what) { return {StatusCode::bad_format, std::string(what)}; }

std::size_t stored_bytes(std::string_view dtype) {
  if (dtype == "f64" || dtype == "i64") return 8;
  if (dtype == "f32" || dtype == "i32") return 4;
  return dtype == "u8" || dtype == "i8" || dtype == "bool" ? 1 : 2;
}

// Where the elements lie: a shape, and for each dimension how many elements its steps are apart.
struct Layout {
  Shape shape;
  std::array<std::int64_t, Shape::kMaxRank> strides{};
  std::int64_t offset = 0;
  std::int64_t elements = 0;
  bool is_dense = true;  // row by row without gaps
};

Result<Layout> layout_of(const TensorMeta& meta) {
  Layout layout;
  std::int64_t dense = 1;
  for (std::size_t axis = 0; axis < meta.sizes.size(); ++axis) {
    if (!meta.sizes[axis].expression.empty() || !meta.strides[axis].expression.empty()) {
      return Status(StatusCode::unsupported, "A weight has an open size.");
    }
    layout.shape.push_back(meta.sizes[axis].number);
    layout.strides[axis] = meta.strides[axis].number;
  }
  if (!meta.storage_offset.expression.empty()) return Status(StatusCode::unsupported, "A weight has an open place.");
  layout.offset = meta.storage_offset.number;
  RHEO_ASSIGN_OR_RETURN(layout.elements, layout.shape.checked_elements());
  for (std::size_t axis = layout.shape.rank(); axis-- > 0 && layout.elements > 0;) {
    if (layout.shape[axis] != 1 && layout.strides[axis] != dense) layout.is_dense = false;
    dense *= layout.shape[axis];
  }
  return layout;
}

// All of it lies inside of `storage_bytes`, each element of `width` bytes.
Status check_inside(const Layout& layout, std::size_t storage_bytes, std::size_t width) {
  if (layout.elements == 0) return {};
  std::optional<std::int64_t> last = layout.offset;
  for (std::size_t axis = 0; axis < layout.shape.rank() && last; ++axis) {
    const auto reach = checked_mul(layout.shape[axis] - 1, layout.strides[axis]);
    last = reach ? checked_add(*last, *reach) : std::nullopt;
  }
  const auto end = last ? checked_add(*last, std::int64_t{1}) : std::nullopt;
  if (end && static_cast<std::uint64_t>(*end) <= storage_bytes / width) return {};
  return broken("A weight reaches beyond its entry.");
}

// A few stored elements may be said to repeat along a dimension; no more of that than a few megabytes.
Status check_measure(const Layout& layout, std::size_t storage_bytes, std::size_t width, const LoadLimits& limits) {
  constexpr std::size_t kAlwaysAllowed = std::size_t{64} << 20;
  const std::size_t bytes = saturating_mul(static_cast<std::size_t>(layout.elements), width);
  if (bytes <= limits.tensor_bytes && (bytes <= kAlwaysAllowed || bytes / 4 <= storage_bytes)) return {};
  return {StatusCode::limit_exceeded,
          fmt::format("A weight has {} bytes, more than its entry of {} justifies.", bytes, storage_bytes)};
}

template <typename From, typename To>
void convert(const std::byte* from, To& to) {
  From stored{};
  std::memcpy(&stored, from, sizeof stored);
  if constexpr (std::is_same_v<To, bool>) {
    to = stored != 0;
  } else {
    to = static_cast<To>(stored);
  }
}

template <typename From, typename To>
void gather(const std::byte* storage, const Layout& layout, Tensor& tensor) {
  std::array<std::int64_t, Shape::kMaxRank> place{};
  std::int64_t at = layout.offset;
  auto* const to = static_cast<To*>(tensor.mutable_data());
  for (std::int64_t i = 0; i < layout.elements; ++i) {
    convert<From>(storage + static_cast<std::size_t>(at) * sizeof(From), to[i]);
    for (std::size_t axis = layout.shape.rank(); axis-- > 0;) {
      at += layout.strides[axis];
      if (++place[axis] < layout.shape[axis]) break;
      at -= layout.strides[axis] * layout.shape[axis];
      place[axis] = 0;
    }
  }
}

void gather_as(std::string_view dtype, const std::byte* storage, const Layout& layout, Tensor& tensor) {
  if (dtype == "f64") return gather<double, float>(storage, layout, tensor);
  if (dtype == "i16") return gather<std::int16_t, std::int32_t>(storage, layout, tensor);
  if (dtype == "bool") return gather<std::uint8_t, bool>(storage, layout, tensor);
  switch (stored_bytes(dtype)) {
    case 8: return gather<std::uint64_t, std::uint64_t>(storage, layout, tensor);
    case 4: return gather<std::uint32_t, std::uint32_t>(storage, layout, tensor);
    case 2: return gather<std::uint16_t, std::uint16_t>(storage, layout, tensor);
    default: return gather<std::uint8_t, std::uint8_t>(storage, layout, tensor);
  }
}

// Keeps the file mapped; a weight that nobody uses any more, because it was folded into another, takes no memory.
std::shared_ptr<const void> view_of(const std::shared_ptr<const void>& owner, std::span<const std::byte> elements) {
  return {elements.data(), [owner, elements](const void*) { forget_pages(owner, elements); }};
}

}  // namespace

Result<DType> computed_dtype(std::string_view name) {
  if (name == "f64") return DType::f32;
  if (name == "i16") return DType::i32;
  const auto dtype = dtype_from_name(name);
  if (dtype) return *dtype;
  return Status(StatusCode::unsupported, fmt::format("Rheo has no elements of type {}.", name));
}

Result<std::map<std::string, Payload, std::less<>>> parse_payloads(std::string_view json, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const JsonValue tree, parse_json(json, limits));
  JsonFields root(tree, "The list of weights");
  const JsonValue* config = root.value("config");
  RHEO_RETURN_IF_ERROR(root.finish_open());
  const auto* members = config->as<JsonValue::Object>();
  if (members == nullptr) return broken("The list of weights holds no object 'config'.");
  if (members->size() > limits.tensors) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("The model has {} weights, more than the limit of {}.", members->size(), limits.tensors));
  }
  std::map<std::string, Payload, std::less<>> payloads;
  for (const auto& [name, value] : *members) {
    const std::string where = fmt::format("weight '{}'", name);
    JsonFields fields(value, where);
    Payload payload;
    fields.name("path_name", payload.entry, limits.name_bytes);
    const JsonValue* pickled = fields.value("use_pickle");
    const JsonValue* meta = fields.value("tensor_meta");
    RHEO_RETURN_IF_ERROR(fields.finish_open());
    payload.is_pickled = pickled->as<bool>() == nullptr || *pickled->as<bool>();
    if (!payload.is_pickled) {
      RHEO_ASSIGN_OR_RETURN(payload.meta, parse_tensor_meta(*meta, where));
    }
    payloads.emplace(name, std::move(payload));
  }
  return payloads;
}

Result<Tensor> tensor_of(const FileBytes& storage, const TensorMeta& meta, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const DType dtype, computed_dtype(meta.dtype));
  RHEO_ASSIGN_OR_RETURN(const Layout layout, layout_of(meta));
  const std::size_t width = stored_bytes(meta.dtype);
  RHEO_RETURN_IF_ERROR(check_inside(layout, storage.bytes.size(), width));
  RHEO_RETURN_IF_ERROR(check_measure(layout, storage.bytes.size(), width, limits));
  if (layout.elements == 0) return Tensor::zeros(dtype, layout.shape);
  const std::byte* first = storage.bytes.data() + static_cast<std::size_t>(layout.offset) * width;
  const bool is_plain = layout.is_dense && size_bytes(dtype) == width && dtype != DType::boolean;
  if (is_plain && reinterpret_cast<std::uintptr_t>(first) % Tensor::kAlignment == 0) {
    const std::span elements(first, static_cast<std::size_t>(layout.elements) * width);
    return Tensor::share(view_of(storage.owner, elements), first, dtype, layout.shape);
  }
  if (is_plain) return Tensor::copy_of(TensorView(first, dtype, layout.shape));
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(dtype, layout.shape));
  gather_as(meta.dtype, storage.bytes.data(), layout, tensor);
  return tensor;
}

}  // namespace rheo::pt2
