// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/model_card.h"

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "plugins/torch/refusal.h"

namespace rheo::torch_import {
namespace {

using Json = nlohmann::json;

constexpr int kCardVersion = 1;
constexpr std::array<const char*, 8> kDTypes = {"f32", "bf16", "f16", "i8", "u8", "i32", "i64", "bool"};

[[noreturn]] void fail(const std::string& what) { throw Failure(RHEO_PLUGIN_BAD_FORMAT, "rheo.json: " + what); }

std::string read_beside(const std::string& model) {
  const std::string file = model + ".json";
  std::ifstream stream(file);
  if (!stream) {
    throw Failure(
        RHEO_PLUGIN_BAD_FORMAT,
        "The model does not say the shape of its inputs: it carries no extra file rheo.json, and there is no "
        "file '" +
            file +
            "'. Save it with _extra_files={\"rheo.json\": ...} or write that file, for example "
            "{\"version\": 1, \"inputs\": [{\"name\": \"image\", \"dtype\": \"f32\", \"shape\": [-1, 3, 224, 224]}]}.");
  }
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::uint32_t dtype_from(const std::string& name) {
  for (std::size_t i = 0; i < kDTypes.size(); ++i) {
    if (name == kDTypes[i]) return static_cast<std::uint32_t>(i);
  }
  fail("the dtype \"" + name + "\" is unknown; say f32, i64, ...");
}

CardInput input_from(const Json& item) {
  CardInput input;
  input.name = item.at("name").get<std::string>();
  input.type.dtype = dtype_from(item.value("dtype", "f32"));
  const auto dims = item.at("shape").get<std::vector<std::int64_t>>();
  if (dims.empty() || dims.size() > RHEO_PLUGIN_MAX_RANK) {
    fail("the shape of input \"" + input.name + "\" must have 1 to 8 dimensions.");
  }
  input.type.rank = static_cast<std::uint32_t>(dims.size());
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] < 1 && !(axis == 0 && dims[axis] == -1)) {
      fail("the shape of input \"" + input.name +
           "\" must be positive; only the first dimension, the batch, may be -1.");
    }
    input.type.dims[axis] = dims[axis];
  }
  input.scale = item.value("scale", 1.0);
  input.offset = item.value("offset", 0.0);
  return input;
}

ModelCard card_from(const Json& root) {
  ModelCard card;
  if (!root.is_object() || root.value("version", 0) != kCardVersion) fail("\"version\" must be 1.");
  for (const Json& item : root.at("inputs")) card.inputs.push_back(input_from(item));
  for (const Json& item : root.value("exits", Json::array())) {
    card.exits.push_back({item.at("name").get<std::string>(), item.at("output").get<std::size_t>()});
  }
  card.labels = root.value("labels", std::vector<std::string>());
  return card;
}

}  // namespace

ModelCard read_model_card(const std::string& text, const std::string& model) {
  const std::string card = text.empty() ? read_beside(model) : text;
  try {
    return card_from(Json::parse(card));
  } catch (const Json::exception& error) {
    fail(error.what());
  }
}

}  // namespace rheo::torch_import
