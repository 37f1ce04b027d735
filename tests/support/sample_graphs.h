// SPDX-License-Identifier: Apache-2.0
// Small graphs and random tensors that several rooms test with. Everything follows from the seed, on every host.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "graph/graph.h"

namespace rheo::testing {

using GraphPointer = std::shared_ptr<const Graph>;

// f32, evenly spread over [low, high).
Tensor random_tensor(const Shape& shape, std::uint64_t seed, float low = -1, float high = 1);

// Adds layers with random weights, so that a test reads like the network it builds. Failures throw rheo::Error.
class Net {
 public:
  explicit Net(std::uint64_t seed = 1) : seed_(seed) {}

  ValueId input(Shape shape, std::string name = "image");
  ValueId constant(const Shape& shape, std::string name = {}, float low = -1, float high = 1);
  // Square kernel, padded so that stride 1 keeps the size. Weights are scaled so that results stay around 1.
  ValueId conv(ValueId x, std::int64_t channels, std::int64_t kernel, std::int64_t stride = 1, std::string name = {},
               bool bias = true);
  ValueId batch_norm(ValueId x, std::string name = {});
  ValueId linear(ValueId x, std::int64_t features, std::string name = {}, bool bias = true);
  ValueId node(OpKind kind, std::initializer_list<ValueId> inputs, Attributes attributes = {}, std::string name = {});
  void exit(std::string name, ValueId value);
  void output(std::string name, ValueId value);
  GraphPointer build();
  GraphBuilder& builder() { return builder_; }

 private:
  GraphBuilder builder_;
  std::uint64_t seed_;
};

// [?, 1, 12, 12] in [0, 1] -> three exits of 5 logits. Residual blocks with batch norm, a branch that joins a later
// stage, pooling, a shortcut convolution: what the demo's network has, in small.
GraphPointer three_exit_graph(std::uint64_t seed = 1);

// The same with outputs: "counts" i64 [?, 8, 6, 6], a conversion of what the first exit needs; "coarse" [?, 8, 6, 6], a
// picture that the second one needs; "embedding" [?, 16], which no exit needs.
GraphPointer three_exits_and_outputs(std::uint64_t seed = 1);

// No classifier: tokens i64 [?, 6] -> exit "words" [?, 6, 4], outputs "pooled" [?, 4] and "nearest" i64 [?, 4].
GraphPointer encoder_graph();

// No classifier, and takes one item at a time: x [1, 3] and state [2, 1, 3] -> exit "y" [1, 3], output "new_state"
// [2, 1, 3], the sum of both inputs, of which y is the mean.
GraphPointer state_graph();

// [batch, 5, 3] -> an lstm in both directions -> 4 logits of its last two states, which are its second and third output
// ("lstm#1" and "lstm#2").
GraphPointer recurrent_graph(std::int64_t batch = kDynamic);

}  // namespace rheo::testing
