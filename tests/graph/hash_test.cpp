// SPDX-License-Identifier: Apache-2.0
#include "graph/hash.h"

#include <gtest/gtest.h>

#include <set>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::random_tensor;

// Everything that a test may vary; the defaults are the graph that all hashes are compared with.
struct Recipe {
  int flipped_bit = -1;  // of the weights
  std::int64_t stride = 1;
  double epsilon = 1e-5;
  std::string exit = "final";
  Preprocessing preprocessing = {};
  Shape input{kDynamic, 2, 6, 6};
  OpKind last = OpKind::relu;
  bool swap_weights_early = false;  // constants added in another order
  bool dead_node = false;
  std::string prefix = {};  // of all names
  std::string source = {};
  std::vector<std::string> labels = {};
};

std::string hash_of(const Recipe& recipe) {
  GraphBuilder builder;
  Tensor weights = random_tensor({3, 2, 3, 3}, 5);
  if (recipe.flipped_bit >= 0) {
    auto* bytes = static_cast<unsigned char*>(weights.mutable_data());
    bytes[recipe.flipped_bit / 8] =
        static_cast<unsigned char>(bytes[recipe.flipped_bit / 8] ^ (1 << (recipe.flipped_bit % 8)));
  }
  const auto add = [&](const char* name, const Tensor& tensor) {
    return builder.add_constant(recipe.prefix + name, tensor).value();
  };
  const Tensor ones = random_tensor({3}, 6, 0.5F, 1);
  ValueId early = kNoValue;
  if (recipe.swap_weights_early) early = add("scale", ones);
  const ValueId image =
      builder.add_input(recipe.prefix + "image", {DType::f32, recipe.input, {}}, recipe.preprocessing).value();
  const ValueId w = add("weights", weights);
  const ValueId scale = early == kNoValue ? add("scale", ones) : early;
  if (recipe.dead_node) (void)builder.add_node(OpKind::tanh, {image}, {}, "dead").value();
  const std::vector<ValueId> conv_inputs{image, w};
  const ValueId conv = builder
                           .add_node(OpKind::conv2d, conv_inputs,
                                     {{"strides", std::vector<std::int64_t>{recipe.stride, 1}},
                                      {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}},
                                     recipe.prefix + "conv", recipe.source)
                           .value();
  const ValueId norm = builder
                           .add_node(OpKind::batch_norm, {conv, scale, scale, scale, scale},
                                     {{"epsilon", recipe.epsilon}}, recipe.prefix + "norm")
                           .value();
  const ValueId last = builder.add_node(recipe.last, {norm}, {}, recipe.prefix + "last").value();
  EXPECT_TRUE(builder.add_exit(recipe.exit, last).ok());
  builder.set_labels(recipe.labels);
  return content_hash(*builder.build().value());
}

TEST(ContentHash, Is128BitsInHex) {
  const std::string hash = hash_of({});
  EXPECT_EQ(hash.size(), 32U);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(ContentHash, ChangesWithEveryBitOfAWeight) {
  std::set<std::string> hashes{hash_of({})};
  const int bits = 3 * 2 * 3 * 3 * 32;
  for (int bit = 0; bit < bits; ++bit) hashes.insert(hash_of({.flipped_bit = bit}));
  EXPECT_EQ(hashes.size(), static_cast<std::size_t>(bits) + 1);
}

TEST(ContentHash, ChangesWithAllThatIsComputed) {
  std::set<std::string> hashes{hash_of({})};
  hashes.insert(hash_of({.stride = 2}));
  hashes.insert(hash_of({.epsilon = 1e-4}));
  hashes.insert(hash_of({.exit = "last"}));
  hashes.insert(hash_of({.preprocessing = {.scale = 0.5, .offset = 0}}));
  hashes.insert(hash_of({.preprocessing = {.scale = 1, .offset = 0.5}}));
  hashes.insert(hash_of({.preprocessing = {.channels = {{1, 0}, {1, 0}}}}));
  hashes.insert(hash_of({.preprocessing = {.channels = {{1, 0}, {1, 0.5}}}}));
  hashes.insert(hash_of({.preprocessing = {.crop = 1}}));
  hashes.insert(hash_of({.input = {kDynamic, 2, 6, 7}}));
  hashes.insert(hash_of({.input = {1, 2, 6, 6}}));
  hashes.insert(hash_of({.last = OpKind::tanh}));
  EXPECT_EQ(hashes.size(), 12U);
}

TEST(ContentHash, ChangesWithEveryNumberOfAList) {
  using Reals = std::vector<double>;
  const auto hash = [](const Reals& scales) {
    testing::Net net;
    net.exit("final", net.node(OpKind::resize, {net.input({kDynamic, 1, 4, 4})}, {{"scales", scales}}));
    return content_hash(*net.build());
  };
  EXPECT_EQ(hash({1.5, 2}), hash({1.5, 2}));
  // All of these make the same shape.
  EXPECT_EQ((std::set{hash({1.5, 2}), hash({1.5, 2.1}), hash({1.6, 2}), hash({2, 1.5})}).size(), 4U);
}

TEST(ContentHash, DependsOnNothingElse) {
  const std::string expected = hash_of({});
  EXPECT_EQ(hash_of({}), expected);
  EXPECT_EQ(hash_of({.swap_weights_early = true}), expected);
  EXPECT_EQ(hash_of({.dead_node = true}), expected);
  EXPECT_EQ(hash_of({.prefix = "model."}), expected);
  EXPECT_EQ(hash_of({.source = "model.py:1"}), expected);
  EXPECT_EQ(hash_of({.labels = {"cat", "dog"}}), expected);
}

TEST(ContentHash, SeesOutputs) {
  const auto hash = [](const char* name, bool of_input) {
    testing::Net net;
    const ValueId image = net.input({kDynamic, 4});
    const ValueId result = net.node(OpKind::relu, {image});
    net.exit("final", result);
    if (name != nullptr) net.output(name, of_input ? image : result);
    return content_hash(*net.build());
  };
  EXPECT_EQ((std::set<std::string>{hash(nullptr, false), hash("a", false), hash("b", false), hash("a", true)}).size(),
            4U);
}

// Certificates name it.
TEST(ContentHash, OfAModelWithoutOutputsIsWhatItWasBeforeThereWereAny) {
  testing::Net net;
  net.exit("final", net.node(OpKind::relu, {net.input({kDynamic, 4})}));
  EXPECT_EQ(content_hash(*net.build()), "277b5919446e2051cc5286dbc03feb7d");
}

TEST(ContentHash, SeesWhichValueAnExitNames) {
  const auto hash = [](bool swapped) {
    testing::Net net;
    const ValueId image = net.input({kDynamic, 4});
    const ValueId a = net.node(OpKind::relu, {image});
    const ValueId b = net.node(OpKind::relu, {a});
    net.exit("one", swapped ? b : a);
    net.exit("two", swapped ? a : b);
    return content_hash(*net.build());
  };
  EXPECT_NE(hash(false), hash(true));
}

TEST(ContentHash, OfElementsSeesThemAndNothingElse) {
  const Tensor elements = random_tensor({3, 4}, 5);
  EXPECT_EQ(content_hash(elements), content_hash(elements.clone().value()));
  EXPECT_EQ(content_hash(elements), content_hash(random_tensor({3, 4}, 5)));
  EXPECT_NE(content_hash(elements), content_hash(random_tensor({3, 4}, 6)));
}

// Many names for one weight: hashed one by one, 20000 times 64 MiB would take minutes.
TEST(ContentHash, ReadsElementsThatConstantsShareOnce) {
  constexpr int kNames = 20'000;
  const Tensor large = Tensor::zeros(DType::f32, {1 << 24}).value();
  GraphBuilder builder;
  const ValueId x = builder.add_input("x", {DType::f32, {1 << 24}, {}}).value();
  ValueId sum = x;
  for (int name = 0; name < kNames; ++name) {
    const ValueId alias = builder.add_constant({}, large).value();
    sum = builder.add_node(OpKind::add, {sum, alias}).value();
  }
  ASSERT_TRUE(builder.add_exit("sum", sum).ok());
  EXPECT_EQ(content_hash(*builder.build().value()).size(), 32U);
}

}  // namespace
}  // namespace rheo
