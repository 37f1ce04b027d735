// SPDX-License-Identifier: Apache-2.0
// Drives the table as a plugin would, well-behaved and not.
#include "load/import_session.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace rheo {
namespace {

constexpr RheoType kImage = {RHEO_F32, 2, {-1, 4}};

RheoArgument value(const char* name, std::uint32_t number) {
  return {name, RHEO_ARGUMENT_VALUE, 0, 0, nullptr, number, nullptr, 0};
}
RheoArgument integer(std::int64_t number) { return {"", RHEO_ARGUMENT_INTEGER, number, 0, nullptr, 0, nullptr, 0}; }

// One operator with one result.
int add(const RheoImportHost& host, const char* target, const std::vector<RheoArgument>& arguments,
        std::uint32_t& result, const char* name = "", const char* source = "") {
  result = 0;
  return host.add_operator(host.host, target, arguments.data(), arguments.size(), name, source, &result, 1);
}
constexpr std::array<float, 12> kWeight = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(ImportSession, BuildsWhatThePluginDescribes) {
  std::string said;
  const LogSink sink = [&](Severity severity, std::string_view message) {
    said = std::to_string(static_cast<int>(severity)) + std::string(message);
  };
  ImportSession session(sink);
  const RheoImportHost host = session.table();
  EXPECT_EQ(host.version, RHEO_PLUGIN_ABI_VERSION);
  std::uint32_t image = 0;
  std::uint32_t weight = 0;
  std::uint32_t logits = 0;
  std::uint32_t part = 0;
  const RheoType weight_type = {RHEO_F32, 2, {3, 4}};
  ASSERT_EQ(host.add_input(host.host, "image", &kImage, 0.5, 1, &image), 0);
  ASSERT_EQ(host.add_constant(host.host, "weight", &weight_type, kWeight.data(), sizeof kWeight, &weight), 0);
  ASSERT_EQ(
      add(host, "aten.linear.default", {value("input", image), value("weight", weight)}, logits, "last", "model.py:7"),
      0);
  RheoType type{};
  ASSERT_EQ(host.type_of(host.host, logits, &type), 0);
  EXPECT_EQ(type.rank, 2U);
  EXPECT_EQ(type.dims[0], -1);
  EXPECT_EQ(type.dims[1], 3);
  const RheoArgument batch = {"", RHEO_ARGUMENT_BATCH, 0, 0, nullptr, 0, nullptr, 0};
  const std::array sizes = {batch, integer(3)};
  const RheoArgument size = {"size", RHEO_ARGUMENT_LIST, 0, 0, nullptr, 0, sizes.data(), sizes.size()};
  ASSERT_EQ(add(host, "aten.view.default", {value("self", logits), size}, part), 0);
  ASSERT_EQ(host.add_exit(host.host, "final", part), 0);
  EXPECT_EQ(host.size, sizeof(RheoImportHost));
  ASSERT_EQ(host.add_output(host.host, "all", logits), 0);
  const std::array<const char*, 2> labels = {"a", "b"};
  ASSERT_EQ(host.set_labels(host.host, labels.data(), labels.size()), 0);
  host.log(host.host, RHEO_LOG_WARNING, "careful");
  EXPECT_EQ(said, "2careful");
  const auto graph = session.finish(0);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ((*graph)->nodes()[0].source, "model.py:7");
  EXPECT_EQ((*graph)->nodes()[0].name, "last");
  EXPECT_EQ((*graph)->inputs()[0].preprocessing.scale, 0.5);
  EXPECT_EQ((*graph)->labels()[1], "b");
  ASSERT_EQ((*graph)->outputs().size(), 1U);
  EXPECT_EQ((*graph)->outputs()[0].name, "all");
  EXPECT_EQ((*graph)->value((*graph)->outputs()[0].value).name, "last");
}

TEST(ImportSession, KeepsTheFirstReason) {
  const LogSink silent;
  ImportSession session(silent);
  const RheoImportHost host = session.table();
  host.fail(host.host, RHEO_PLUGIN_UNSUPPORTED, "first");
  host.fail(host.host, RHEO_PLUGIN_INTERNAL, "second");
  host.log(host.host, RHEO_LOG_ERROR, "nobody listens");
  EXPECT_EQ(session.finish(1).status().to_string(), "unsupported: first");
  ImportSession mute(silent);
  EXPECT_EQ(mute.finish(1).status().code(), StatusCode::internal);
}

// Convolutions take f32 and bf16 with f32 biases: a model stored in 16 bits would have no op that fits.
TEST(ImportSession, WidensSixteenBitFloats) {
  std::string said;
  const LogSink sink = [&](Severity, std::string_view message) { said = message; };
  ImportSession session(sink);
  const RheoImportHost host = session.table();
  const RheoType image_type = {RHEO_F16, 2, {-1, 2}};
  const RheoType weight_type = {RHEO_F16, 2, {1, 2}};
  const RheoType bias_type = {RHEO_BF16, 1, {1}};
  const std::array<std::uint16_t, 2> weight_bits = {0x3c00, 0xc100};  // 1, -2.5
  const std::uint16_t bias_bits = 0x3f00;                             // 0.5
  std::array<std::uint32_t, 3> inputs{};
  std::uint32_t logits = 0;
  ASSERT_EQ(host.add_input(host.host, "image", &image_type, 1, 0, &inputs[0]), 0);
  ASSERT_EQ(host.add_constant(host.host, "weight", &weight_type, weight_bits.data(), 4, &inputs[1]), 0);
  ASSERT_EQ(host.add_constant(host.host, "bias", &bias_type, &bias_bits, 2, &inputs[2]), 0);
  RheoType type{};
  ASSERT_EQ(host.type_of(host.host, inputs[0], &type), 0);
  EXPECT_EQ(type.dtype, static_cast<std::uint32_t>(RHEO_F32));
  ASSERT_EQ(add(host, "aten.linear.default",
                {value("input", inputs[0]), value("weight", inputs[1]), value("bias", inputs[2])}, logits, "last"),
            0);
  ASSERT_EQ(host.add_exit(host.host, "final", logits), 0);
  const auto graph = session.finish(0).value();
  EXPECT_EQ(graph->value(graph->inputs()[0].value).type.dtype, DType::f16) << "the host still feeds what it has";
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.dtype, DType::f32);
  const Node& node = graph->nodes().back();
  EXPECT_EQ(graph->value(node.inputs[1]).constant.as<float>()[1], -2.5F);
  EXPECT_EQ(graph->value(node.inputs[2]).constant.as<float>()[0], 0.5F);
  EXPECT_NE(said.find("16-bit floats"), std::string::npos) << said;
}

// What each wrong call gives.
Status refused(int call(const RheoImportHost&)) {
  const LogSink silent;
  ImportSession session(silent);
  const RheoImportHost host = session.table();
  const int answer = call(host);
  EXPECT_NE(answer, 0);
  return session.finish(answer).status();
}

TEST(ImportSession, RefusesWhatDoesNotFit) {
  std::vector<Status> all = {
      refused([](const RheoImportHost& host) {
        std::uint32_t value = 0;
        const RheoType type = {99, 1, {4}};
        return host.add_input(host.host, "x", &type, 1, 0, &value);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t value = 0;
        const RheoType type = {RHEO_F32, 9, {4}};
        return host.add_input(host.host, "x", &type, 1, 0, &value);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t value = 0;
        return host.add_constant(host.host, "w", &kImage, kWeight.data(), 4, &value);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t result = 0;
        return add(host, "aten.relu.default", {value("self", 7)}, result);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t result = 0;
        return add(host, "aten.relu.default", {{"self", 99, 0, 0, nullptr, 0, nullptr, 0}}, result);
      }),
      refused([](const RheoImportHost& host) {
        std::int64_t number = 0;
        return host.known_number(host.host, 3, &number);
      }),
      refused([](const RheoImportHost& host) { return host.add_exit(host.host, "final", 3); }),
      refused([](const RheoImportHost& host) { return host.add_output(host.host, "other", 3); }),
      refused([](const RheoImportHost& host) {
        RheoType type{};
        return host.type_of(host.host, 3, &type);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t value = 0;
        return host.add_input(host.host, "a\nb", &kImage, 1, 0, &value);
      }),
  };
  for (const Status& status : all) EXPECT_FALSE(status.message().empty());
}

TEST(ImportSession, ListsWhatIsMissingWhenAllIsSaid) {
  const LogSink silent;
  ImportSession session(silent);
  const RheoImportHost host = session.table();
  std::uint32_t image = 0;
  std::uint32_t strange = 0;
  ASSERT_EQ(host.add_input(host.host, "image", &kImage, 1, 0, &image), 0);
  ASSERT_EQ(add(host, "aten.lgamma.default", {value("self", image)}, strange, "", "model.py:3"), 0);
  EXPECT_EQ(strange, RHEO_NO_VALUE);
  const Status status = session.finish(0).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("aten.lgamma.default (node 'lgamma' (model.py:3))"), std::string::npos)
      << status.message();
}

TEST(ImportSession, KnowsNumbersThatComeFromSizes) {
  const LogSink silent;
  ImportSession session(silent);
  const RheoImportHost host = session.table();
  std::uint32_t image = 0;
  std::uint32_t rank = 0;
  std::uint32_t is_picture = 0;
  std::int64_t number = 7;
  ASSERT_EQ(host.add_input(host.host, "image", &kImage, 1, 0, &image), 0);
  ASSERT_EQ(add(host, "aten.dim.default", {value("self", image)}, rank), 0);
  ASSERT_EQ(host.known_number(host.host, rank, &number), 0);
  EXPECT_EQ(number, 2);
  RheoArgument four = integer(4);
  four.name = "b";
  ASSERT_EQ(add(host, "aten.eq.int", {value("a", rank), four}, is_picture), 0);
  ASSERT_EQ(host.known_number(host.host, is_picture, &number), 0);
  EXPECT_EQ(number, 0);
  EXPECT_NE(host.known_number(host.host, image, &number), 0);
}

TEST(ImportSession, FixesTheBatchWhereItIsTold) {
  const LogSink silent;
  ImportSession session(silent, 3);
  const RheoImportHost host = session.table();
  std::uint32_t image = 0;
  RheoType type{};
  ASSERT_EQ(host.add_input(host.host, "image", &kImage, 1, 0, &image), 0);
  ASSERT_EQ(host.type_of(host.host, image, &type), 0);
  EXPECT_EQ(type.dims[0], 3);
  EXPECT_FALSE(session.may_go_with_fixed_batch());
}

}  // namespace
}  // namespace rheo
