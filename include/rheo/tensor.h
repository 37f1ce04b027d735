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
#include <type_traits>

#include <rheo/export.h>
#include <rheo/status.h>

namespace rheo {

// Element types. bf16 and f16 are raw 16-bit patterns, little endian; what computes in them is the plan's affair.
enum class DType : std::uint8_t { f32, bf16, f16, i8, u8, i32, i64, boolean };

// Bytes of one element: 4, 2, 2, 1, 1, 4, 8, 1.
RHEO_EXPORT std::size_t size_bytes(DType dtype);
// Stable names, used in files, records and messages: "f32", "bf16", "f16", "i8", "u8", "i32", "i64", "bool".
RHEO_EXPORT std::string_view name_of(DType dtype);
// The other way round; invalid_argument names the types there are.
RHEO_EXPORT Result<DType> dtype_from_name(std::string_view name);

// The DType whose elements are T in the caller's code: float, std::int8_t, std::uint8_t, std::int32_t, std::int64_t or
// bool. bf16 and f16 have no such type here: give their bits as `const void*` with the DType beside it.
template <typename T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>) {
    return DType::f32;
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    return DType::i8;
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return DType::u8;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return DType::i32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return DType::i64;
  } else {
    static_assert(std::is_same_v<T, bool>, "No DType has elements of this C++ type.");
    return DType::boolean;
  }
}

// A dimension that is only known when a request arrives; used for the batch dimension of a model.
inline constexpr std::int64_t kDynamic = -1;

// Up to kMaxRank dimensions, held inline: a Shape is a plain value and never allocates. Rank 0 is a scalar of one
// element; a dimension of 0 makes a tensor without elements.
class RHEO_EXPORT Shape {
 public:
  static constexpr std::size_t kMaxRank = 8;

  Shape() = default;
  // More than kMaxRank dimensions are cut off; loaders check the rank before they build a Shape.
  Shape(std::initializer_list<std::int64_t> dims);
  explicit Shape(std::span<const std::int64_t> dims);

  std::size_t rank() const { return rank_; }
  // `axis` is below rank(); it is not checked.
  std::int64_t operator[](std::size_t axis) const { return dims_[axis]; }
  std::int64_t& operator[](std::size_t axis) { return dims_[axis]; }
  // They lie in this Shape, so a temporary refuses: `for (auto dim : shape_of(x).dims())` would outlive its shape.
  std::span<const std::int64_t> dims() const& { return {dims_.data(), rank_}; }
  std::span<const std::int64_t> dims() const&& = delete;
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

// Somebody else's elements, row-major and dense unless strides are given. A view owns nothing: the memory must outlive
// it, and whoever gives a view to `Engine::run` keeps the memory unchanged until the call returns.
//
//   std::vector<float> pixels(3 * 224 * 224);
//   rheo::TensorView image(pixels.data(), {1, 3, 224, 224});
class RHEO_EXPORT TensorView {
 public:
  TensorView() = default;
  // `data` holds the elements of `shape`, row-major without gaps; null only for a view without elements.
  TensorView(const void* data, DType dtype, Shape shape);
  // `strides` in elements, one per dimension: element (i, j, ...) lies at data + i * strides[0] + j * strides[1] + ...
  TensorView(const void* data, DType dtype, Shape shape, Shape strides);
  template <typename T>
  TensorView(const T* data, Shape shape) : TensorView(static_cast<const void*>(data), dtype_of<T>(), shape) {}
  template <typename T>
  TensorView(std::span<const T> data, Shape shape) : TensorView(data.data(), shape) {}

  const void* data() const { return data_; }
  // The elements as T in row-major order. Empty without data, when the elements are of another type, or have gaps
  // between them: ask dtype() and is_dense() where that may be.
  template <typename T>
  std::span<const T> as() const {
    if (data_ == nullptr || dtype_ != dtype_of<T>() || !dense_) return {};
    return {static_cast<const T*>(data_), static_cast<std::size_t>(shape_.elements())};
  }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  const Shape& strides() const { return strides_; }  // in elements
  bool is_dense() const { return dense_; }           // row-major without gaps
  std::size_t size_bytes() const;                    // of the elements, without gaps

 private:
  const void* data_ = nullptr;
  DType dtype_ = DType::f32;
  bool dense_ = true;
  Shape shape_;
  Shape strides_;
};

// Owns its elements: row-major, dense, aligned to kAlignment bytes. Moves are cheap, a copy shares the same elements,
// `clone` makes new ones. Sharing is counted safely between threads; writing through mutable_data() while another
// thread reads the same elements is the caller's race.
class RHEO_EXPORT Tensor {
 public:
  static constexpr std::size_t kAlignment = 64;  // bytes; one AVX-512 register, one cache line

  Tensor() = default;
  // Zero-filled. resource_exhausted with the byte count when memory is short.
  static Result<Tensor> zeros(DType dtype, const Shape& shape);
  // A dense copy of `view`, strided or not.
  static Result<Tensor> copy_of(const TensorView& view);
  // The given elements in row-major order; invalid_argument when they do not fill `shape`.
  template <typename T>
  static Result<Tensor> of(std::initializer_list<T> values, const Shape& shape) {
    if (static_cast<std::int64_t>(values.size()) != shape.elements()) {
      return Status(StatusCode::invalid_argument, "The values given do not fill the shape " + shape.to_string() + ".");
    }
    return copy_of(TensorView(std::span<const T>(values.begin(), values.size()), shape));
  }
  // Elements that somebody else keeps alive through `owner` (a mapped file, say): shared, never copied.
  static Tensor share(std::shared_ptr<const void> owner, const void* data, DType dtype, const Shape& shape);

  // True for a Tensor that was never filled. A tensor with a dimension of 0 is not empty in this sense.
  bool empty() const { return view_.data() == nullptr; }
  DType dtype() const { return view_.dtype(); }
  const Shape& shape() const { return view_.shape(); }
  std::size_t size_bytes() const { return view_.size_bytes(); }
  const TensorView& view() const { return view_; }
  operator TensorView() const { return view_; }  // NOLINT(google-explicit-constructor): a Tensor is usable as its view
  const void* data() const { return view_.data(); }
  void* mutable_data() { return data_; }  // null for elements made by share()
  // As TensorView::as: empty when the elements are of another type.
  template <typename T>
  std::span<const T> as() const {
    return view_.as<T>();
  }
  // The same to write to; empty also for elements made by share().
  template <typename T>
  std::span<T> as_mutable() {
    if (data_ == nullptr || dtype() != dtype_of<T>()) return {};
    return {static_cast<T*>(data_), static_cast<std::size_t>(shape().elements())};
  }
  Result<Tensor> clone() const { return copy_of(view_); }

 private:
  std::shared_ptr<const void> owner_;
  void* data_ = nullptr;
  TensorView view_;
};

}  // namespace rheo
