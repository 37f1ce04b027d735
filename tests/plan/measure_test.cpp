// SPDX-License-Identifier: Apache-2.0
// Kernels here spin for a known time, so what measuring must find is known as well.
#include "plan/measure.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "plan/planner.h"
#include "plan/timing.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

class Spinner : public Kernel, public BoundKernel {
 public:
  explicit Spinner(int microseconds) : microseconds_(microseconds) {}
  std::string implementation() const override { return "spin"; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers&) const override {
    return std::unique_ptr<BoundKernel>(new Spinner(microseconds_));
  }
  Status run(ThreadPool*) override {
    const std::int64_t end_ns = now_ns() + 1000 * microseconds_;
    while (now_ns() < end_ns) {
    }
    return {};
  }

 private:
  int microseconds_;
};

template <Layout layout, int microseconds>
Result<std::unique_ptr<Kernel>> make_conv(const KernelRequest& request) {
  if (request.inputs[0].layout != layout || request.outputs[0].layout != layout) {
    return Status(StatusCode::unsupported, "It takes another layout.");
  }
  return std::unique_ptr<Kernel>(new Spinner(microseconds));
}

template <int microseconds>
Result<std::unique_ptr<Kernel>> make_any(const KernelRequest&) {
  return std::unique_ptr<Kernel>(new Spinner(microseconds));
}

class Unbindable : public Kernel {
 public:
  std::string implementation() const override { return "never"; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers&) const override {
    return Status(StatusCode::resource_exhausted, "No.");
  }
};

Result<std::unique_ptr<Kernel>> make_unbindable(const KernelRequest&) {
  return std::unique_ptr<Kernel>(new Unbindable());
}

constexpr std::array kFastBlocks = {
    KernelEntry{OpKind::conv2d, "spin.slow_wide", &make_conv<Layout::nhwc, 120>},
    KernelEntry{OpKind::conv2d, "spin.wide", &make_conv<Layout::nhwc, 80>},
    KernelEntry{OpKind::conv2d, "spin.blocked", &make_conv<Layout::nchw16c, 20>},
    KernelEntry{OpKind::conv2d, "spin.unbindable", &make_unbindable},
    KernelEntry{OpKind::reorder, "spin.reorder", &make_any<10>},
};
constexpr std::array kSlowReorders = {
    KernelEntry{OpKind::conv2d, "spin.slow_wide", &make_conv<Layout::nhwc, 120>},
    KernelEntry{OpKind::conv2d, "spin.wide", &make_conv<Layout::nhwc, 60>},
    KernelEntry{OpKind::conv2d, "spin.blocked", &make_conv<Layout::nchw16c, 20>},
    KernelEntry{OpKind::reorder, "spin.reorder", &make_any<400>},
};

// One channel in, one pixel out: nhwc needs no reorder at all.
std::shared_ptr<const Graph> chain() {
  testing::Net net;
  ValueId x = net.input({kDynamic, 1, 9, 9});
  x = net.conv(x, 32, 3, 2, "first");
  x = net.conv(x, 32, 3, 2, "second");
  x = net.node(OpKind::conv2d, {x, net.constant({32, 32, 3, 3})}, {{"strides", std::vector<std::int64_t>{1, 1}}},
               "third");
  net.exit("only", net.node(OpKind::flatten, {x}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}));
  return net.build();
}

TEST(MeasureChoices, FastBlocksWinWhereReordersAreCheap) {
  const auto choices = measure_choices_from({kFastBlocks, {}}, chain(), {}).value();
  ASSERT_EQ(choices.size(), 3U);
  for (const char* node : {"first", "second", "third"}) {
    EXPECT_EQ(choices.at(node).kernel, "spin.blocked") << node;
    EXPECT_EQ(choices.at(node).layout, Layout::nchw16c) << node;
  }
}

TEST(MeasureChoices, TheFasterKernelOfOneLayoutWinsWhereReordersAreDear) {
  const auto graph = chain();
  const KernelLists lists = {kSlowReorders, {}};
  const auto choices = measure_choices_from(lists, graph, {}).value();
  for (const auto& [node, choice] : choices) {
    EXPECT_EQ(choice.kernel, "spin.wide") << node;
    EXPECT_EQ(choice.layout, Layout::nhwc) << node;
  }
  PlanOptions options;
  options.choices = &choices;
  EXPECT_EQ(make_plan_from(lists, graph, options).value()->ops().size(), 3U);
}

TEST(MeasureChoices, ErrorsAreThoseOfMakingAPlan) {
  const auto choices = measure_choices_from({}, chain(), {});
  ASSERT_FALSE(choices.ok());
  EXPECT_EQ(choices.status().code(), StatusCode::unsupported);
  EXPECT_NE(choices.status().message().find("first"), std::string::npos);
}

}  // namespace
}  // namespace rheo
