// SPDX-License-Identifier: Apache-2.0
#include "estimate/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/try.h"
#include "estimate/calibrated.h"
#include "estimate/plain.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

Status bad(const std::string& what) {
  return {StatusCode::bad_format, "The estimator text is not valid: " + what + "; adapt the model again."};
}

// The shortest decimals that read back as the same floats; doubles would print nine more digits of noise each.
template <typename Floats>
Json numbers(const Floats& values) {
  Json list = Json::array();
  for (const float value : values) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.begin(), text.end(), value);
    double shortest = 0;
    std::from_chars(text.data(), written.ptr, shortest);
    list.push_back(shortest);
  }
  return list;
}

// Room for the largest table of any ladder; sizes are checked again when the estimator is made.
Status read_numbers(const Json& object, const char* field, std::vector<float>& values) {
  const Json& list = object[field];
  if (!list.is_array()) return bad("'" + std::string(field) + "' must be a list of numbers");
  values.reserve(list.size());
  for (const Json& value : list) {
    if (!value.is_number()) return bad("'" + std::string(field) + "' must hold only numbers");
    values.push_back(value.get<float>());
  }
  return {};
}

Status read_statistics(const Json& object, const char* field, std::array<float, InputStatistics::kCount>& values) {
  std::vector<float> list;
  RHEO_RETURN_IF_ERROR(read_numbers(object, field, list));
  if (list.size() != values.size()) return bad("'" + std::string(field) + "' must hold 4 numbers");
  std::copy(list.begin(), list.end(), values.begin());
  return {};
}

constexpr std::array<std::string_view, 10> kFields = {
    "kind",  "paths", "classes", "statistics_mean", "statistics_scale",
    "start", "own",   "deeper",  "answer_offset",   "rescue"};

Result<std::shared_ptr<const Estimator>> read_calibrated(const Json& object, const Ladder& ladder) {
  for (const std::string_view field : kFields) {
    if (!object.contains(std::string(field))) return bad("field '" + std::string(field) + "' is missing");
  }
  for (const auto& [key, value] : object.items()) {
    if (std::find(kFields.begin(), kFields.end(), key) == kFields.end()) return bad("unknown field '" + key + "'");
  }
  const Json& classes = object["classes"];
  if (object["paths"] != ladder.size()) return bad("'paths' is not the ladder's " + std::to_string(ladder.size()));
  if (!classes.is_number_integer() || classes < 1 || classes > CalibratedModel::kMaxClasses) {
    return bad("'classes' must be a small number");
  }
  CalibratedModel model;
  model.paths = static_cast<int>(ladder.size());
  model.classes = classes.get<int>();
  RHEO_RETURN_IF_ERROR(read_statistics(object, "statistics_mean", model.statistics_mean));
  RHEO_RETURN_IF_ERROR(read_statistics(object, "statistics_scale", model.statistics_scale));
  RHEO_RETURN_IF_ERROR(read_numbers(object, "start", model.start));
  RHEO_RETURN_IF_ERROR(read_numbers(object, "own", model.own));
  RHEO_RETURN_IF_ERROR(read_numbers(object, "deeper", model.deeper));
  RHEO_RETURN_IF_ERROR(read_numbers(object, "answer_offset", model.answer_offset));
  RHEO_RETURN_IF_ERROR(read_numbers(object, "rescue", model.rescue));
  return make_calibrated_estimator(std::move(model));
}

}  // namespace

Result<std::shared_ptr<const Estimator>> estimator_from_json(std::string_view text, const Ladder& ladder) {
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return bad("it is no JSON");
  if (!object.is_object() || !object.contains("kind") || !object["kind"].is_string()) return bad("'kind' is missing");
  if (object["kind"] == "calibrated") return read_calibrated(object, ladder);
  if (object["kind"] != "plain") {
    return bad("unknown kind '" + object["kind"].get<std::string>() + "'; known are plain and calibrated");
  }
  if (object.size() != 1) return bad("the plain estimator has no further fields");
  return make_plain_estimator();
}

Result<std::string> estimator_to_json(const Estimator& estimator) {
  if (dynamic_cast<const PlainEstimator*>(&estimator) != nullptr) return Json{{"kind", "plain"}}.dump();
  const auto* calibrated = dynamic_cast<const CalibratedEstimator*>(&estimator);
  if (calibrated == nullptr) {
    return Status(StatusCode::unsupported, "An estimator of the host's own (" + std::string(estimator.name()) +
                                               ") cannot be written as text; give it to Engine::load instead.");
  }
  const CalibratedModel& model = calibrated->model();
  return Json{{"kind", "calibrated"},
              {"paths", model.paths},
              {"classes", model.classes},
              {"statistics_mean", numbers(model.statistics_mean)},
              {"statistics_scale", numbers(model.statistics_scale)},
              {"start", numbers(model.start)},
              {"own", numbers(model.own)},
              {"deeper", numbers(model.deeper)},
              {"answer_offset", numbers(model.answer_offset)},
              {"rescue", numbers(model.rescue)}}
      .dump();
}

}  // namespace rheo
