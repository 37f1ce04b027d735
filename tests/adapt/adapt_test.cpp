// SPDX-License-Identifier: Apache-2.0
// adapt as a user calls it: files in, a package or a sentence out, and nothing half-written.
#include <rheo/adapt.h>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <stop_token>

#include <rheo/engine.h>

#include "adapt/ledger.h"
#include "load/package.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::SmallSample;

constexpr std::size_t kGiven = 3;  // files of a sample: model, images, labels

TEST(Adapt, WritesAPackageThatRuns) {
  const SmallSample sample;
  std::vector<std::string> stages;
  AdaptOptions options = small_options();
  options.progress = [&](std::string_view stage, double done) {
    EXPECT_GE(done, 0);
    EXPECT_LE(done, 1);
    if (stages.empty() || stages.back() != stage) stages.emplace_back(stage);
  };
  const Result<AdaptReport> report = adapt(sample.model(), sample.images(), "", sample.output(), options);
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_EQ(report->read, 1);
  EXPECT_FALSE(report->rows.empty());
  EXPECT_FALSE(report->note.empty());
  EXPECT_EQ(stages.front(), "open");
  EXPECT_EQ(stages.back(), "written");
  EXPECT_EQ(sample.folder().entries(), kGiven + 2);  // the package and the ledger

  const Engine engine = Engine::load(sample.output()).value();
  // Whether adapting pays is for the clock to say; what is shipped must be certified in either case.
  EXPECT_EQ(engine.certificate_status().ok(), report->adaptive);
  EXPECT_EQ(engine.certificate().has_value(), report->chosen >= 0);
  const Tensor input = Tensor::zeros(DType::f32, {1, 1, 8, 8}).value();
  EXPECT_EQ(engine.run(input).value().output(0).shape(), (Shape{1, 5}));
}

TEST(Adapt, AnotherSeedOnTheSameDataIsTheSecondRead) {
  const SmallSample sample;
  AdaptOptions options = small_options();
  options.precisions = {Precision::f32};
  for (int read = 1; read <= 2; ++read) {
    options.seed = static_cast<std::uint64_t>(read);
    const AdaptReport report = adapt(sample.model(), sample.images(), "", sample.output(), options).value();
    EXPECT_EQ(report.read, read);
    const std::string said = "Read " + std::to_string(read) + " of these inputs";
    EXPECT_NE(report.to_string().find(said), std::string::npos) << report.to_string();
  }
}

struct BadCall {
  const char* what;
  StatusCode code;
  const char* word;  // of the sentence
  std::function<void(AdaptOptions&)> change = [](AdaptOptions&) {};
  // Empty: those of the sample; no labels.
  std::string model = {};
  std::string data = {};
  std::string labels = {};
  std::string output = {};
};

void expect_refused(const SmallSample& sample, std::size_t files, const BadCall& call) {
  AdaptOptions options = small_options();
  call.change(options);
  const auto or_sample = [](const std::string& given, const std::string& own) { return given.empty() ? own : given; };
  const Status status = adapt(or_sample(call.model, sample.model()), or_sample(call.data, sample.images()), call.labels,
                              or_sample(call.output, sample.output()), options)
                            .status();
  EXPECT_EQ(status.code(), call.code) << call.what << ": " << status.message();
  EXPECT_NE(status.message().find(call.word), std::string::npos) << call.what << ": " << status.message();
  EXPECT_EQ(sample.folder().entries(), files) << call.what;
}

TEST(Adapt, WrongOptionsAreRefusedByName) {
  const SmallSample sample(100);
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr auto kBad = StatusCode::invalid_argument;
  const auto confidence = [](double value) { return [value](AdaptOptions& o) { o.confidence = value; }; };
  const auto disagreement = [](double value) { return [value](AdaptOptions& o) { o.max_disagreement = value; }; };
  const auto policies = [](int value) { return [value](AdaptOptions& o) { o.policies = value; }; };
  const BadCall calls[] = {
      {"confidence 0", kBad, "confidence", confidence(0)},
      {"confidence 1", kBad, "confidence", confidence(1)},
      {"confidence NaN", kBad, "confidence", confidence(kNan)},
      {"confidence negative", kBad, "confidence", confidence(-0.95)},
      {"limit 0", kBad, "between 0 and 1", disagreement(0)},
      {"limit 1", kBad, "between 0 and 1", disagreement(1)},
      {"limit NaN", kBad, "between 0 and 1", disagreement(kNan)},
      {"no limit", kBad, "Nothing is promised", disagreement(-1)},
      {"negative policies", kBad, "policies", policies(-3)},
      {"one policy", kBad, "policies", policies(1)},
      {"too many policies", kBad, "policies", policies(1001)},
      {"instruction set", kBad, "sse9", [](AdaptOptions& o) { o.max_isa = "sse9"; }},
      {"a drop without labels", kBad, "labels", [](AdaptOptions& o) { o.max_accuracy_drop = 0.05; }},
      {"too few inputs", kBad, "at least 368", disagreement(0.01)},
  };
  for (const BadCall& call : calls) expect_refused(sample, kGiven, call);
}

// No file is opened for a promise that cannot be meant.
TEST(Adapt, WrongNumbersAreRefusedBeforeAnyFileIsOpened) {
  const SmallSample sample(100);
  AdaptOptions options = small_options();
  options.confidence = 95;
  const Status status = adapt("none.pt", "none.idx", "", sample.output(), options).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("confidence"), std::string::npos) << status.message();
}

TEST(Adapt, WrongFilesAreRefusedByName) {
  const SmallSample sample(100);
  const auto inside = [&](const char* name) { return sample.folder().file(name); };
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(inside(name), std::ios::binary) << text;
    return inside(name);
  };
  std::string damaged(std::filesystem::file_size(sample.model()), 0);
  std::ifstream(sample.model(), std::ios::binary).read(damaged.data(), static_cast<std::streamsize>(damaged.size()));
  damaged.resize(damaged.size() - 100);
  const std::string text = write("text.rheo", "no package");
  const std::string cut = write("cut.rheo", damaged);
  const std::string script = write("model.pt", "PK\3\4");
  std::filesystem::create_directory(inside("folder.rheo"));
  std::filesystem::create_directory(inside("pictures"));
  constexpr auto kMissing = StatusCode::not_found;
  constexpr auto kBad = StatusCode::invalid_argument;
  const auto no_plugins = [&](AdaptOptions& o) { o.model.plugin_dir = inside("no_plugins"); };
  const auto keep = [](AdaptOptions&) {};
  const BadCall calls[] = {
      {"no such data", kMissing, "none.idx", keep, "", inside("none.idx")},
      {"no such model", kMissing, "none.rheo", keep, inside("none.rheo")},
      {"text as a model", StatusCode::limit_exceeded, "text.rheo", keep, text},
      {"cut model", StatusCode::bad_format, "cut.rheo", keep, cut},
      {"no plugin", StatusCode::unavailable, "no_plugins", no_plugins, script},
      {"no such labels", kMissing, "none.idx", keep, "", "", inside("none.idx")},
      {"pictures as labels", kBad, "one label for each", keep, "", "", sample.images()},
      {"labels as pictures", kBad, "labels.idx", keep, "", sample.labels()},
      {"model as data", StatusCode::bad_format, "model.rheo", keep, "", sample.model()},
      {"no output folder", kMissing, "there is no folder", keep, "", "", "", inside("no/model.rheo")},
      {"a folder as output", kBad, "is a folder", keep, "", "", "", inside("folder.rheo")},
  };
  for (const BadCall& call : calls) expect_refused(sample, kGiven + 5, call);
  const Status nameless = adapt(sample.model(), sample.images(), "", "", small_options()).status();
  EXPECT_EQ(nameless.code(), kBad);
}

TEST(Adapt, ABrokenLedgerIsAnErrorBeforeAnyWork) {
  const SmallSample sample(100);
  std::ofstream(sample.ledger()) << "{";
  AdaptOptions options = small_options();
  options.progress = [](std::string_view stage, double) { EXPECT_EQ(stage, "open"); };
  const Status status = adapt(sample.model(), sample.images(), "", sample.output(), options).status();
  EXPECT_EQ(status.code(), StatusCode::bad_format);
  EXPECT_NE(status.message().find("ledger"), std::string::npos);
}

TEST(Adapt, AStopLeavesNothingBehindWheneverItComes) {
  const SmallSample sample(120);
  for (const char* at :
       {"", "open", "calibrate ranges", "measure kernels", "profile paths", "record", "tune and certify"}) {
    std::stop_source source;
    AdaptOptions options = small_options();
    options.precisions = {Precision::f32};
    options.stop = source.get_token();
    bool reached = false;
    options.progress = [&](std::string_view stage, double) {
      reached |= stage == at;
      if (stage == at) source.request_stop();
      EXPECT_NE(stage, "written");
    };
    if (*at == '\0') source.request_stop();  // already asked before the call
    const Status status = adapt(sample.model(), sample.images(), "", sample.output(), options).status();
    EXPECT_EQ(status.code(), StatusCode::cancelled) << at << ": " << status.message();
    EXPECT_NE(status.message().find("Adapting was stopped"), std::string::npos) << status.message();
    EXPECT_EQ(reached, *at != '\0') << at;
    EXPECT_EQ(sample.folder().entries(), kGiven) << at;  // no package, no temporary file, no read
  }
}

TEST(Adapt, AnEarlierPackageStaysWhenAdaptingFails) {
  const SmallSample sample(100);
  std::ofstream(sample.output()) << "earlier";
  AdaptOptions options = small_options();
  options.max_disagreement = 0.01;
  EXPECT_FALSE(adapt(sample.model(), sample.images(), "", sample.output(), options).ok());
  std::string text;
  std::ifstream(sample.output()) >> text;
  EXPECT_EQ(text, "earlier");
}

}  // namespace
}  // namespace rheo
