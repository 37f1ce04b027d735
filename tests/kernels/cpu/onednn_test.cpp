// SPDX-License-Identifier: Apache-2.0
// The host's OpenMP setting stays as it was: tests kernels/cpu/dnnl/adapter.cpp and conv2d.cpp.
#include "kernels/cpu/dnnl/adapter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/environment.h"
#include "support/kernel_runner.h"
#include "support/tensors.h"

extern "C" {
__attribute__((weak)) int omp_get_max_threads(void);
__attribute__((weak)) void omp_set_num_threads(int threads);
}

namespace rheo {
namespace {

TEST(SingleThreadScope, SetsOneThreadAndRestoresTheHostsCount) {
  if (omp_set_num_threads == nullptr) GTEST_SKIP() << "This oneDNN does not use OpenMP.";
  omp_set_num_threads(3);
  {
    const onednn::SingleThreadScope scope;
    EXPECT_EQ(omp_get_max_threads(), 1);
  }
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST(SingleThreadScope, IsKeptByEveryKernel) {
  if (omp_set_num_threads == nullptr) GTEST_SKIP() << "This oneDNN does not use OpenMP.";
  omp_set_num_threads(5);
  testing::KernelRun run;
  run.isa = select_isa(environment("RHEO_MAX_ISA")).value();
  run.inputs = {{testing::random_tensor_of(DType::f32, {1, 16, 8, 8}, 1), {}, Layout::nhwc},
                {testing::random_tensor_of(DType::f32, {16, 16, 3, 3}, 2), {}, Layout::plain, true}};
  run.output_layout = Layout::nhwc;
  const auto outcome = testing::run_kernel(testing::entry_of(cpu_kernels(), "dnnl.conv2d"), run);
  EXPECT_TRUE(outcome.ok() || outcome.status().code() == StatusCode::unsupported) << outcome.status().message();
  EXPECT_EQ(omp_get_max_threads(), 5);
}

// A NaN must reach the logits, which the loop then refuses to trust: what would lose it is refused when it is made.
TEST(DnnlConv2d, KeepsNanAndRefusesTheClampThatWouldLoseIt) {
  const Isa isa = select_isa(environment("RHEO_MAX_ISA")).value();
  if (!onednn::check_isa(isa).ok()) GTEST_SKIP() << onednn::check_isa(isa).message();
  const std::vector<double> pixels(16 * 64, std::numeric_limits<double>::quiet_NaN());
  testing::KernelRun run;
  run.isa = isa;
  run.inputs = {{testing::tensor_of(DType::f32, {1, 16, 8, 8}, pixels), {}, Layout::nhwc},
                {testing::random_tensor_of(DType::f32, {16, 16, 1, 1}, 2), {}, Layout::plain, true}};
  run.output_layout = Layout::nhwc;
  const KernelEntry& entry = testing::entry_of(cpu_kernels(), "dnnl.conv2d");
  for (const char* activation : {"", "relu"}) {
    run.attributes.set("activation", std::string(activation));
    const auto outcome = testing::run_kernel(entry, run);
    ASSERT_TRUE(outcome.ok()) << outcome.status().message();
    for (double value : testing::values_of(outcome->outputs[0])) {
      ASSERT_TRUE(std::isnan(value)) << outcome->implementation << " " << activation;
    }
  }
  run.attributes.set("activation", std::string("clamp"));
  run.attributes.set("alpha", 0.0);
  run.attributes.set("beta", 6.0);
  EXPECT_EQ(testing::run_kernel(entry, run).status().code(), StatusCode::unsupported);
}

TEST(Guarded, TurnsWhatOneDnnThrowsIntoAStatus) {
  const auto result =
      onednn::guarded([]() -> Result<int> { throw dnnl::error(dnnl_invalid_arguments, "could not do it"); });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().message(), "oneDNN refused: could not do it.");
}

TEST(CheckIsa, NamesBothSidesWhenItRefuses) {
  const Status status = onednn::check_isa(Isa::portable);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("portable"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace rheo
