// SPDX-License-Identifier: Apache-2.0
#include "load/import_constant.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/try.h"

namespace rheo {
namespace {

Result<Tensor> filled_one(ImportCall& call, const Tensor& number, const std::vector<std::int64_t>& sizes) {
  if (sizes.size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  const Shape shape(sizes);
  RHEO_RETURN_IF_ERROR(call.emitter().book(number.dtype(), shape, call.place()));
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(number.dtype(), shape));
  const std::size_t width = size_bytes(number.dtype());
  const auto* from = static_cast<const std::byte*>(number.data());
  auto* to = static_cast<std::byte*>(tensor.mutable_data());
  for (std::size_t at = 0; at < tensor.size_bytes(); at += width) std::copy_n(from, width, to + at);
  return tensor;
}

template <typename T>
Result<Tensor> range_from(ImportCall& call, const std::array<const ImportValue*, 3>& values, std::size_t trial) {
  std::array<T, 3> settings{};
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (!values[i]->is_known()) return call.refuse("counts between numbers that the model computes");
    const Tensor& elements = values[i]->elements()[trial];
    if (elements.dtype() != rheo::dtype_of<T>() || elements.shape().elements() != 1) {
      return call.refuse("counts between what are no numbers of one type");
    }
    settings[i] = elements.as<T>()[0];
  }
  const auto [start, limit, step] = settings;
  const double steps = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(step));
  if (!(step < 0 || step > 0) || !(steps < 1e15)) return call.refuse("never reaches its limit");
  const Shape shape{std::max<std::int64_t>(0, static_cast<std::int64_t>(steps))};
  RHEO_RETURN_IF_ERROR(call.emitter().book(rheo::dtype_of<T>(), shape, call.place()));
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::zeros(rheo::dtype_of<T>(), shape));
  std::int64_t count = 0;
  for (T& element : tensor.as_mutable<T>()) element = static_cast<T>(start + static_cast<T>(count++) * step);
  return tensor;
}

template <typename T>
Result<ImportValue> range_of(ImportCall& call, const std::array<const ImportValue*, 3>& values) {
  PerTrial<Tensor> elements;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    RHEO_ASSIGN_OR_RETURN(elements[trial], range_from<T>(call, values, trial));
  }
  return ImportValue::known(std::move(elements));
}

}  // namespace

Result<ImportValue> filled(ImportCall& call, const Tensor& number, const Sizes& shape) {
  if (number.shape().elements() != 1) return call.refuse("fills a shape with more than one number");
  PerTrial<Tensor> elements;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (trial > 0 && shape[trial] == shape[0]) {
      elements[trial] = elements[0];
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(elements[trial], filled_one(call, number, shape[trial]));
  }
  return ImportValue::known(std::move(elements));
}

Result<ImportValue> range(ImportCall& call, const ImportValue& start, const ImportValue& limit,
                          const ImportValue& step) {
  const std::array values = {&start, &limit, &step};
  if (call.dtype_of(start) == DType::f32) return range_of<float>(call, values);
  if (call.dtype_of(start) == DType::i32) return range_of<std::int32_t>(call, values);
  return range_of<std::int64_t>(call, values);
}

}  // namespace rheo
