// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "load/pt2/program.h"

namespace rheo::pt2 {
namespace {

Result<aten::Argument> parsed(const std::string& json) { return parse_argument(parse_json(json).value(), "here"); }
StatusCode refused(const std::string& json) { return parsed(json).status().code(); }

TEST(Pt2Argument, ReadsEveryKind) {
  EXPECT_TRUE(parsed(R"({"as_none": true})").value().is_none());
  EXPECT_EQ(*parsed(R"({"as_int": -3})").value().as<std::int64_t>(), -3);
  EXPECT_EQ(*parsed(R"({"as_float": 2})").value().as<double>(), 2.0);
  EXPECT_TRUE(*parsed(R"({"as_bool": true})").value().as<bool>());
  EXPECT_EQ(*parsed(R"({"as_string": "mean"})").value().as<std::string>(), "mean");
  EXPECT_EQ(parsed(R"({"as_tensor": {"name": "x"}})").value().as<aten::ValueName>()->name, "x");
  EXPECT_EQ(*parsed(R"({"as_scalar_type": 7})").value().as<std::string>(), "f32");
  EXPECT_EQ(parsed(R"({"as_ints": [1, 2]})").value().as<aten::Argument::List>()->size(), 2U);
  const auto sizes = parsed(R"({"as_sym_ints": [{"as_int": 4}, {"as_name": "s"}]})").value();
  EXPECT_EQ((*sizes.as<aten::Argument::List>())[1].as<aten::ValueName>()->name, "s");
  const auto optional = parsed(R"({"as_optional_tensors": [{"as_none": true}, {"as_tensor": {"name": "i"}}]})").value();
  EXPECT_TRUE((*optional.as<aten::Argument::List>())[0].is_none());
}

TEST(Pt2Argument, ReadsNumbersThatJsonCannotHold) {
  EXPECT_TRUE(std::isinf(*parsed(R"({"as_float": "-Infinity"})").value().as<double>()));
  EXPECT_TRUE(std::isnan(*parsed(R"({"as_float": "NaN"})").value().as<double>()));
  EXPECT_EQ(refused(R"({"as_float": "1"})"), StatusCode::bad_format);
}

TEST(Pt2Argument, RefusesWhatItDoesNotKnow) {
  for (const char* tag : {"as_graph", "as_operator", "as_custom_obj", "as_complex", "as_something_new"}) {
    const auto refused_tag = parsed(std::string("{\"") + tag + "\": {\"name\": \"x\"}}").status();
    EXPECT_EQ(refused_tag.code(), StatusCode::unsupported) << tag;
    EXPECT_NE(refused_tag.message().find(tag), std::string::npos) << refused_tag.message();
  }
  EXPECT_EQ(refused("{}"), StatusCode::unsupported);
  EXPECT_EQ(refused(R"({"as_int": 1, "as_bool": true})"), StatusCode::unsupported);
  EXPECT_EQ(refused("[1]"), StatusCode::bad_format);
  EXPECT_EQ(refused(R"({"as_int": "1"})"), StatusCode::bad_format);
  EXPECT_EQ(refused(R"({"as_ints": 1})"), StatusCode::bad_format);
  EXPECT_EQ(refused(R"({"as_scalar_type": 99})"), StatusCode::unsupported);
  EXPECT_EQ(refused(R"({"as_sym_int": {"as_float": "x"}})"), StatusCode::bad_format);
}

std::string meta(const std::string& sizes, const std::string& strides, int layout = 7) {
  return R"({"dtype": 7, "sizes": )" + sizes + R"(, "strides": )" + strides +
         R"(, "storage_offset": {"as_int": 0}, "layout": )" + std::to_string(layout) +
         R"(, "device": {"type": "cuda"}})";
}

TEST(Pt2TensorMeta, ReadsSizesAndExpressions) {
  const auto parsed_meta = parse_tensor_meta(
      parse_json(meta(R"([{"as_expr": {"expr_str": "s0"}}, {"as_int": 3}])", R"([{"as_int": 3}, {"as_int": 1}])"))
          .value(),
      "x");
  ASSERT_TRUE(parsed_meta.ok()) << parsed_meta.status().message();
  EXPECT_EQ(parsed_meta->dtype, "f32");
  EXPECT_EQ(parsed_meta->sizes[0].expression, "s0");
  EXPECT_EQ(parsed_meta->sizes[1].number, 3);
}

TEST(Pt2TensorMeta, RefusesOddOnes) {
  const auto code = [](const std::string& json) {
    return parse_tensor_meta(parse_json(json).value(), "x").status().code();
  };
  EXPECT_EQ(code(meta("[]", "[]", 1)), StatusCode::unsupported);
  EXPECT_EQ(code(meta(R"([{"as_int": 3}])", "[]")), StatusCode::unsupported);
  EXPECT_EQ(code(meta(R"([{"as_int": -3}])", R"([{"as_int": 1}])")), StatusCode::unsupported);
  EXPECT_EQ(code(meta(R"([{"as_int": 3}])", R"([{"as_int": -1}])")), StatusCode::unsupported);
  EXPECT_EQ(code("{}"), StatusCode::bad_format);
  std::string many = "[";
  for (int i = 0; i < 9; ++i) many += (i > 0 ? "," : "") + std::string(R"({"as_int": 1})");
  EXPECT_EQ(code(meta(many + "]", many + "]")), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::pt2
