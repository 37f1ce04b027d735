// SPDX-License-Identifier: Apache-2.0
// What kernels by oneDNN refuse, what they share and what oneDNN's instruction sets are taken for. Tests
// kernels/cpu/dnnl; their results are compared in tests/agree.
#include <gtest/gtest.h>

#include "base/environment.h"
#include "kernels/cpu/dnnl/adapter.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using testing::random_tensor_of;

Isa host_isa() { return select_isa(environment("RHEO_MAX_ISA")).value(); }

std::string refusal_of(std::string_view entry, testing::KernelRun run) {
  run.isa = host_isa();
  const auto outcome = testing::run_kernel(testing::entry_of(cpu_kernels(), entry), run);
  return outcome.ok() ? "accepted by " + outcome->implementation : outcome.status().message();
}

TEST(FactsOf, TakeAnUnknownInstructionSetForWhatItIncludes) {
  using dnnl::cpu_isa;
  EXPECT_EQ(onednn::facts_of(cpu_isa::sse41).isa, Isa::avx2);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx2).isa, Isa::avx2);
  EXPECT_FALSE(onednn::facts_of(cpu_isa::avx2).has_exact_bytes);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx2_vnni).isa, Isa::avx2);
  EXPECT_TRUE(onednn::facts_of(cpu_isa::avx2_vnni).has_exact_bytes);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx512_core).isa, Isa::avx512);
  EXPECT_FALSE(onednn::facts_of(cpu_isa::avx512_core).has_exact_bytes);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx512_core_vnni).isa, Isa::avx512_vnni);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx512_core_bf16).isa, Isa::avx512_vnni_bf16);
  EXPECT_EQ(onednn::facts_of(cpu_isa::avx512_core_amx).isa, Isa::avx512_vnni_bf16);
  const auto newer = [](cpu_isa base, unsigned more) {
    return static_cast<cpu_isa>(static_cast<unsigned>(base) | more);
  };
  EXPECT_EQ(onednn::facts_of(newer(cpu_isa::avx2_vnni, 0x10)).isa, Isa::avx2);  // as AVX2-VNNI-2 is
  EXPECT_EQ(onednn::facts_of(newer(cpu_isa::avx512_core_bf16, 0x100000)).isa, Isa::avx512_vnni_bf16);
}

// Weights in their plain order are what no fast convolution reads.
TEST(Prepare, RefusesASlowImplementationByName) {
  onednn::Convolution plain;
  plain.x = plain.y = onednn::describe({1, 16, 8, 8}, DType::f32, Layout::nhwc);
  plain.weights = onednn::describe({16, 16, 3, 3}, DType::f32, Layout::plain);
  plain.strides = {1, 1};
  plain.dilations = {0, 0};
  plain.pads_begin = plain.pads_end = {1, 1};
  const auto prepared = onednn::guarded([&]() -> Result<std::string> {
    auto made = onednn::prepare(onednn::cpu_engine(), plain, onednn::with_own_scratch());
    if (!made) return made.status();
    return made->implementation;
  });
#if DNNL_VERSION_MAJOR < 3
  ASSERT_FALSE(prepared.ok()) << *prepared;
  EXPECT_NE(prepared.status().message().find("slow ref"), std::string::npos) << prepared.status().message();
#else
  EXPECT_TRUE(!prepared.ok() || prepared->find("ref") == std::string::npos);
#endif
}

TEST(OneDnnPools, LeaveWhereANanMustWinToOwnLoops) {
  if (host_isa() < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  testing::KernelRun run{.attributes = {{"kernel", std::vector<std::int64_t>{2, 2}}},
                         .inputs = {{random_tensor_of(DType::f32, {1, 16, 4, 4}, 1), {}, Layout::nhwc}},
                         .output_layout = Layout::nhwc};
  EXPECT_NE(refusal_of("dnnl.max_pool2d", run).find("NaN"), std::string::npos) << refusal_of("dnnl.max_pool2d", run);
}

TEST(OneDnnPools, RefuseWindowsOfDifferentSizesAndDivisors) {
  testing::KernelRun run{.attributes = {{"output_size", std::vector<std::int64_t>{3, 2}}},
                         .inputs = {{random_tensor_of(DType::f32, {1, 16, 4, 4}, 1), {}, Layout::nhwc}},
                         .output_layout = Layout::nhwc};
  if (host_isa() < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  EXPECT_EQ(refusal_of("dnnl.adaptive_avg_pool2d", run), "The windows differ in size.");
  run.attributes = {{"kernel", std::vector<std::int64_t>{3, 3}}, {"ceil_mode", 1}};
  EXPECT_NE(refusal_of("dnnl.avg_pool2d", run).find("beyond the padding"), std::string::npos);
}

TEST(OneDnnProducts, RefuseASecondLinearFunction) {
  if (host_isa() < Isa::avx512_vnni) GTEST_SKIP() << "The host has no exact 8-bit products.";
  testing::KernelRun run;
  run.inputs = {{random_tensor_of(DType::u8, {2, 32}, 1, 0, 255), {{0.1F}, 0}},
                {random_tensor_of(DType::i8, {16, 32}, 2, -127, 127), {{0.1F}, 0}, {}, true}};
  run.attributes = {{"activation", "hardsigmoid"}, {"out_dtype", "u8"}, {"out_scale", 0.01}};
  EXPECT_NE(refusal_of("dnnl.linear", run).find("hardsigmoid"), std::string::npos);
}

// The weights of one layer are packed once for all plans of an engine.
TEST(OneDnnProducts, ShareTheirPackedWeights) {
  const Isa isa = host_isa();
  if (isa < Isa::avx2) GTEST_SKIP() << "The host is capped to portable.";
  const TensorType x{DType::f32, {4, 64}, {}}, w{DType::f32, {48, 64}, {}}, y{DType::f32, {4, 48}, {}};
  const Tensor weights = random_tensor_of(DType::f32, w.shape, 1);
  const Operand inputs[] = {{&x, Layout::plain, nullptr}, {&w, Layout::plain, &weights}};
  const Operand outputs[] = {{&y, Layout::plain, nullptr}};
  const Attributes none;
  WeightStore store;
  const KernelRequest request{OpKind::linear, &none, inputs, outputs, isa, 1, &store};
  const KernelEntry& entry = testing::entry_of(cpu_kernels(), "dnnl.linear");
  ASSERT_TRUE(entry.make(request).ok()) << entry.make(request).status().message();
  const std::size_t once = store.size_bytes();
  EXPECT_GE(once, weights.size_bytes());
  ASSERT_TRUE(entry.make(request).ok());
  EXPECT_EQ(store.size_bytes(), once);
}

}  // namespace
}  // namespace rheo
