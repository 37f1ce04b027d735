// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>
#include <new>

#include <rheo/tensor.h>

#include "base/checked.h"
#include "base/try.h"
#include "tensor/copy.h"

namespace rheo {
namespace {

// Of shapes that nobody has checked yet: an absurd one gives absurd strides, but no overflow.
Shape dense_strides(const Shape& shape) {
  Shape strides = shape;
  std::int64_t step = 1;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    strides[axis] = step;
    step = checked_mul(step, shape[axis]).value_or(std::numeric_limits<std::int64_t>::max());
  }
  return strides;
}

// Bytes of a dense tensor, for shapes that nobody has checked yet.
Result<std::size_t> checked_bytes(DType dtype, const Shape& shape) {
  const Result<std::int64_t> elements = shape.checked_elements();
  if (!elements) return elements.status();
  const std::optional<std::int64_t> bytes = checked_mul(*elements, static_cast<std::int64_t>(size_bytes(dtype)));
  if (!bytes || *bytes > PTRDIFF_MAX - static_cast<std::int64_t>(Tensor::kAlignment)) {
    return Status(StatusCode::limit_exceeded, "A tensor of shape " + shape.to_string() +
                                                  " has more bytes than the machine can address; check where its "
                                                  "dimensions come from.");
  }
  return static_cast<std::size_t>(*bytes);
}

// Memory of whole lines for `bytes` bytes. A tensor without elements still gets some, so that `empty()` means "no
// tensor" and nothing else. Only what lies behind the elements is zeroed.
Result<std::shared_ptr<std::byte>> allocate(const Shape& shape, std::size_t bytes) {
  const std::size_t allocated_bytes = align_up(bytes == 0 ? 1 : bytes, Tensor::kAlignment);
  void* data = ::operator new (allocated_bytes, std::align_val_t{Tensor::kAlignment}, std::nothrow);
  if (data == nullptr) {
    return Status(StatusCode::resource_exhausted, "No memory for a tensor of shape " + shape.to_string() + " (" +
                                                      std::to_string(bytes) +
                                                      " bytes); free memory or use smaller inputs.");
  }
  std::memset(static_cast<std::byte*>(data) + bytes, 0, allocated_bytes - bytes);
  return std::shared_ptr<std::byte>(static_cast<std::byte*>(data), [](std::byte* owned) {
    ::operator delete (owned, std::align_val_t{Tensor::kAlignment});
  });
}

}  // namespace

TensorView::TensorView(const void* data, DType dtype, Shape shape)
    : data_(data), dtype_(dtype), shape_(shape), strides_(dense_strides(shape)) {}

TensorView::TensorView(const void* data, DType dtype, Shape shape, Shape strides)
    : data_(data), dtype_(dtype), dense_(strides == dense_strides(shape)), shape_(shape), strides_(strides) {}

std::size_t TensorView::size_bytes() const {
  if (!shape_.is_static()) return 0;
  const auto elements = static_cast<std::size_t>(shape_.elements());
  return checked_mul(elements, rheo::size_bytes(dtype_)).value_or(std::numeric_limits<std::size_t>::max());
}

Result<Tensor> Tensor::zeros(DType dtype, const Shape& shape) {
  RHEO_ASSIGN_OR_RETURN(const std::size_t bytes, checked_bytes(dtype, shape));
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<std::byte> memory, allocate(shape, bytes));
  std::memset(memory.get(), 0, bytes);
  Tensor tensor = share(memory, memory.get(), dtype, shape);
  tensor.data_ = memory.get();
  return tensor;
}

Result<Tensor> Tensor::copy_of(const TensorView& view) {
  if (view.strides().rank() != view.shape().rank()) {
    return Status(StatusCode::invalid_argument, "A view of shape " + view.shape().to_string() + " has strides " +
                                                    view.strides().to_string() + "; give one stride per dimension.");
  }
  RHEO_ASSIGN_OR_RETURN(const std::size_t bytes, checked_bytes(view.dtype(), view.shape()));
  if (bytes > 0 && view.data() == nullptr) {
    return Status(StatusCode::invalid_argument, "A view of shape " + view.shape().to_string() +
                                                    " has no data; point it at its elements before it is copied.");
  }
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<std::byte> memory, allocate(view.shape(), bytes));
  if (view.is_dense()) {
    if (bytes > 0) std::memcpy(memory.get(), view.data(), bytes);
  } else {
    copy_elements(view, memory.get(), dense_strides(view.shape()));
  }
  Tensor copy = share(memory, memory.get(), view.dtype(), view.shape());
  copy.data_ = memory.get();
  return copy;
}

Tensor Tensor::share(std::shared_ptr<const void> owner, const void* data, DType dtype, const Shape& shape) {
  Tensor tensor;
  tensor.owner_ = std::move(owner);
  tensor.view_ = TensorView(data, dtype, shape);
  return tensor;
}

}  // namespace rheo
