// SPDX-License-Identifier: Apache-2.0
// Drives the table as a plugin would, well-behaved and not.
#include "load/import_session.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>

namespace rheo {
namespace {

constexpr RheoType kImage = {RHEO_F32, 2, {-1, 4}};
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
  const std::array inputs = {image, weight};
  ASSERT_EQ(host.add_node(host.host, "linear", inputs.data(), 2, nullptr, 0, "last", "model.py:7", &logits), 0);
  RheoType type{};
  ASSERT_EQ(host.type_of(host.host, logits, &type), 0);
  EXPECT_EQ(type.rank, 2U);
  EXPECT_EQ(type.dims[0], -1);
  EXPECT_EQ(type.dims[1], 3);
  const std::array<std::int64_t, 2> shape = {0, 3};
  const RheoAttribute attribute = {"shape", RHEO_ATTRIBUTE_INTEGERS, 0, 0, nullptr, shape.data(), shape.size()};
  ASSERT_EQ(host.add_node(host.host, "reshape", &logits, 1, &attribute, 1, "", "", &part), 0);
  ASSERT_EQ(host.add_exit(host.host, "final", part), 0);
  static_assert(offsetof(RheoImportHost, add_output) + sizeof host.add_output == sizeof(RheoImportHost), "appended");
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
  ASSERT_EQ(host.add_node(host.host, "linear", inputs.data(), 3, nullptr, 0, "last", "", &logits), 0);
  ASSERT_EQ(host.add_exit(host.host, "final", logits), 0);
  const auto graph = session.finish(0).value();
  EXPECT_EQ(graph->value(graph->inputs()[0].value).type.dtype, DType::f16) << "the host still feeds what it has";
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.dtype, DType::f32);
  for (const Value& value : graph->values()) {
    if (value.name == "weight") {
      EXPECT_EQ(value.constant.as<float>()[1], -2.5F);
    }
    if (value.name == "bias") {
      EXPECT_EQ(value.constant.as<float>()[0], 0.5F);
    }
  }
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
        std::uint32_t value = 0;
        return host.add_node(host.host, "no_such_op", nullptr, 0, nullptr, 0, "", "", &value);
      }),
      refused([](const RheoImportHost& host) {
        std::uint32_t value = 7;
        return host.add_node(host.host, "relu", &value, 1, nullptr, 0, "", "", &value);
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

}  // namespace
}  // namespace rheo
