// SPDX-License-Identifier: Apache-2.0
#include "support/sample_graphs.h"

#include <cmath>

namespace rheo::testing {
namespace {

// splitmix64: one line of state, the same numbers everywhere.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

Tensor random_tensor(const Shape& shape, std::uint64_t seed, float low, float high) {
  Tensor tensor = Tensor::zeros(DType::f32, shape).value();
  std::uint64_t state = seed;
  for (float& element : tensor.as_mutable<float>()) {
    element = low + (high - low) * static_cast<float>(next_random(state) >> 40) * 0x1p-24F;
  }
  return tensor;
}

ValueId Net::input(Shape shape, std::string name) {
  return builder_.add_input(std::move(name), {DType::f32, shape, {}}).value();
}

ValueId Net::constant(const Shape& shape, std::string name, float low, float high) {
  return builder_.add_constant(std::move(name), random_tensor(shape, ++seed_, low, high)).value();
}

ValueId Net::conv(ValueId x, std::int64_t channels, std::int64_t kernel, std::int64_t stride, std::string name,
                  bool bias) {
  const std::int64_t in = builder_.type_of(x).shape[1];
  const float bound = std::sqrt(3.0F / static_cast<float>(in * kernel * kernel));
  const ValueId weights = constant({channels, in, kernel, kernel}, {}, -bound, bound);
  const ValueId offset = bias ? constant({channels}, {}, -0.2F, 0.2F) : kNoValue;
  const std::int64_t pad = kernel / 2;
  return node(
      OpKind::conv2d, {x, weights, offset},
      {{"strides", std::vector<std::int64_t>{stride, stride}}, {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}}},
      std::move(name));
}

ValueId Net::batch_norm(ValueId x, std::string name) {
  const Shape channels{builder_.type_of(x).shape[1]};
  const ValueId scale = constant(channels, {}, 0.5F, 1.5F);
  const ValueId shift = constant(channels, {}, -0.5F, 0.5F);
  const ValueId mean = constant(channels, {}, -0.3F, 0.3F);
  const ValueId variance = constant(channels, {}, 0.3F, 1.2F);
  return node(OpKind::batch_norm, {x, scale, shift, mean, variance}, {{"epsilon", 1e-3}}, std::move(name));
}

ValueId Net::linear(ValueId x, std::int64_t features, std::string name, bool bias) {
  const Shape& shape = builder_.type_of(x).shape;
  const std::int64_t in = shape[shape.rank() - 1];
  const float bound = std::sqrt(3.0F / static_cast<float>(in));
  const ValueId weights = constant({features, in}, {}, -bound, bound);
  const ValueId offset = bias ? constant({features}, {}, -0.2F, 0.2F) : kNoValue;
  return node(OpKind::linear, {x, weights, offset}, {}, std::move(name));
}

ValueId Net::node(OpKind kind, std::initializer_list<ValueId> inputs, Attributes attributes, std::string name) {
  return builder_.add_node(kind, inputs, std::move(attributes), std::move(name)).value();
}

void Net::exit(std::string name, ValueId value) {
  if (Status status = builder_.add_exit(std::move(name), value); !status.ok()) throw_error(std::move(status));
}

void Net::output(std::string name, ValueId value) {
  if (Status status = builder_.add_output(std::move(name), value); !status.ok()) throw_error(std::move(status));
}

GraphPointer Net::build() { return builder_.build().value(); }

namespace {

// Values of the network with three exits that a caller may give out as well.
struct Inside {
  ValueId pooled = kNoValue;  // needed by the first exit
  ValueId coarse = kNoValue;  // by the second
  ValueId last = kNoValue;    // by the third
};

Inside add_three_exits(Net& net) {
  const auto head = [&](ValueId x, const std::string& name) {
    const ValueId pooled =
        net.node(OpKind::adaptive_avg_pool2d, {x}, {{"output_size", std::vector<std::int64_t>{1, 1}}}, name + ".pool");
    const ValueId flat = net.node(OpKind::flatten, {pooled}, {{"start", 1}, {"end", -1}}, name + ".flatten");
    return net.linear(flat, 5, name + ".linear");
  };
  const auto block = [&](ValueId x, const std::string& name) {
    const std::int64_t channels = net.builder().type_of(x).shape[1];
    ValueId y = net.batch_norm(net.conv(x, channels, 3, 1, name + ".conv1", false), name + ".bn1");
    y = net.node(OpKind::relu, {y}, {}, name + ".relu1");
    y = net.batch_norm(net.conv(y, channels, 3, 1, name + ".conv2", false), name + ".bn2");
    return net.node(OpKind::relu, {net.node(OpKind::add, {x, y}, {}, name + ".add")}, {}, name + ".relu2");
  };
  const ValueId image = net.input({kDynamic, 1, 12, 12});
  const ValueId stem = net.node(OpKind::relu, {net.batch_norm(net.conv(image, 8, 5, 1, "stem.conv", false), "stem.bn")},
                                {}, "stem.relu");
  const ValueId pooled = net.node(
      OpKind::max_pool2d, {stem},
      {{"kernel", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}}, "coarse.pool");
  net.exit("exit1", head(pooled, "exit1"));
  const ValueId coarse = block(pooled, "coarse");
  net.exit("exit2", head(coarse, "exit2"));
  const ValueId fine = net.conv(block(stem, "fine"), 16, 3, 2, "fine_down");  // the stem is used again, two stages on
  const ValueId up = net.conv(coarse, 16, 1, 1, "coarse_up");
  const ValueId joined = net.node(OpKind::relu, {net.node(OpKind::add, {fine, up}, {}, "join.add")}, {}, "join.relu");
  const ValueId last = block(joined, "last");
  net.exit("final", head(last, "final"));
  return {pooled, coarse, last};
}

}  // namespace

GraphPointer three_exit_graph(std::uint64_t seed) {
  Net net(seed * 1000);
  add_three_exits(net);
  return net.build();
}

GraphPointer three_exits_and_outputs(std::uint64_t seed) {
  Net net(seed * 1000);
  const Inside inside = add_three_exits(net);
  const auto means = [&](ValueId x) {
    return net.node(OpKind::mean, {x}, {{"axes", std::vector<std::int64_t>{2, 3}}, {"keep_dims", std::int64_t{0}}});
  };
  net.output("counts", net.node(OpKind::cast, {inside.pooled}, {{"dtype", std::string("i64")}}, "counts"));
  net.output("coarse", inside.coarse);
  net.output("embedding", net.node(OpKind::tanh, {means(inside.last)}, {}, "embedding"));
  return net.build();
}

GraphPointer encoder_graph() {
  Net net(7);
  const ValueId tokens = net.builder().add_input("tokens", {DType::i64, {kDynamic, 6}, {}}).value();
  const ValueId numbers = net.node(OpKind::cast, {tokens}, {{"dtype", std::string("f32")}}, "numbers");
  const ValueId column =
      net.node(OpKind::reshape, {numbers}, {{"shape", std::vector<std::int64_t>{0, 6, 1}}}, "column");
  const ValueId words = net.node(OpKind::tanh, {net.linear(column, 4, "embed")}, {}, "words");
  const ValueId pooled = net.node(OpKind::mean, {words}, {{"axes", std::vector<std::int64_t>{1}}}, "pooled");
  const ValueId scaled = net.node(OpKind::mul, {pooled, net.constant({4}, "hundred", 100, 101)}, {}, "scaled");
  net.exit("words", words);
  net.output("pooled", pooled);
  net.output("nearest", net.node(OpKind::cast, {scaled}, {{"dtype", std::string("i64")}}, "nearest"));
  return net.build();
}

GraphPointer state_graph() {
  Net net;
  const ValueId x = net.input({1, 3}, "x");
  const ValueId state = net.input({2, 1, 3}, "state");
  const ValueId sum = net.node(OpKind::add, {x, state}, {}, "sum");
  net.exit("y", net.node(OpKind::mean, {sum}, {{"axes", std::vector<std::int64_t>{0}}}, "y"));
  net.output("new_state", sum);
  return net.build();
}

GraphPointer recurrent_graph(std::int64_t batch) {
  Net net;
  const ValueId x = net.input({batch, 5, 3}, "steps");
  const ValueId y = net.node(
      OpKind::lstm, {x, net.constant({2, 24, 3}, "w"), net.constant({2, 24, 6}, "r"), net.constant({2, 48}, "b")},
      {{"direction", "bidirectional"}}, "lstm");
  const std::span<const ValueId> outputs = net.builder().outputs_of(y);
  const ValueId states = net.node(OpKind::concat, {outputs[1], outputs[2]}, {{"axis", 2}}, "states");
  net.exit("final", net.linear(net.node(OpKind::flatten, {states}, {}, "flat"), 4, "head"));
  return net.build();
}

}  // namespace rheo::testing
