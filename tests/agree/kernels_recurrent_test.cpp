// SPDX-License-Identifier: Apache-2.0
// lstm, gru and rnn of the CPU backend against the reference, all of their outputs.
#include "agree/kernel_agreement.h"
#include "op/recurrent.h"

namespace rheo::testing {
namespace {

struct Sizes {
  std::int64_t batch, steps, input, hidden;
};

// Weights keep the states around 1 whatever the sizes.
KernelRun run_of(OpKind op, const Sizes& sizes, const Attributes& attributes) {
  const std::int64_t gates = gates_of(op);
  const std::int64_t directions = attributes.text("direction") == "bidirectional" ? 2 : 1;
  const auto weights = [&](std::int64_t columns, std::uint64_t seed) {
    const double range = 1.5 / std::sqrt(static_cast<double>(columns));
    return KernelInput{
        random_tensor_of(DType::f32, {directions, gates * sizes.hidden, columns}, seed, -range, range), {}, {}, true};
  };
  return {.attributes = attributes,
          .inputs = {{random_tensor_of(DType::f32, {sizes.batch, sizes.steps, sizes.input}, 1)},
                     weights(sizes.input, 2),
                     weights(sizes.hidden, 3),
                     {random_tensor_of(DType::f32, {directions, 2 * gates * sizes.hidden}, 4), {}, {}, true}}};
}

// Adds lengths, first states and, for lstm, peepholes.
KernelRun with_everything(OpKind op, KernelRun run, const Sizes& sizes) {
  const std::int64_t directions = run.inputs[1].tensor.shape()[0];
  std::vector<double> lengths;
  for (std::int64_t item = 0; item < sizes.batch; ++item)
    lengths.push_back(static_cast<double>(item * 3 % (sizes.steps + 2)) - (item == 4 ? 5 : 0));
  const Shape state{sizes.batch, directions, sizes.hidden};
  run.inputs.push_back({tensor_of(DType::i32, {sizes.batch}, lengths)});
  run.inputs.push_back({random_tensor_of(DType::f32, state, 5)});
  if (op != OpKind::lstm) return run;
  run.inputs.push_back({random_tensor_of(DType::f32, state, 6)});
  run.inputs.push_back({random_tensor_of(DType::f32, {directions, 3 * sizes.hidden}, 7)});
  return run;
}

// Errors of one step pass through the next ones, damped by the gates.
void expect_states(OpKind op, const KernelRun& run, const Sizes& sizes) {
  const KernelOutcome expected = run_reference(op, run).value();
  const Tolerance tolerance = tolerance_of(DType::f32, 4 * (sizes.input + sizes.hidden));
  expect_agreement(op, run, [&](const KernelEntry&, const KernelOutcome& outcome, const Tensor&) {
    for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
      auto close = is_close(outcome.outputs[i], expected.outputs[i], tolerance);
      if (!close) return close << " in output " << i;
    }
    return ::testing::AssertionSuccess();
  });
}

const Sizes kSizes[] = {{1, 1, 1, 1}, {1, 4, 3, 16}, {7, 5, 9, 33}, {2, 3, 64, 70}, {13, 2, 5, 8}};

TEST(AgreeRecurrent, WithReference) {
  for (OpKind op : {OpKind::lstm, OpKind::gru, OpKind::rnn}) {
    for (const Sizes& sizes : kSizes) {
      for (const char* direction : {"forward", "reverse", "bidirectional"}) {
        SCOPED_TRACE(fmt::format("{} {} {} {}", name_of(op), direction, sizes.batch, sizes.hidden));
        const KernelRun run = run_of(op, sizes, {{"direction", direction}});
        expect_states(op, run, sizes);
        expect_states(op, with_everything(op, run, sizes), sizes);
      }
    }
  }
}

TEST(AgreeRecurrent, WithEverySetting) {
  const Sizes sizes{5, 4, 6, 19};
  const auto expect = [&](OpKind op, const Attributes& attributes) {
    SCOPED_TRACE(name_of(op));
    const KernelRun run = run_of(op, sizes, attributes);
    expect_states(op, run, sizes);
    expect_states(op, with_everything(op, run, sizes), sizes);
  };
  expect(OpKind::lstm, {{"clip", 0.3}, {"input_forget", 1}});
  expect(OpKind::lstm, {{"direction", "bidirectional"}, {"activations", "sigmoid,tanh,relu,hardsigmoid,tanh,silu"}});
  expect(OpKind::gru, {{"linear_before_reset", 1}});
  expect(OpKind::gru, {{"linear_before_reset", 1}, {"clip", 0.3}, {"direction", "bidirectional"}});
  expect(OpKind::gru, {{"activations", "hardsigmoid,relu6"}});
  expect(OpKind::rnn, {{"activations", "gelu"}, {"clip", 0.5}});
}

TEST(AgreeRecurrent, WithoutBias) {
  const Sizes sizes{2, 3, 5, 17};
  for (OpKind op : {OpKind::lstm, OpKind::gru, OpKind::rnn}) {
    KernelRun run = run_of(op, sizes, {});
    run.inputs.pop_back();
    expect_states(op, run, sizes);
  }
}

TEST(AgreeRecurrent, WithoutStepsOrItems) {
  for (OpKind op : {OpKind::lstm, OpKind::gru, OpKind::rnn}) {
    const Sizes no_steps{2, 0, 3, 5};
    expect_states(op, with_everything(op, run_of(op, no_steps, {}), no_steps), no_steps);
    const Sizes no_items{0, 3, 3, 5};
    expect_states(op, run_of(op, no_items, {}), no_items);
  }
}

TEST(AgreeRecurrent, WhenShared) {
  const Sizes sizes{20, 6, 40, 96};
  for (OpKind op : {OpKind::lstm, OpKind::gru}) {
    const KernelRun run = run_of(op, sizes, {{"direction", "bidirectional"}});
    expect_states(op, with_everything(op, run, sizes), sizes);
  }
}

TEST(AgreeRecurrent, KeepsNan) {
  const Sizes sizes{2, 3, 2, 4};
  for (OpKind op : {OpKind::lstm, OpKind::gru, OpKind::rnn}) {
    KernelRun run = run_of(op, sizes, {{"clip", 0.5}});
    std::vector<double> x = values_of(run.inputs[0].tensor);
    x[2] = std::numeric_limits<double>::quiet_NaN();
    run.inputs[0].tensor = f32_of({2, 3, 2}, x);
    expect_states(op, run, sizes);
  }
}

TEST(Recurrent, RefusesWeightsThatAreComputed) {
  KernelRun run = run_of(OpKind::gru, {1, 1, 1, 1}, {});
  run.inputs[2].is_constant = false;
  const auto outcome = run_kernel(entry_of(cpu_kernels(), "own.gru"), run);
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.status().message().find("constants"), std::string::npos);
}

}  // namespace
}  // namespace rheo::testing
