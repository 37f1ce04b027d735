// SPDX-License-Identifier: Apache-2.0
#include "kernels/joined_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace rheo {
namespace {

// Rows of whole numbers: row y is the sum of input rows y * stride - 1 .. y * stride + 1 that exist, plus the residual,
// plus y; exact however it is cut. It notes how many rows it made, and fills its scratch memory.
struct Sums {
  std::int64_t in_height, stride, columns;
};

class SumRows : public RowKernel {
 public:
  explicit SumRows(const Sums& sums) : sums_(sums) {}
  RowRange reads(RowRange rows) const override {
    return {std::max<std::int64_t>(rows.begin * sums_.stride - 1, 0),
            std::min((rows.end - 1) * sums_.stride + 2, sums_.in_height)};
  }
  std::size_t scratch_bytes(std::int64_t rows) const override { return static_cast<std::size_t>(rows * bytes()); }
  void compute(const RowCall& call) const override {
    if (call.scratch != nullptr) std::memset(call.scratch, 0x5A, scratch_bytes(call.rows.count()));
    for (std::int64_t y = call.rows.begin; y < call.rows.end; ++y) {
      std::vector<float> sum(static_cast<std::size_t>(sums_.columns), static_cast<float>(y));
      const RowRange read = reads({y, y + 1});
      for (std::int64_t row = read.begin; row < read.end; ++row) add(call.input, row - call.input_first, sum);
      if (call.residual != nullptr) add(call.residual, y - call.output_first, sum);
      std::memcpy(call.output + (y - call.output_first) * bytes(), sum.data(), static_cast<std::size_t>(bytes()));
    }
    rows_made += call.rows.count();
  }
  mutable std::atomic<std::int64_t> rows_made = 0;

 private:
  std::int64_t bytes() const { return sums_.columns * static_cast<std::int64_t>(sizeof(float)); }
  void add(const std::byte* rows, std::int64_t row, std::vector<float>& sum) const {
    std::vector<float> values(sum.size());
    std::memcpy(values.data(), rows + row * bytes(), static_cast<std::size_t>(bytes()));
    std::transform(sum.begin(), sum.end(), values.begin(), sum.begin(), std::plus<>());
  }
  Sums sums_;
};

class SumKernel : public Kernel {
 public:
  explicit SumKernel(const Sums& sums) : rows(sums) {}
  std::string implementation() const override { return "sum"; }
  const RowKernel* by_rows() const override { return &rows; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers&) const override {
    return Status(StatusCode::internal, "It is only called by rows.");
  }
  SumRows rows;
};

struct Chain {
  std::int64_t pictures, height, columns;
  std::vector<std::int64_t> strides;
  int residual_part = -1;
  int threads = 1;
};

std::vector<float> numbers(std::int64_t count, int seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>((i * 7 + static_cast<std::size_t>(seed)) % 13);
  return values;
}

// Compares the joined kernel with its parts one after the other; gives the rows that each part made, per picture.
std::vector<std::int64_t> expect_the_same(const Chain& chain) {
  JoinedRequest request;
  request.x_height = chain.height;
  request.x_row_bytes = static_cast<std::size_t>(chain.columns) * sizeof(float);
  request.threads = chain.threads;
  std::vector<std::shared_ptr<const SumKernel>> kernels;
  std::vector<float> residual;
  std::int64_t height = chain.height;
  std::vector<float> expected = numbers(chain.pictures * height * chain.columns, 1);
  const std::vector<float> x = expected;
  for (const std::int64_t stride : chain.strides) {
    kernels.push_back(std::make_shared<SumKernel>(Sums{height, stride, chain.columns}));
    const std::int64_t in_height = height;
    height = (height - 1) / stride + 1;
    JoinedPart part{kernels.back(), chain.pictures, height, request.x_row_bytes};
    const auto size = static_cast<std::size_t>(chain.pictures * height * chain.columns);
    const bool adds = static_cast<int>(request.parts.size()) == chain.residual_part;
    if (adds) {
      residual = numbers(static_cast<std::int64_t>(size), 5);
      part.residual = 1;
      part.residual_row_bytes = request.x_row_bytes;
    }
    std::vector<float> result(size);
    for (std::int64_t picture = 0; picture < chain.pictures; ++picture) {
      RowCall call;
      call.rows = {0, height};
      call.input = reinterpret_cast<const std::byte*>(expected.data() + picture * in_height * chain.columns);
      call.output = reinterpret_cast<std::byte*>(result.data() + picture * height * chain.columns);
      if (adds) call.residual = reinterpret_cast<const std::byte*>(residual.data() + picture * height * chain.columns);
      kernels.back()->rows.compute(call);
    }
    kernels.back()->rows.rows_made = 0;
    expected = std::move(result);
    request.parts.push_back(std::move(part));
  }
  const std::unique_ptr<Kernel> joined = make_joined_kernel(std::move(request));
  std::vector<float> scratch(joined->scratch_bytes() / sizeof(float), -1.0F);
  std::vector<float> y(expected.size(), -1.0F);
  const void* inputs[] = {x.data(), residual.data()};
  void* outputs[] = {y.data()};
  const auto bound = joined->bind({inputs, outputs, scratch.data()}).value();
  ThreadPool pool(chain.threads);
  for (int run = 0; run < 2; ++run) EXPECT_TRUE(bound->run(chain.threads > 1 ? &pool : nullptr).ok());
  EXPECT_EQ(y, expected);
  std::vector<std::int64_t> made;
  for (const auto& kernel : kernels) made.push_back(kernel->rows.rows_made / 2 / chain.pictures);
  return made;
}

TEST(JoinedKernel, ComputesWhatItsPartsCompute) {
  expect_the_same({.pictures = 1, .height = 1, .columns = 1, .strides = {1, 1}});
  expect_the_same({.pictures = 3, .height = 17, .columns = 5, .strides = {1, 1, 1}});
  expect_the_same({.pictures = 2, .height = 13, .columns = 3, .strides = {1, 2, 1, 2}});
}

TEST(JoinedKernel, CutsLargePicturesIntoStripsAndMakesEachRowOnce) {
  // Rows of 32 KiB: eight of them fill what a strip may take.
  const std::int64_t columns = 8192;
  EXPECT_EQ(expect_the_same({.pictures = 2, .height = 37, .columns = columns, .strides = {1, 1, 1}}),
            (std::vector<std::int64_t>{37, 37, 37}));
  EXPECT_EQ(expect_the_same({.pictures = 1, .height = 40, .columns = columns, .strides = {1, 2, 1}}),
            (std::vector<std::int64_t>{40, 20, 20}));
  // Longer than two strips of one row: nothing smaller is possible.
  expect_the_same({.pictures = 1, .height = 5, .columns = 16 * columns, .strides = {1, 1}});
}

TEST(JoinedKernel, AddsAResidualWhereverItIs) {
  for (const int part : {0, 1, 2}) {
    SCOPED_TRACE(part);
    expect_the_same({.pictures = 2, .height = 29, .columns = 4099, .strides = {2, 1, 1}, .residual_part = part});
  }
}

TEST(JoinedKernel, SharesStripsAmongThreads) {
  for (const std::int64_t height : {1, 2, 7, 56}) {
    SCOPED_TRACE(height);
    for (const std::int64_t pictures : {1, 3, 8})
      expect_the_same({.pictures = pictures, .height = height, .columns = 33, .strides = {1, 1, 2}, .threads = 3});
  }
}

TEST(JoinedKernel, NamesItsParts) {
  JoinedRequest request;
  for (int part = 0; part < 2; ++part)
    request.parts.push_back({std::make_shared<SumKernel>(Sums{4, 1, 1}), 1, 4, sizeof(float)});
  request.x_height = 4;
  EXPECT_EQ(make_joined_kernel(std::move(request))->implementation(), "sum > sum");
}

}  // namespace
}  // namespace rheo
