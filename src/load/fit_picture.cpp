// SPDX-License-Identifier: Apache-2.0
#include "load/fit_picture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rheo {
namespace {

// What one pixel of the result is made of along one side.
struct Window {
  std::size_t first = 0;
  std::vector<float> weights;  // of neighbours from `first` on; they sum to 1
};

// `count` windows over the part [begin, begin + length) of a side of `size` pixels.
std::vector<Window> windows(int size, double begin, double length, int count) {
  const double step = length / count;
  const double reach = std::max(1.0, step);  // of the triangle, to either side of its middle
  std::vector<Window> all;
  for (int i = 0; i < count; ++i) {
    const double middle = begin + (i + 0.5) * step;
    const int first = std::max(0, static_cast<int>(std::floor(middle - reach)));
    const int end = std::min(size, static_cast<int>(std::ceil(middle + reach)));
    Window window;
    window.first = static_cast<std::size_t>(first);
    float sum = 0;
    for (int pixel = first; pixel < end; ++pixel) {
      const double distance = std::fabs(pixel + 0.5 - middle);
      window.weights.push_back(static_cast<float>(std::max(0.0, 1 - distance / reach)));
      sum += window.weights.back();
    }
    for (float& weight : window.weights) weight /= sum;
    all.push_back(std::move(window));
  }
  return all;
}

}  // namespace

std::vector<std::uint8_t> fit_picture(std::span<const std::uint8_t> pixels, int height, int width, int channels,
                                      const PictureFit& fit) {
  // The largest part of the wanted aspect, then its middle.
  const double scale =
      fit.crop * std::min(static_cast<double>(height) / fit.height, static_cast<double>(width) / fit.width);
  const double part_height = scale * fit.height;
  const double part_width = scale * fit.width;
  const std::vector<Window> rows = windows(height, (height - part_height) / 2, part_height, fit.height);
  const std::vector<Window> columns = windows(width, (width - part_width) / 2, part_width, fit.width);
  const auto stride = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  const auto planes = static_cast<std::size_t>(channels);
  const std::size_t area = rows.size() * columns.size();
  std::vector<std::uint8_t> result(planes * area);
  std::vector<float> blended(stride);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    std::fill(blended.begin(), blended.end(), 0.0F);
    for (std::size_t tap = 0; tap < rows[y].weights.size(); ++tap) {
      const auto row = pixels.subspan((rows[y].first + tap) * stride, stride);
      for (std::size_t i = 0; i < stride; ++i) blended[i] += rows[y].weights[tap] * static_cast<float>(row[i]);
    }
    for (std::size_t x = 0; x < columns.size(); ++x) {
      for (std::size_t channel = 0; channel < planes; ++channel) {
        float sum = 0;
        for (std::size_t tap = 0; tap < columns[x].weights.size(); ++tap) {
          sum += columns[x].weights[tap] * blended[(columns[x].first + tap) * planes + channel];
        }
        result[channel * area + y * columns.size() + x] =
            static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
      }
    }
  }
  return result;
}

}  // namespace rheo
