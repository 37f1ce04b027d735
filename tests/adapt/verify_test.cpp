// SPDX-License-Identifier: Apache-2.0
// A package that was made with all that this processor has, and a cap on the instruction set that stands for another
// kind of host.
#include "adapt/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include <rheo/engine.h>

#include "adapt/adapt_model.h"
#include "load/graph_json.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;
using testing::TemporaryFolder;

// Certified and shipped, whatever the clock says.
const Package& shipped() {
  static const Package package = [] {
    const Workbench& bench = small_workbench();
    const Family family = tune_family(bench, small_options()).value();
    const CertifiedFamily certified =
        certify_family(family, bench.certification, {.max_disagreement = small_options().max_disagreement}).value();
    Package draft = draft_package(bench, family).value();
    return wrap_up(bench, family, std::move(draft), certified, {50, 100, 50, 40}, small_options(), 1).value().package;
  }();
  return package;
}

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

class Verify : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_package(shipped(), file_).ok()); }

  // A cap that makes this another kind of host; empty when there is none below.
  static std::string other_isa() {
    const Isa best = select_isa("").value();
    if (best > Isa::avx2) return "avx2";
    return best > Isa::portable ? "portable" : "";
  }
  Engine loaded(const std::string& max_isa) { return Engine::load(file_, {.max_isa = max_isa}).value(); }
  // The path and policy of a request.
  RunRecord record_of(const Engine& engine) {
    Tensor input;
    EXPECT_TRUE(small_workbench().data.read_item(0, input).ok());
    return engine.run(input).value().record();
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.file("model.rheo");
};

TEST_F(Verify, PassesWhereItWasMadeAndWritesNothing) {
  const std::string before = bytes_of(file_);
  const Verification verification = verify_package(file_, "", WhenVerified::record).value();
  EXPECT_TRUE(verification.passed());
  EXPECT_TRUE(verification.known);
  EXPECT_FALSE(verification.written);
  EXPECT_EQ(bytes_of(file_), before);
  ASSERT_EQ(verification.paths.size(), shipped().ladder.size());
  for (const PathCheck& check : verification.paths) {
    EXPECT_EQ(check.inputs, 16) << check.path;
    EXPECT_EQ(check.answers_equal, 16) << check.path;
  }
}

TEST_F(Verify, MakesTheCertificateCountOnAnotherKindOfHost) {
  const std::string cap = other_isa();
  if (cap.empty()) GTEST_SKIP() << "this processor is the least there is; no cap makes it another kind of host";
  const Engine here = loaded("");
  ASSERT_TRUE(here.certificate_status().ok()) << here.certificate_status().message();
  const Engine before = loaded(cap);
  EXPECT_EQ(before.certificate_status().code(), StatusCode::not_certified);
  EXPECT_NE(before.certificate_status().message().find("rheo verify"), std::string::npos);
  EXPECT_EQ(record_of(before).policy, "fixed");

  const Verification verification = verify_package(file_, cap, WhenVerified::record).value();
  for (const PathCheck& check : verification.paths) {
    EXPECT_TRUE(check.passed) << check.path << " " << check.largest_error << " " << check.largest_change;
  }
  EXPECT_TRUE(verification.written);
  EXPECT_EQ(folder_.entries(), 1U);

  const Engine after = loaded(cap);
  EXPECT_TRUE(after.certificate_status().ok()) << after.certificate_status().message();
  EXPECT_EQ(record_of(after).policy, "tradeoff");
  EXPECT_TRUE(record_of(after).certified);
  EXPECT_TRUE(loaded("").certificate_status().ok());  // where it was made, nothing changed
  const Package read = read_package(file_).value();
  EXPECT_EQ(read.model_hash, model_hash(shipped()));
  ASSERT_EQ(read.hosts.size(), 2U);
  EXPECT_EQ(read.hosts[0].isa, shipped().certificate->isa);
  EXPECT_EQ(read.hosts[1].isa, cap);
  EXPECT_FALSE(made_on(read, cap, read.hosts[1].library_versions));  // measured choices stay where they were made
}

TEST_F(Verify, OnlyChecksWhenAskedTo) {
  const std::string cap = other_isa();
  if (cap.empty()) GTEST_SKIP() << "this processor is the least there is; no cap makes it another kind of host";
  const std::string before = bytes_of(file_);
  const Verification verification = verify_package(file_, cap, WhenVerified::only_say).value();
  EXPECT_TRUE(verification.passed());
  EXPECT_FALSE(verification.known);
  EXPECT_FALSE(verification.written);
  EXPECT_EQ(bytes_of(file_), before);
  EXPECT_FALSE(loaded(cap).certificate_status().ok());
}

// The last convolution's weights are others, and all hashes fit: only the answers that the package carries tell.
TEST_F(Verify, APathThatComputesSomethingElseFailsAndIsNotWritten) {
  Package corrupted = shipped();
  NamedTensors tensors;
  const std::string text = graph_to_json(*corrupted.graph, tensors).value();
  int changed = 0;
  for (auto& [name, tensor] : tensors) {
    if (tensor.shape() != Shape{4, 4, 3, 3}) continue;
    tensor = tensor.clone().value();
    for (float& weight : tensor.as_mutable<float>()) weight *= -3;
    ++changed;
  }
  ASSERT_EQ(changed, 1);
  corrupted.graph = graph_from_json(text, tensors, {}).value();
  corrupted.certificate->model_hash = model_hash(corrupted);
  ASSERT_TRUE(write_package(corrupted, file_).ok());

  const std::string before = bytes_of(file_);
  for (const std::string& cap : {std::string(), other_isa()}) {
    const Verification verification = verify_package(file_, cap, WhenVerified::record).value();
    EXPECT_FALSE(verification.passed());
    EXPECT_FALSE(verification.written);
    for (const PathCheck& check : verification.paths) {
      const bool deep = check.path.starts_with("final.");
      EXPECT_EQ(check.passed, !deep) << check.path << " " << check.largest_change;
      EXPECT_LT(check.largest_error, 0.05) << check.path;  // it does what its own graph says
    }
    EXPECT_EQ(bytes_of(file_), before);
  }
}

// Choices that nobody can follow are an error where they count, and nowhere else: there the engine looks at none.
TEST_F(Verify, ChecksTheKernelsThatWereMeasuredWhereTheyWereMeasured) {
  Package odd = shipped();
  odd.choices = R"({"f64":{}})";
  odd.certificate->model_hash = model_hash(odd);
  ASSERT_TRUE(write_package(odd, file_).ok());
  EXPECT_FALSE(verify_package(file_, "", WhenVerified::only_say).ok());
  const std::string cap = other_isa();
  if (!cap.empty()) {
    EXPECT_TRUE(verify_package(file_, cap, WhenVerified::only_say).ok());
  }
}

TEST_F(Verify, SaysWhatIsMissing) {
  EXPECT_EQ(verify_package(folder_.file("none.rheo"), "", WhenVerified::record).status().code(), StatusCode::not_found);
  EXPECT_EQ(verify_package(file_, "sse9", WhenVerified::record).status().code(), StatusCode::invalid_argument);
  Package bare = shipped();
  bare.self_test_inputs.clear();
  bare.self_test_outputs.clear();
  ASSERT_TRUE(write_package(bare, file_).ok());
  const Status status = verify_package(file_, "", WhenVerified::record).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("no self-test inputs"), std::string::npos) << status.message();
}

TEST_F(Verify, AnAnswerThatIsNoNumberFails) {
  Package odd = shipped();
  odd.self_test_outputs[3] = odd.self_test_outputs[3].clone().value();
  odd.self_test_outputs[3].as_mutable<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  ASSERT_TRUE(write_package(odd, file_).ok());
  EXPECT_FALSE(verify_package(file_, "", WhenVerified::record).value().passed());
}

}  // namespace
}  // namespace rheo
