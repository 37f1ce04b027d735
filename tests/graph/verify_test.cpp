// SPDX-License-Identifier: Apache-2.0
// One planted fault per rule: verify must find each of them, without the builder's help.
#include <gtest/gtest.h>

#include <functional>

#include "graph/graph.h"
#include "support/sample_graphs.h"

namespace rheo {

// A friend of Graph: the only way to break one.
struct PlantedFaults {
  static std::vector<Node>& nodes(Graph& graph) { return graph.nodes_; }
  static std::vector<Value>& values(Graph& graph) { return graph.values_; }
  static std::vector<GraphInput>& inputs(Graph& graph) { return graph.inputs_; }
  static std::vector<Exit>& exits(Graph& graph) { return graph.exits_; }
  static std::vector<GraphOutput>& outputs(Graph& graph) { return graph.outputs_; }
};

namespace {

struct Fault {
  const char* name;
  std::function<void(Graph&)> plant;
  const char* expected;  // part of the message
};

Value& value_named(Graph& graph, std::string_view name) {
  for (Value& value : PlantedFaults::values(graph)) {
    if (value.name == name) return value;
  }
  ADD_FAILURE() << "no value " << name;
  return PlantedFaults::values(graph)[0];
}

std::vector<Fault> faults() {
  using P = PlantedFaults;
  return {
      {"input id", [](Graph& g) { P::nodes(g)[2].inputs[0] = 9999; }, "9999"},
      {"output id", [](Graph& g) { P::nodes(g)[2].outputs[0] = 9999; }, "9999"},
      {"producer id", [](Graph& g) { value_named(g, "stem.bn").producer = 9999; }, "9999"},
      {"exit id", [](Graph& g) { P::exits(g)[1].value = 9999; }, "exit2"},
      {"graph input id", [](Graph& g) { P::inputs(g)[0].value = 9999; }, "image"},
      {"no input", [](Graph& g) { P::inputs(g).clear(); }, "no input"},
      {"no exit", [](Graph& g) { P::exits(g).clear(); }, "no exit"},
      {"value name twice", [](Graph& g) { value_named(g, "stem.bn").name = "image"; }, "image"},
      {"empty value name", [](Graph& g) { value_named(g, "stem.bn").name.clear(); }, "without a name"},
      {"node name", [](Graph& g) { P::nodes(g)[0].name = "other"; }, "other"},
      {"no outputs", [](Graph& g) { P::nodes(g)[0].outputs.clear(); }, "stem.conv"},
      {"order", [](Graph& g) { std::swap(P::nodes(g)[0], P::nodes(g)[1]); }, "before it is made"},
      {"producer", [](Graph& g) { value_named(g, "stem.bn").producer = 0; }, "two producers"},
      {"input twice", [](Graph& g) { P::inputs(g).push_back(P::inputs(g)[0]); }, "image"},
      {"preprocessing", [](Graph& g) { P::inputs(g)[0].preprocessing.scale = 0; }, "image"},
      {"orphan",
       [](Graph& g) {
         P::values(g).push_back({"orphan", {}, kNoNode, {}});
       },
       "orphan"},
      {"stage", [](Graph& g) { P::nodes(g)[0].stage = 1; }, "stem.conv"},
      {"exit order", [](Graph& g) { std::swap(P::exits(g)[0], P::exits(g)[2]); }, "stage"},
      {"unneeded", [](Graph& g) { P::exits(g)[2].value = P::exits(g)[1].value; }, "nothing that is given out needs it"},
      {"output id", [](Graph& g) { P::outputs(g)[1].value = 9999; }, "coarse"},
      {"output without stage", [](Graph& g) { P::outputs(g).pop_back(); }, "nothing that is given out needs it"},
      {"output named like an exit", [](Graph& g) { P::outputs(g)[0].name = "exit2"; }, "exit2"},
      {"exit name twice", [](Graph& g) { P::exits(g)[1].name = "exit1"; }, "exit1"},
      {"exit type", [](Graph& g) { value_named(g, "final.linear").type.shape[1] = 6; }, "final"},
      {"shape", [](Graph& g) { value_named(g, "stem.bn").type.shape[2] = 13; }, "stem.bn"},
      {"dtype", [](Graph& g) { value_named(g, "stem.bn").type.dtype = DType::bf16; }, "stem.bn"},
      {"scale on f32", [](Graph& g) { value_named(g, "stem.bn").type.quantization.scales = {1}; }, "stem.bn"},
      {"attribute", [](Graph& g) { P::nodes(g)[0].attributes.set("surprise", std::int64_t{1}); }, "surprise"},
      {"strides",
       [](Graph& g) {
         P::nodes(g)[0].attributes.set("strides", std::vector<std::int64_t>{2, 2});
       },
       "stem"},
      {"constant", [](Graph& g) { value_named(g, "constant#1").constant = testing::random_tensor({3}, 1); },
       "constant#1"},
  };
}

TEST(Verify, AcceptsWhatTheBuilderMade) {
  const Status status = verify(*testing::three_exits_and_outputs());
  EXPECT_TRUE(status.ok()) << status.to_string();
}

TEST(Verify, FindsEveryPlantedFault) {
  for (const Fault& fault : faults()) {
    SCOPED_TRACE(fault.name);
    Graph graph = *testing::three_exits_and_outputs();
    fault.plant(graph);
    const Status status = verify(graph);
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.message().find(fault.expected), std::string::npos) << status.to_string();
  }
}

}  // namespace
}  // namespace rheo
