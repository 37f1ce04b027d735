// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/pool_windows.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

// What window_spans says in closed form, counted one window position at a time.
TEST(WindowSpans, AreWhatCountingGives) {
  constexpr std::int64_t kIn = 11;
  for (std::int64_t kernel : {1, 2, 3, 7}) {
    for (std::int64_t stride : {1, 2, 4}) {
      for (std::int64_t dilation : {1, 2, 3}) {
        for (std::int64_t pad : {0, 1, 3}) {
          const Window2d window{.kernel = {kernel, 1},
                                .strides = {stride, 1},
                                .dilations = {dilation, 1},
                                .pads_begin = {pad, 0},
                                .pads_end = {pad, 0}};
          const std::int64_t room = kIn + 2 * pad - window.extent(0);
          if (room < 0) continue;
          const std::vector<PoolSpan> spans =
              window_spans(window, 0, kIn, room / stride + 1, PoolDivisor::window_in_input);
          for (std::size_t i = 0; i < spans.size(); ++i) {
            std::vector<std::int64_t> inside;
            for (std::int64_t k = 0; k < kernel; ++k) {
              const std::int64_t at = static_cast<std::int64_t>(i) * stride - pad + k * dilation;
              if (at >= 0 && at < kIn) inside.push_back(at);
            }
            ASSERT_EQ(spans[i].count, static_cast<std::int64_t>(inside.size())) << kernel << stride << dilation << pad;
            if (inside.empty()) continue;
            EXPECT_EQ(spans[i].first, inside.front()) << kernel << stride << dilation << pad;
            EXPECT_EQ(spans[i].step, dilation);
          }
        }
      }
    }
  }
}

// Counting would take 10^12 steps: a model file must not be able to hold up its loading.
TEST(WindowSpans, OfAHugeWindowTakeNoTime) {
  constexpr std::int64_t kKernel = 1 << 20;
  constexpr std::int64_t kIn = 1 << 21;
  const Window2d window{.kernel = {kKernel, 1}};
  const std::vector<PoolSpan> spans =
      window_spans(window, 0, kIn, kIn - kKernel + 1, PoolDivisor::window_in_padded_input);
  ASSERT_EQ(static_cast<std::int64_t>(spans.size()), kIn - kKernel + 1);
  EXPECT_EQ(spans.back().first, kIn - kKernel);
  EXPECT_EQ(spans.back().count, kKernel);
  EXPECT_EQ(spans.back().divisor, kKernel);
}

}  // namespace
}  // namespace rheo
