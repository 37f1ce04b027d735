// SPDX-License-Identifier: Apache-2.0
#include "load/import_call.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace rheo {
namespace {

using testing::f32_of;
using testing::tensor_of;

class ImportCallTest : public ::testing::Test {
 protected:
  ImportEmitter emitter{LoadLimits()};
  ImportCall call{emitter, {"here", "Op"}};
};

TEST_F(ImportCallTest, ReadsNumbersThatAreKnown) {
  const ImportValue whole = ImportValue::known(tensor_of(DType::i32, {2}, {3, 4}));
  EXPECT_EQ(call.known_integers_per_trial(whole, "input 1").value()[1], (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(call.known_real(ImportValue::known(f32_of({1}, {0.5})), "input 1").value(), 0.5);
  EXPECT_EQ(call.known_real(ImportValue::known(tensor_of(DType::i64, {}, {7})), "input 1").value(), 7);
}

TEST_F(ImportCallTest, RefusesNumbersByTheNameOfTheArgument) {
  const ImportValue x = emitter.add_input("x", {DType::f32, {2}, {}}).value();
  const Status computed = call.known_integers_per_trial(x, "input 1").status();
  EXPECT_EQ(computed.code(), StatusCode::unsupported);
  EXPECT_NE(computed.message().find("'here' (Op) takes its input 1"), std::string::npos) << computed.message();
  EXPECT_FALSE(call.known_integers_per_trial(ImportValue::known(f32_of({1}, {1})), "input 1").ok());
  EXPECT_FALSE(call.known_real(ImportValue::known(f32_of({2}, {1, 2})), "input 1").ok());
  EXPECT_FALSE(call.known_real(ImportValue::known({f32_of({1}, {1}), f32_of({1}, {2})}), "input 1").ok());
}

TEST_F(ImportCallTest, CountsAxesFromTheFront) {
  EXPECT_EQ(call.axis(-1, 3).value(), 2U);
  EXPECT_EQ(call.axis(0, 3).value(), 0U);
  EXPECT_FALSE(call.axis(3, 3).ok());
  EXPECT_FALSE(call.axis(-4, 3).ok());
  EXPECT_FALSE(call.axis(0, 0).ok());
}

TEST_F(ImportCallTest, LeavesOutStepsThatChangeNothing) {
  ImportValue x = emitter.add_input("x", {DType::f32, {kDynamic, 2}, {}}).value();
  EXPECT_EQ(call.transpose(x, {0, 1}).value().id(), x.id());
  EXPECT_EQ(call.cast(x, DType::f32).value().id(), x.id());
  EXPECT_EQ(call.shape_of(call.reshape(x, {kDynamic, 1, 2}).value()), (Shape{kDynamic, 1, 2}));
  EXPECT_EQ(call.dtype_of(call.cast(x, DType::i64).value()), DType::i64);
}

TEST_F(ImportCallTest, ReshapesWhatIsKnownForEachBatch) {
  ImportValue rows = ImportValue::known({testing::random_tensor_of(DType::f32, {kTrialBatches[0], 2}, 1),
                                         testing::random_tensor_of(DType::f32, {kTrialBatches[1], 2}, 2)});
  const ImportValue longer = call.reshape(rows, {kDynamic, 1, 2}).value();
  EXPECT_EQ(longer.elements()[1].shape(), (Shape{kTrialBatches[1], 1, 2}));
}

}  // namespace
}  // namespace rheo
