// SPDX-License-Identifier: Apache-2.0
// Every precision of a small network with three exits, planned with the kernels of this host in every way the planner
// has: by default, by measurement, in batches, moved from batch to batch. The oracle is the interpreter: the lowered
// graph itself for mistakes of planning and kernels, the f32 graph for what a precision may cost.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/environment.h"
#include "plan/measure.h"
#include "run/frame.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "support/tensors.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::random_tensor;

constexpr int kExits = 3;

Isa best_isa() { return select_isa(environment("RHEO_MAX_ISA")).value(); }

Tensor picture(std::uint64_t seed) { return random_tensor({1, 1, 12, 12}, seed, 0, 1); }

// Ranges of every value over some pictures, as calibration would find them.
Ranges ranges_of(const Graph& graph) {
  Ranges ranges;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Tensor input = picture(seed);
    const auto values = testing::interpret(graph, std::span(&input, 1)).value();
    for (std::size_t id = 0; id < values.size(); ++id) {
      if (graph.values()[id].is_constant() || values[id].dtype() != DType::f32) continue;
      auto [entry, added] = ranges.try_emplace(graph.values()[id].name);
      for (float x : values[id].as<float>()) {
        entry->second.low = added ? x : std::min(entry->second.low, x);
        entry->second.high = added ? x : std::max(entry->second.high, x);
        added = false;
      }
    }
  }
  return ranges;
}

using Answers = std::vector<std::vector<float>>;  // per exit

Answers interpreted(const Graph& graph, const Tensor& input) {
  Answers answers;
  const std::vector<Tensor> exits = testing::interpret_exits(graph, std::span(&input, 1)).value();
  for (const Tensor& exit : exits) {
    answers.emplace_back(exit.as<float>().begin(), exit.as<float>().end());
  }
  return answers;
}

std::vector<float> row(const Frame& frame, int exit, std::int64_t index) {
  const TensorView answer = frame.exit_output(exit);
  const auto width = static_cast<std::size_t>(answer.shape()[1]);
  const auto all = answer.as<float>().subspan(static_cast<std::size_t>(index) * width, width);
  return {all.begin(), all.end()};
}

void expect_close(const std::vector<float>& got, const std::vector<float>& wanted, float tolerance,
                  const std::string& where) {
  ASSERT_EQ(got.size(), wanted.size());
  float largest = 1;
  for (float x : wanted) largest = std::max(largest, std::abs(x));
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], tolerance * largest) << where;
}

// What rounding alone may do between two ways to compute the same lowered graph. In 8 bits one value may fall to the
// other side of a tie and be one step off from there on.
float rounding_of(Precision precision) {
  if (precision == Precision::f32) return 1e-4f;
  return precision == Precision::bf16 ? 0.02f : 0.04f;
}

// What the precision itself may cost against f32 on this network.
float cost_of(Precision precision) {
  if (precision == Precision::f32) return 1e-4f;
  return precision == Precision::bf16 ? 0.03f : 0.10f;
}

class Paths : public ::testing::TestWithParam<Precision> {
 protected:
  void SetUp() override {
    f32_ = optimize(testing::three_exit_graph()).value();
    auto lowered = lower(f32_, GetParam(), ranges_of(*f32_));
    ASSERT_TRUE(lowered.ok()) << lowered.status().message();
    graph_ = *lowered;
    options_.isa = best_isa();
    options_.allow_reference = true;  // a capped host has no fast kernel for some precisions
    options_.weights = std::make_shared<WeightStore>();
  }

  std::unique_ptr<Frame> frame(std::int64_t batch, const KernelChoices* choices = nullptr) {
    PlanOptions options = options_;
    options.batch = batch;
    options.choices = choices;
    auto plan = make_plan(graph_, options);
    EXPECT_TRUE(plan.ok()) << plan.status().message();
    return Frame::create(*plan).value();
  }

  void expect_interpreter(Frame& frame, std::int64_t index, const Tensor& input, int first_exit,
                          const std::string& what) {
    const Answers wanted = interpreted(*graph_, input);
    for (int exit = first_exit; exit < kExits; ++exit) {
      expect_close(row(frame, exit, index), wanted[static_cast<std::size_t>(exit)], rounding_of(GetParam()),
                   what + ", exit " + std::to_string(exit));
    }
  }

  GraphPointer f32_;
  GraphPointer graph_;
  PlanOptions options_;
};

TEST_P(Paths, TheDefaultPlanAgreesWithTheInterpreter) {
  const auto one = frame(1);
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    ASSERT_TRUE(one->set_input(0, 0, picture(seed)).ok());
    ASSERT_TRUE(one->run_to(kExits - 1, {}).ok());
    expect_interpreter(*one, 0, picture(seed), 0, "default plan");
  }
}

// The loop refuses to answer from logits that are not finite, so a NaN must not be lost between input and exits.
TEST_P(Paths, ANanInTheInputReachesEveryExit) {
  if (GetParam() == Precision::int8) GTEST_SKIP() << "A NaN that is quantised is 0.";
  std::vector<double> pixels = testing::values_of(picture(20));
  pixels[6 * 12 + 6] = std::numeric_limits<double>::quiet_NaN();
  const auto one = frame(1);
  ASSERT_TRUE(one->set_input(0, 0, testing::f32_of({1, 1, 12, 12}, pixels)).ok());
  ASSERT_TRUE(one->run_to(kExits - 1, {}).ok());
  for (int exit = 0; exit < kExits; ++exit) {
    const std::vector<float> logits = row(*one, exit, 0);
    EXPECT_TRUE(std::any_of(logits.begin(), logits.end(), [](float x) { return std::isnan(x); })) << exit;
  }
}

TEST_P(Paths, TheMeasuredPlanAgreesWithTheInterpreter) {
  const auto choices = measure_choices(graph_, options_);
  ASSERT_TRUE(choices.ok()) << choices.status().message();
  for (std::int64_t batch : {1, 3}) {
    const auto measured = frame(batch, &*choices);
    for (std::int64_t index = 0; index < batch; ++index) {
      ASSERT_TRUE(measured->set_input(0, index, picture(static_cast<std::uint64_t>(30 + index))).ok());
    }
    for (int exit = 0; exit < kExits; ++exit) ASSERT_TRUE(measured->run_to(exit, {}).ok());
    for (std::int64_t index = 0; index < batch; ++index) {
      expect_interpreter(*measured, index, picture(static_cast<std::uint64_t>(30 + index)), 0, "measured plan");
    }
  }
}

TEST_P(Paths, BlockedPicturesEverywhereAgreeToo) {
  // Every call that some kernel can serve in nchw16c is forced there, whether it pays or not.
  const auto plain = frame(1);
  KernelChoices choices;
  for (const PlanOp& op : plain->plan().ops()) {
    if (op.node == kNoNode) continue;
    for (const KernelEntry& entry : cpu_kernels()) {
      if (entry.op != op.kind) continue;
      const KernelChoices forced = {{op.name, {std::string(entry.name), Layout::nchw16c}}};
      PlanOptions options = options_;
      options.choices = &forced;
      const Slot& output = plain->plan().slots()[static_cast<std::size_t>(op.outputs[0])];
      if (output.type.shape.rank() == 4 && make_plan(graph_, options).ok()) choices[op.name] = forced.begin()->second;
    }
  }
  const auto blocked = frame(2, &choices);
  ASSERT_TRUE(blocked->set_input(0, 0, picture(40)).ok());
  ASSERT_TRUE(blocked->set_input(0, 1, picture(41)).ok());
  ASSERT_TRUE(blocked->run_to(kExits - 1, {}).ok());
  expect_interpreter(*blocked, 0, picture(40), 0, "blocked plan");
  expect_interpreter(*blocked, 1, picture(41), 0, "blocked plan");
}

TEST_P(Paths, ItemsMovedBetweenBatchesAnswerAsTheyWouldAlone) {
  const auto four = frame(4);
  const auto two = frame(2);
  for (int stages = 1; stages < kExits; ++stages) {
    for (std::int64_t index = 0; index < 4; ++index) {
      ASSERT_TRUE(four->set_input(0, index, picture(static_cast<std::uint64_t>(50 + index))).ok());
    }
    ASSERT_TRUE(four->run_to(stages - 1, {}).ok());
    ASSERT_TRUE(two->adopt_row(*four, 3, 0, stages).ok());
    ASSERT_TRUE(two->adopt_row(*four, 0, 1, stages).ok());
    two->resume_at(stages);
    ASSERT_TRUE(two->run_to(kExits - 1, {}).ok());
    expect_interpreter(*two, 0, picture(53), stages, "moved after " + std::to_string(stages));
    expect_interpreter(*two, 1, picture(50), stages, "moved after " + std::to_string(stages));
  }
}

TEST_P(Paths, ThreadsChangeNothingButRounding) {
  ThreadPool pool(2);
  options_.threads = 2;
  const auto shared = frame(1);
  RunControl control;
  control.pool = &pool;
  ASSERT_TRUE(shared->set_input(0, 0, picture(60)).ok());
  ASSERT_TRUE(shared->run_to(kExits - 1, control).ok());
  expect_interpreter(*shared, 0, picture(60), 0, "two threads");
}

TEST_P(Paths, ThePrecisionCostsWhatItMayCost) {
  const auto one = frame(1);
  for (std::uint64_t seed = 70; seed < 80; ++seed) {
    ASSERT_TRUE(one->set_input(0, 0, picture(seed)).ok());
    ASSERT_TRUE(one->run_to(kExits - 1, {}).ok());
    const Answers wanted = interpreted(*f32_, picture(seed));
    for (int exit = 0; exit < kExits; ++exit) {
      expect_close(row(*one, exit, 0), wanted[static_cast<std::size_t>(exit)], cost_of(GetParam()),
                   "against f32, exit " + std::to_string(exit));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, Paths, ::testing::Values(Precision::f32, Precision::bf16, Precision::int8),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace
}  // namespace rheo
