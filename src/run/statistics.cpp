// SPDX-License-Identifier: Apache-2.0
#include "run/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "run/picture_sums.h"

namespace rheo {
namespace {

// The pictures of a view, one after another: its last two dimensions if it has four, else its last one.
class Pictures {
 public:
  explicit Pictures(const TensorView& view)
      : shape_(view.shape()), strides_(view.strides()), data_(static_cast<const float*>(view.data())) {
    const std::size_t rank = shape_.rank();
    outer_rank_ = rank == 4 ? 2 : rank - std::min<std::size_t>(rank, 1);
    picture_.rows = rank == 4 ? shape_[2] : 1;
    picture_.row_stride = rank == 4 ? strides_[2] : 0;
    picture_.columns = rank == 0 ? 1 : shape_[rank - 1];
    picture_.column_stride = rank == 0 ? 1 : strides_[rank - 1];
  }

  template <typename F>
  void for_each(F&& f) const {
    Picture picture = picture_;
    std::int64_t pictures = 1;
    for (std::size_t axis = 0; axis < outer_rank_; ++axis) pictures *= shape_[axis];
    for (std::int64_t i = 0; i < pictures; ++i) {
      picture.data = data_;
      std::int64_t left = i;
      for (std::size_t axis = outer_rank_; axis-- > 0; left /= shape_[axis]) {
        picture.data += left % shape_[axis] * strides_[axis];
      }
      f(picture);
    }
  }

  bool has_dense_rows() const { return picture_.column_stride == 1; }
  double count() const { return static_cast<double>(shape_.elements()); }
  double neighbour_pairs() const {
    const auto rows = static_cast<double>(picture_.rows);
    const auto columns = static_cast<double>(picture_.columns);
    return count() / (rows * columns) * (rows * (columns - 1) + (rows - 1) * columns);
  }

 private:
  Shape shape_;
  Shape strides_;
  const float* data_;
  std::size_t outer_rank_ = 0;
  Picture picture_;
};

// ln n - (1/n) sum c ln c, in nats.
double entropy_of(const Histogram& histogram, double count) {
  double sum = 0;
  for (std::uint64_t bin : histogram) {
    if (bin > 1) sum += static_cast<double>(bin) * std::log(static_cast<double>(bin));
  }
  return std::log(count) - sum / count;
}

}  // namespace

InputStatistics input_statistics(const TensorView& view, Isa isa) {
  InputStatistics statistics;
  if (view.dtype() != DType::f32 || view.data() == nullptr || view.shape().elements() == 0) return statistics;
  const Pictures pictures(view);
  const PictureLoops& loops =
      isa >= Isa::avx512 && pictures.has_dense_rows() ? kAvx512PictureLoops : kPortablePictureLoops;
  const float shift = *static_cast<const float*>(view.data());  // keeps the squares small where the mean is large
  PictureSums sums;
  sums.smallest = shift;
  sums.largest = shift;
  pictures.for_each([&](const Picture& picture) { loops.add_sums(picture, shift, sums); });
  const double count = pictures.count();
  const double mean = sums.sum / count;
  if (!std::isfinite(mean)) {
    statistics.mean = std::numeric_limits<float>::quiet_NaN();
    statistics.variance = statistics.mean;
    return statistics;
  }
  statistics.mean = static_cast<float>(static_cast<double>(shift) + mean);
  statistics.variance = static_cast<float>(std::fmax(0.0, sums.squares / count - mean * mean));
  const double pairs = pictures.neighbour_pairs();
  if (pairs > 0) statistics.gradient_energy = static_cast<float>(sums.gradients / pairs);
  const float scale = static_cast<float>(kHistogramBins) / (sums.largest - sums.smallest);
  if (!(scale > 0) || !std::isfinite(scale)) return statistics;  // all elements alike, or a range beyond f32
  Histogram histogram{};
  pictures.for_each([&](const Picture& picture) { loops.add_histogram(picture, sums.smallest, scale, histogram); });
  statistics.entropy = static_cast<float>(entropy_of(histogram, count));
  return statistics;
}

}  // namespace rheo
