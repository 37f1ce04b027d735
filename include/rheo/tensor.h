// SPDX-License-Identifier: Apache-2.0
// Dense arrays: `Shape`, `TensorView` (never owns), `Tensor` (owns). Shapes are logical, pictures are
// [batch, channels, height, width]; how a plan lays values out in memory is its own affair.
// Values: copy freely. A const object may be read from many threads at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <rheo/export.h>
#include <rheo/status.h>

namespace rheo {

// Element types. bf16 and f16 are raw 16-bit patterns, little endian.
enum class DType : std::uint8_t { f32, bf16, f16, i8, u8, i32, i64, boolean };

RHEO_EXPORT std::size_t size_bytes(DType dtype);    // of one element
RHEO_EXPORT std::string_view name_of(DType dtype);  // "f32", "bf16", ..., "bool"
RHEO_EXPORT Result<DType> dtype_from_name(std::string_view name);

// The C++ type that holds one element of a DType in the caller's code.
template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::f32;
}
template <>
constexpr DType dtype_of<std::int8_t>() {
  return DType::i8;
}
template <>
constexpr DType dtype_of<std::uint8_t>() {
  return DType::u8;
}
template <>
constexpr DType dtype_of<std::int32_t>() {
  return DType::i32;
}
template <>
constexpr DType dtype_of<std::int64_t>() {
  return DType::i64;
}
template <>
constexpr DType dtype_of<bool>() {
  return DType::boolean;
}

// A dimension that is only known when a request arrives; used for the batch dimension of a model.
inline constexpr std::int64_t kDynamic = -1;

// Up to kMaxRank dimensions, held inline. Rank 0 is a scalar of one element.
class RHEO_EXPORT Shape {
 public:
  static constexpr std::size_t kMaxRank = 8;

  Shape() = default;
  // More than kMaxRank dimensions are cut off; loaders check the rank before they build a Shape.
  Shape(std::initializer_list<std::int64_t> dims);
  explicit Shape(std::span<const std::int64_t> dims);

  std::size_t rank() const { return rank_; }
  std::int64_t operator[](std::size_t axis) const { return dims_[axis]; }
  std::int64_t& operator[](std::size_t axis) { return dims_[axis]; }
  std::span<const std::int64_t> dims() const { return {dims_.data(), rank_}; }
  // Appends one dimension; false (and no change) when the rank is full.
  bool push_back(std::int64_t dim);

  bool is_static() const;  // no dimension is kDynamic
  // Product of the dimensions; 1 for a scalar. Call on static shapes that passed checked_elements(). A product beyond
  // 64 bits stops at the largest integer.
  std::int64_t elements() const;
  // The same with overflow, negative and dynamic dimensions refused.
  Result<std::int64_t> checked_elements() const;
  std::string to_string() const;  // "[1, 3, 224, 224]", "?" for a dynamic dimension

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<std::int64_t, kMaxRank> dims_{};
  std::size_t rank_ = 0;
};

// Somebody else's elements, row-major and dense unless strides are given. The memory must outlive the view.
class RHEO_EXPORT TensorView {
 public:
  TensorView() = default;
  TensorView(const void* data, DType dtype, Shape shape);
  // `strides` in elements, one per dimension.
  TensorView(const void* data, DType dtype, Shape shape, Shape strides);
  template <typename T>
  TensorView(const T* data, Shape shape) : TensorView(static_cast<const void*>(data), dtype_of<T>(), shape) {}
  template <typename T>
  TensorView(std::span<const T> data, Shape shape) : TensorView(data.data(), shape) {}

  const void* data() const { return data_; }
  template <typename T>
  std::span<const T> as() const {  // dense views of T only
    return {static_cast<const T*>(data_), static_cast<std::size_t>(shape_.elements())};
  }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  const Shape& strides() const { return strides_; }  // in elements
  bool is_dense() const { return dense_; }
  std::size_t size_bytes() const;  // of the elements, without gaps

 private:
  const void* data_ = nullptr;
  DType dtype_ = DType::f32;
  bool dense_ = true;
  Shape shape_;
  Shape strides_;
};

// Owns its elements: row-major, dense, aligned to kAlignment bytes. Moves are cheap, a copy shares the same elements,
// `clone` makes new ones.
class RHEO_EXPORT Tensor {
 public:
  static constexpr std::size_t kAlignment = 64;

  Tensor() = default;
  // Zero-filled. resource_exhausted with the byte count when memory is short.
  static Result<Tensor> zeros(DType dtype, const Shape& shape);
  // A dense copy of `view`, strided or not.
  static Result<Tensor> copy_of(const TensorView& view);
  template <typename T>
  static Result<Tensor> of(std::initializer_list<T> values, const Shape& shape) {
    if (static_cast<std::int64_t>(values.size()) != shape.elements()) {
      return Status(StatusCode::invalid_argument, "The values given do not fill the shape " + shape.to_string() + ".");
    }
    return copy_of(TensorView(std::span<const T>(values.begin(), values.size()), shape));
  }
  // Elements that somebody else keeps alive through `owner` (a mapped file, say): shared, never copied.
  static Tensor share(std::shared_ptr<const void> owner, const void* data, DType dtype, const Shape& shape);

  bool empty() const { return view_.data() == nullptr; }
  DType dtype() const { return view_.dtype(); }
  const Shape& shape() const { return view_.shape(); }
  std::size_t size_bytes() const { return view_.size_bytes(); }
  const TensorView& view() const { return view_; }
  operator TensorView() const { return view_; }  // NOLINT(google-explicit-constructor): a Tensor is usable as its view
  const void* data() const { return view_.data(); }
  void* mutable_data() { return data_; }  // null for shared elements
  template <typename T>
  std::span<const T> as() const {
    return view_.as<T>();
  }
  template <typename T>
  std::span<T> as_mutable() {
    return {static_cast<T*>(data_), data_ == nullptr ? 0 : static_cast<std::size_t>(shape().elements())};
  }
  Result<Tensor> clone() const { return copy_of(view_); }

 private:
  std::shared_ptr<const void> owner_;
  void* data_ = nullptr;
  TensorView view_;
};

}  // namespace rheo
