// SPDX-License-Identifier: Apache-2.0
#include "run/frame.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/clock.h"
#include "plan/planner.h"
#include "support/allocation_count.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::random_tensor;

// Reference kernels only: their bits do not depend on the batch size.
std::shared_ptr<const Plan> reference_plan(const GraphPointer& graph, std::int64_t batch) {
  PlanOptions options;
  options.batch = batch;
  options.allow_reference = true;
  return make_plan_from({{}, reference_kernels()}, graph, options).value();
}

std::unique_ptr<Frame> frame_of(const GraphPointer& graph, std::int64_t batch = 1) {
  return Frame::create(reference_plan(graph, batch)).value();
}

Tensor picture(std::uint64_t seed) { return random_tensor({1, 1, 12, 12}, seed, 0, 1); }

std::vector<float> row_of(const TensorView& answers, std::int64_t row) {
  const auto all = answers.as<float>();
  const std::size_t width = all.size() / static_cast<std::size_t>(answers.shape()[0]);
  const auto* begin = all.data() + static_cast<std::size_t>(row) * width;
  return {begin, begin + width};
}

std::vector<float> answer_alone(const GraphPointer& graph, const Tensor& input, int exit) {
  const auto frame = frame_of(graph);
  EXPECT_TRUE(frame->set_input(0, 0, input).ok());
  EXPECT_TRUE(frame->run_to(exit, {}).ok());
  return row_of(frame->exit_output(exit), 0);
}

TEST(Frame, EveryExitEqualsTheInterpreter) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto frame = frame_of(graph);
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    const Tensor input = picture(seed);
    const auto exits = testing::interpret_exits(*graph, std::span(&input, 1)).value();
    ASSERT_TRUE(frame->set_input(0, 0, input).ok());
    const Status done = frame->run_to(2, {});
    ASSERT_TRUE(done.ok()) << done.message();
    for (int exit = 0; exit < 3; ++exit) {
      const auto answer = frame->exit_output(exit).as<float>();
      const auto wanted = exits[static_cast<std::size_t>(exit)].as<float>();
      ASSERT_EQ(answer.size(), wanted.size());
      for (std::size_t i = 0; i < answer.size(); ++i) EXPECT_NEAR(answer[i], wanted[i], 1e-5f) << "exit " << exit;
    }
  }
}

TEST(Frame, RunsNodesWithSeveralOutputs) {
  const GraphPointer graph = testing::recurrent_graph();
  const Tensor input = random_tensor({1, 5, 3}, 1);
  const Tensor wanted = testing::interpret_exits(*graph, std::span(&input, 1)).value()[0];
  for (const bool is_reference : {true, false}) {
    PlanOptions options;
    options.allow_reference = is_reference;
    const KernelLists lists{is_reference ? std::span<const KernelEntry>() : cpu_kernels(), reference_kernels()};
    const auto frame = Frame::create(make_plan_from(lists, graph, options).value()).value();
    ASSERT_TRUE(frame->set_input(0, 0, input).ok());
    ASSERT_TRUE(frame->run_to(0, {}).ok());
    const std::vector<float> answer = row_of(frame->exit_output(0), 0);
    for (std::size_t i = 0; i < answer.size(); ++i) EXPECT_NEAR(answer[i], wanted.as<float>()[i], 1e-5F);
  }
}

struct OpCounts {
  std::vector<int> runs;
  static void after_op(void* context, const Frame&, int op, std::int64_t) {
    ++static_cast<OpCounts*>(context)->runs[static_cast<std::size_t>(op)];
  }
};

TEST(Frame, ResumingGivesTheSameBitsAndRunsEveryOpOnce) {
  const GraphPointer graph = testing::three_exit_graph();
  const Tensor input = picture(5);
  const auto straight = answer_alone(graph, input, 2);

  const auto frame = frame_of(graph);
  OpCounts counts{std::vector<int>(frame->plan().ops().size(), 0)};
  RunControl control;
  control.after_op = &OpCounts::after_op;
  control.context = &counts;
  ASSERT_TRUE(frame->set_input(0, 0, input).ok());
  for (int exit : {0, 0, 1, 0, 2, 1}) {
    ASSERT_TRUE(frame->run_to(exit, control).ok());
    EXPECT_GE(frame->stages_done(), exit + 1);
  }
  EXPECT_EQ(row_of(frame->exit_output(2), 0), straight);
  EXPECT_EQ(row_of(frame->exit_output(0), 0), answer_alone(graph, input, 0)) << "earlier answers stay readable";
  for (std::size_t op = 0; op < counts.runs.size(); ++op) EXPECT_EQ(counts.runs[op], 1) << frame->plan().ops()[op].name;
}

TEST(Frame, AnEarlyExitRunsNothingBehindIt) {
  const auto frame = frame_of(testing::three_exit_graph());
  OpCounts counts{std::vector<int>(frame->plan().ops().size(), 0)};
  RunControl control;
  control.after_op = &OpCounts::after_op;
  control.context = &counts;
  ASSERT_TRUE(frame->set_input(0, 0, picture(1)).ok());
  ASSERT_TRUE(frame->run_to(0, control).ok());
  for (std::size_t op = 0; op < counts.runs.size(); ++op) {
    EXPECT_EQ(counts.runs[op], frame->plan().ops()[op].stage == 0 ? 1 : 0);
  }
}

TEST(Frame, SettingAnInputStartsOver) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto frame = frame_of(graph);
  for (std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1}}) {
    ASSERT_TRUE(frame->set_input(0, 0, picture(seed)).ok());
    EXPECT_EQ(frame->stages_done(), 0);
    ASSERT_TRUE(frame->run_to(2, {}).ok());
    EXPECT_EQ(row_of(frame->exit_output(2), 0), answer_alone(graph, picture(seed), 2));
  }
}

TEST(Frame, RowsOfABatchAreIndependent) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto frame = frame_of(graph, 3);
  for (std::int64_t row = 0; row < 3; ++row) {
    ASSERT_TRUE(frame->set_input(0, row, picture(static_cast<std::uint64_t>(row) + 1)).ok());
  }
  ASSERT_TRUE(frame->run_to(2, {}).ok());
  EXPECT_EQ(frame->exit_output(2).shape(), (Shape{3, 5}));
  for (std::int64_t row = 0; row < 3; ++row) {
    EXPECT_EQ(row_of(frame->exit_output(2), row), answer_alone(graph, picture(static_cast<std::uint64_t>(row) + 1), 2));
  }
}

TEST(Frame, SurvivorsOfABatchGoOnInASmallerOne) {
  const GraphPointer graph = testing::three_exit_graph();
  for (int stages : {1, 2}) {
    const auto four = frame_of(graph, 4);
    for (std::int64_t row = 0; row < 4; ++row) {
      ASSERT_TRUE(four->set_input(0, row, picture(static_cast<std::uint64_t>(row) + 1)).ok());
    }
    ASSERT_TRUE(four->run_to(stages - 1, {}).ok());
    const auto two = frame_of(graph, 2);
    ASSERT_TRUE(two->adopt_row(*four, 3, 0, stages).ok());
    ASSERT_TRUE(two->adopt_row(*four, 1, 1, stages).ok());
    two->resume_at(stages);
    ASSERT_TRUE(two->run_to(2, {}).ok());
    EXPECT_EQ(row_of(two->exit_output(2), 0), answer_alone(graph, picture(4), 2));
    EXPECT_EQ(row_of(two->exit_output(2), 1), answer_alone(graph, picture(2), 2));

    const auto one = frame_of(graph, 1);
    ASSERT_TRUE(one->adopt_row(*four, 2, 0, stages).ok());
    one->resume_at(stages);
    ASSERT_TRUE(one->run_to(2, {}).ok());
    EXPECT_EQ(row_of(one->exit_output(2), 0), answer_alone(graph, picture(3), 2));
  }
}

TEST(Frame, RowsThatCannotMoveAreRefused) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto two = frame_of(graph, 2);
  const auto one = frame_of(graph, 1);
  EXPECT_EQ(one->adopt_row(*two, 0, 0, 1).code(), StatusCode::invalid_argument) << "nothing has run";
  ASSERT_TRUE(two->set_input(0, 0, picture(1)).ok());
  ASSERT_TRUE(two->set_input(0, 1, picture(1)).ok());
  ASSERT_TRUE(two->run_to(0, {}).ok());
  EXPECT_TRUE(one->adopt_row(*two, 1, 0, 1).ok());
  EXPECT_EQ(one->adopt_row(*two, 2, 0, 1).code(), StatusCode::invalid_argument);
  EXPECT_EQ(one->adopt_row(*two, 0, 1, 1).code(), StatusCode::invalid_argument);
  EXPECT_EQ(one->adopt_row(*two, 0, 0, 2).code(), StatusCode::invalid_argument);
  const auto stranger = frame_of(testing::three_exit_graph(2));
  EXPECT_EQ(stranger->adopt_row(*two, 0, 0, 1).code(), StatusCode::invalid_argument);
}

TEST(Frame, APastDeadlineStopsBeforeTheFirstOp) {
  const auto frame = frame_of(testing::three_exit_graph());
  ASSERT_TRUE(frame->set_input(0, 0, picture(1)).ok());
  RunControl control;
  control.deadline_ns = now_ns() - 1;
  const Status late = frame->run_to(0, control);
  EXPECT_EQ(late.code(), StatusCode::deadline_exceeded);
  EXPECT_NE(late.message().find(frame->plan().ops()[0].name), std::string::npos);
  EXPECT_EQ(frame->stages_done(), 0);
}

// Asks to stop after a given op.
struct StopAfter {
  std::stop_source source;
  int op;
  static void after_op(void* context, const Frame&, int op, std::int64_t) {
    auto* self = static_cast<StopAfter*>(context);
    if (op == self->op) self->source.request_stop();
  }
};

TEST(Frame, AStoppedRunGoesOnWhereItStopped) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto expected = answer_alone(graph, picture(6), 2);
  const auto frame = frame_of(graph);
  const int ops = static_cast<int>(frame->plan().ops().size());
  for (int op = 0; op + 1 < ops; ++op) {
    ASSERT_TRUE(frame->set_input(0, 0, picture(6)).ok());
    StopAfter stop{{}, op};
    RunControl control;
    control.stop = stop.source.get_token();
    control.after_op = &StopAfter::after_op;
    control.context = &stop;
    EXPECT_EQ(frame->run_to(2, control).code(), StatusCode::cancelled);
    ASSERT_TRUE(frame->run_to(2, {}).ok());
    EXPECT_EQ(row_of(frame->exit_output(2), 0), expected) << "stopped after op " << op;
  }
}

TEST(Frame, WrongInputsAreNamed) {
  const auto frame = frame_of(testing::three_exit_graph());
  const auto message = [&](int input, std::int64_t row, const TensorView& view) {
    const Status status = frame->set_input(input, row, view);
    EXPECT_EQ(status.code(), StatusCode::invalid_argument);
    return status.message();
  };
  const Tensor wide = random_tensor({1, 1, 12, 13}, 1);
  const Tensor flat = random_tensor({1, 144}, 1);
  const Tensor two = random_tensor({2, 1, 12, 12}, 1);
  const Tensor bytes = Tensor::zeros(DType::u8, {1, 1, 12, 12}).value();
  EXPECT_NE(message(0, 0, wide).find("[1, 1, 12, 13]"), std::string::npos);
  EXPECT_NE(message(0, 0, flat).find("[1, 1, 12, 12]"), std::string::npos);
  EXPECT_NE(message(0, 0, two).find("[2, 1, 12, 12]"), std::string::npos);
  EXPECT_NE(message(0, 0, bytes).find("u8"), std::string::npos);
  EXPECT_NE(message(1, 0, wide).find("no input number 1"), std::string::npos);
  EXPECT_NE(message(0, 1, picture(1)).find("no row 1"), std::string::npos);
  EXPECT_NE(message(0, 0, TensorView(nullptr, DType::f32, {1, 1, 12, 12})).find("null"), std::string::npos);
  EXPECT_EQ(frame->run_to(3, {}).code(), StatusCode::invalid_argument);
  EXPECT_EQ(frame->run_to(-1, {}).code(), StatusCode::invalid_argument);
}

TEST(Frame, StridedInputsAreCopiedInOrder) {
  const GraphPointer graph = testing::three_exit_graph();
  const Tensor transposed = picture(8);
  const TensorView view(transposed.data(), DType::f32, {1, 1, 12, 12}, {144, 144, 1, 12});
  const auto frame = frame_of(graph);
  ASSERT_TRUE(frame->set_input(0, 0, view).ok());
  ASSERT_TRUE(frame->run_to(2, {}).ok());
  EXPECT_EQ(row_of(frame->exit_output(2), 0), answer_alone(graph, Tensor::copy_of(view).value(), 2));
}

TEST(Frame, ARunAllocatesNothing) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto four = frame_of(graph, 4);
  const auto two = frame_of(graph, 2);
  const Tensor input = picture(1);
  const std::size_t before = testing::allocation_count();
  for (std::int64_t row = 0; row < 4; ++row) EXPECT_TRUE(four->set_input(0, row, input).ok());
  EXPECT_TRUE(four->run_to(0, {}).ok());
  EXPECT_TRUE(two->adopt_row(*four, 1, 0, 1).ok());
  two->resume_at(1);
  EXPECT_TRUE(two->run_to(2, {}).ok());
  const Evidence evidence = confidence(two->exit_output(2).as<float>().first(5), PathId{0}, 1);
  EXPECT_EQ(testing::allocation_count() - before, 0U);
  EXPECT_TRUE(evidence.usable);
}

TEST(Frame, PlanningAndMakingSurviveWithoutMemory) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto make = [&]() -> Status {
    PlanOptions options;
    options.allow_reference = true;
    const auto plan = make_plan_from({{}, reference_kernels()}, graph, options);
    return plan.ok() ? Frame::create(*plan).status() : plan.status();
  };
  for (const std::size_t failing_bytes : {256, 1024, 4096}) {
    testing::fail_allocations_of(failing_bytes);
    const Status status = make();
    testing::fail_allocations_of(SIZE_MAX);
    EXPECT_EQ(status.code(), StatusCode::resource_exhausted) << failing_bytes;
    EXPECT_TRUE(make().ok());
  }
}

TEST(Frame, SlotDataShowsWhatAnOpWrote) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto frame = frame_of(graph);
  ASSERT_TRUE(frame->set_input(0, 0, picture(1)).ok());
  const auto* input = reinterpret_cast<const float*>(frame->slot_data(frame->plan().input_slot(0)));
  const Tensor given = picture(1);
  EXPECT_EQ(std::memcmp(input, given.data(), given.size_bytes()), 0);
  EXPECT_EQ(frame->slot_data(0), nullptr);
  EXPECT_EQ(frame->size_bytes(), frame->plan().arena_bytes());
}

TEST(Frame, OutputsOfEveryTypeEqualTheInterpreter) {
  for (const std::int64_t batch : {1, 3}) {
    const GraphPointer graph = testing::encoder_graph();
    const auto frame = frame_of(graph, batch);
    for (std::int64_t row = 0; row < batch; ++row) {
      const Tensor tokens = Tensor::of<std::int64_t>({row, 1, 2, -3, 4, 5}, {1, 6}).value();
      ASSERT_TRUE(frame->set_input(0, row, tokens).ok());
    }
    ASSERT_TRUE(frame->run_to(0, {}).ok());
    for (std::int64_t row = 0; row < batch; ++row) {
      const Tensor tokens = Tensor::of<std::int64_t>({row, 1, 2, -3, 4, 5}, {1, 6}).value();
      const auto expected = testing::interpret_given_out(*graph, std::span(&tokens, 1)).value();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const TensorView got = frame->item_output(i, row);
        ASSERT_EQ(got.dtype(), expected[i].dtype());
        ASSERT_EQ(got.shape(), expected[i].shape());
        EXPECT_EQ(std::memcmp(got.data(), expected[i].data(), got.size_bytes()), 0) << "output " << i;
      }
    }
  }
}

TEST(Frame, AnItemOfAnyShapeRunsAlone) {
  const GraphPointer graph = testing::state_graph();
  const auto frame = frame_of(graph);
  const Tensor x = random_tensor({1, 3}, 1);
  const Tensor state = random_tensor({2, 1, 3}, 2);
  ASSERT_TRUE(frame->set_input(0, 0, x).ok());
  ASSERT_TRUE(frame->set_input(1, 0, state).ok());
  EXPECT_NE(frame->set_input(1, 0, random_tensor({1, 1, 3}, 2)).message().find("[2, 1, 3]"), std::string::npos);
  ASSERT_TRUE(frame->run_to(0, {}).ok());
  const TensorView next = frame->item_output(1, 0);
  ASSERT_EQ(next.shape(), (Shape{2, 1, 3}));
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(next.as<float>()[i], x.as<float>()[i % 3] + state.as<float>()[i]);
  }
}

// What an early stage gives out stays readable while later ones reuse memory, and moves along where it is still needed.
TEST(Frame, EarlyOutputsOutliveTheStagesBehindThem) {
  const GraphPointer graph = testing::three_exits_and_outputs();
  const auto frame = frame_of(graph);
  const Tensor input = picture(3);
  const auto expected = testing::interpret_given_out(*graph, std::span(&input, 1)).value();
  ASSERT_TRUE(frame->set_input(0, 0, input).ok());
  ASSERT_TRUE(frame->run_to(2, {}).ok());
  for (const std::size_t output : {std::size_t{3}, std::size_t{4}, std::size_t{5}}) {
    const TensorView got = frame->item_output(output, 0);
    ASSERT_EQ(got.shape(), expected[output].shape());
    if (got.dtype() == DType::i64) {
      EXPECT_EQ(std::memcmp(got.data(), expected[output].data(), got.size_bytes()), 0);
      continue;
    }
    for (std::size_t i = 0; i < got.as<float>().size(); ++i) {
      EXPECT_NEAR(got.as<float>()[i], expected[output].as<float>()[i], 1e-5F) << "output " << output;
    }
  }
}

// A request that is shorter than the plan: what lies beyond it is zero, also where an earlier input was.
TEST(Frame, ASmallerInputFillsTheCornerOnlyWhenThatIsAskedFor) {
  const GraphPointer graph = testing::three_exit_graph();
  const auto frame = frame_of(graph, 2);
  const Tensor small = random_tensor({1, 1, 7, 5}, 9, 0, 1);
  Tensor whole = Tensor::zeros(DType::f32, {1, 1, 12, 12}).value();
  for (std::size_t y = 0; y < 7; ++y) {
    for (std::size_t x = 0; x < 5; ++x) whole.as_mutable<float>()[y * 12 + x] = small.as<float>()[y * 5 + x];
  }
  for (std::int64_t row = 0; row < 2; ++row) ASSERT_TRUE(frame->set_input(0, row, picture(1)).ok());
  ASSERT_TRUE(frame->run_to(2, {}).ok());
  EXPECT_EQ(frame->set_input(0, 1, small).code(), StatusCode::invalid_argument);
  ASSERT_TRUE(frame->set_input(0, 0, picture(1)).ok());
  ASSERT_TRUE(frame->set_input(0, 1, small, InputFit::corner).ok());
  ASSERT_TRUE(frame->run_to(2, {}).ok());
  EXPECT_EQ(row_of(frame->exit_output(2), 1), answer_alone(graph, whole, 2));
  EXPECT_EQ(row_of(frame->exit_output(2), 0), answer_alone(graph, picture(1), 2)) << "its neighbour";
  const Tensor large = random_tensor({1, 1, 13, 5}, 9);
  EXPECT_EQ(frame->set_input(0, 0, large, InputFit::corner).code(), StatusCode::invalid_argument);
  EXPECT_EQ(frame->set_input(0, 0, random_tensor({7, 5}, 9), InputFit::corner).code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo
