// SPDX-License-Identifier: Apache-2.0
// cast of the CPU backend against the reference, every pair of element types. Tests kernels/cpu/cast.cpp.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

const DType kAll[] = {DType::f32, DType::bf16, DType::f16, DType::i8,
                      DType::u8,  DType::i32,  DType::i64, DType::boolean};

// What each type makes of these when it is written is the first thing a cast of it starts from.
std::vector<double> values() {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> list = {kNan, kInfinity, -kInfinity, 0, -0.0, 1, -1, 0.5, -0.5, 0.999, -0.999, 1.5, 2.5, 1e-40};
  // Around the limits of every integer type, of f16, and of what a float and a double hold exactly.
  for (double limit : {127.0, 128.0, 255.0, 256.0, 2048.0, 65504.0, 65520.0, 0x1p24, 0x1p31, 0x1p32, 0x1p53, 0x1p63}) {
    for (double value : {limit - 1, limit - 0.5, limit, limit + 0.5, limit + 1, limit * 1.0000001}) {
      list.push_back(value);
      list.push_back(-value);
    }
  }
  list.insert(list.end(), {1e30, -1e30, 3e38, 0x1p-24, 0x1p-25, 0x1.8p-25, 6.1e-5});
  return list;
}

TEST(AgreeCast, OfEveryPairOfTypes) {
  const std::vector<double> list = values();
  const Compare exact = [](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
    return is_close(outcome.outputs[0], expected, Tolerance{});
  };
  for (DType from : kAll) {
    for (DType to : kAll) {
      SCOPED_TRACE(fmt::format("{} -> {}", name_of(from), name_of(to)));
      const KernelRun run{.attributes = {{"dtype", std::string(name_of(to))}},
                          .inputs = {{tensor_of(from, {static_cast<std::int64_t>(list.size())}, list)}}};
      expect_agreement(OpKind::cast, run, exact);
    }
  }
}

TEST(AgreeCast, OfPictures) {
  for (DType from : kAll) {
    SCOPED_TRACE(name_of(from));
    const Tensor x = random_tensor_of(from, {2, 19, 5, 3}, 7, 0, 1);
    for (const char* to : {"i32", "f16", "u8"}) {
      expect_agreement(OpKind::cast, {.attributes = {{"dtype", to}}, .inputs = {{x}}});
    }
  }
}

}  // namespace
}  // namespace rheo::testing
