// SPDX-License-Identifier: Apache-2.0
// adapt as a user calls it: files in, a package or a sentence out, and nothing half-written.
#include <rheo/adapt.h>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <stop_token>

#include <rheo/engine.h>

#include "adapt/ledger.h"
#include "adapt/verify.h"
#include "load/npy.h"
#include "load/package.h"
#include "support/sample_graphs.h"
#include "support/small_classifier.h"
#include "support/zip_writer.h"

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
  const std::string script = write("model.pt", testing::zip_of({{"model/code/model.py", "pass"}}));
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

// Two convolutional models in files, and pictures for the larger one.
class AdaptPictures : public ::testing::Test {
 protected:
  AdaptPictures() {
    Package small;
    small.graph = testing::three_exit_graph(2);  // 12 x 12
    EXPECT_TRUE(write_package(small, small_).ok());
    testing::Net net(5);
    const ValueId image = net.input({kDynamic, 1, 16, 16});
    const ValueId x = net.node(OpKind::relu, {net.conv(image, 8, 3)});
    const ValueId flat = net.node(OpKind::flatten, {net.node(OpKind::global_avg_pool, {net.conv(x, 8, 3)})});
    net.exit("last", net.linear(flat, 5));
    Package large;
    large.graph = net.build();
    EXPECT_TRUE(write_package(large, large_).ok());
    EXPECT_TRUE(write_npy(data_, testing::random_tensor({300, 1, 16, 16}, 11, 0, 1).view()).ok());
    options_.max_disagreement = 0.9;
    options_.policies = 4;
    options_.policy = PolicyKind::fixed;  // drops no path, so that which are there does not depend on times
    options_.precisions = {Precision::int8};
  }

  // Every path answers, and what was written can be verified.
  void expect_works(const std::set<std::string>& names) const {
    const Engine engine = Engine::load(output_).value();
    std::set<std::string> found;
    const Tensor picture = testing::random_tensor({2, 1, 16, 16}, 3, 0, 1);
    for (std::size_t i = 0; i < engine.ladder().size(); ++i) {
      const std::string name(engine.ladder().name(PathId{static_cast<std::uint8_t>(i)}));
      found.insert(name);
      const auto outcome = engine.run(picture, {.path = name});
      ASSERT_TRUE(outcome.ok()) << name << ": " << outcome.status().message();
      EXPECT_EQ(outcome->record().path, name);
      EXPECT_EQ(outcome->output(0).shape(), (Shape{2, 5})) << name;
    }
    EXPECT_EQ(found, names);
    const Verification verification = verify_package(output_, "", WhenVerified::only_say).value();
    EXPECT_TRUE(verification.passed());
    EXPECT_EQ(verification.paths.size(), names.size());
    EXPECT_NE(engine.describe().find("@"), std::string::npos);
  }

  const testing::TemporaryFolder folder_;
  const std::string small_ = folder_.file("small.rheo");
  const std::string large_ = folder_.file("large.rheo");
  const std::string data_ = folder_.file("data.npy");
  const std::string output_ = folder_.file("adapted.rheo");
  AdaptOptions options_;
};

TEST_F(AdaptPictures, SmallerPicturesArePathsOfTheirOwn) {
  options_.resolutions = {{12, 12}, {8, 10}};
  const Result<AdaptReport> report = adapt(large_, data_, "", output_, options_);
  ASSERT_TRUE(report.ok()) << report.status().message();
  expect_works({"last.f32", "last.int8", "last.int8@12", "last.int8@8x10"});
  const PathId small = report->ladder.find("last.int8@8x10").value();
  EXPECT_LT(report->ladder.profile(small).multiply_adds,
            0.5 * report->ladder.profile(report->ladder.reference()).multiply_adds);
}

TEST_F(AdaptPictures, TwoModelsMakeOneLadder) {
  options_.smaller_models = {small_};
  options_.resolutions = {{12, 12}};
  const Result<AdaptReport> report = adapt(large_, data_, "", output_, options_);
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_EQ(report->ladder.name(report->ladder.reference()), "large:last.f32");
  expect_works({"small:exit1.f32", "small:exit2.f32", "small:final.f32", "small:exit1.int8", "small:exit2.int8",
                "small:final.int8", "large:last.f32", "large:last.int8", "large:last.int8@12"});
  // The certificate speaks of both models: nobody exchanges one of them unnoticed.
  Package package = read_package(output_).value();
  ASSERT_EQ(package.smaller.size(), 1U);
  const std::string before = model_hash(package);
  package.smaller[0].graph = testing::three_exit_graph(3);
  EXPECT_NE(model_hash(package), before);
}

TEST_F(AdaptPictures, ASmallModelThatIsNeverUsedIsNotPacked) {
  options_.smaller_models = {small_};
  options_.policy = PolicyKind::tradeoff;
  options_.max_disagreement = 0.1;
  options_.use_estimator = false;
  const Result<AdaptReport> report = adapt(large_, data_, "", output_, options_);
  ASSERT_TRUE(report.ok()) << report.status().message();
  bool has_small = false;
  for (std::size_t i = 0; i < report->ladder.size(); ++i) {
    has_small = has_small || report->ladder.path(PathId{static_cast<std::uint8_t>(i)}).variant == "small";
  }
  EXPECT_EQ(read_package(output_).value().smaller.empty(), !has_small);
}

TEST_F(AdaptPictures, ModelsThatDoNotFitAreRefused) {
  options_.smaller_models = {large_};
  const Status status = adapt(small_, data_, "", output_, options_).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("smaller model"), std::string::npos) << status.message();
  EXPECT_FALSE(std::filesystem::exists(output_));
}

}  // namespace
}  // namespace rheo
