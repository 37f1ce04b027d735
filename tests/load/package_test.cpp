// SPDX-License-Identifier: Apache-2.0
#include "load/package.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "graph/hash.h"
#include "load/file.h"
#include "load/safetensors.h"
#include "load/sample_package.h"
#include "support/allocation_count.h"
#include "support/sample_graphs.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::sample_package;
using testing::TemporaryFolder;
using Bytes = std::vector<std::byte>;

Bytes sample_bytes() { return package_bytes(sample_package()).value(); }

// The sample with one section's text changed, or removed when `text` is null.
Result<Package> read_with_section(const std::string& section, const std::string* text) {
  Safetensors content = read_safetensors(sample_bytes(), nullptr, {}).value();
  if (text == nullptr) {
    content.metadata.erase(section);
  } else {
    content.metadata[section] = *text;
  }
  return read_package(safetensors_bytes(content).value());
}

// The sample with the first `from` in a section replaced by `to`.
Result<Package> read_with(const std::string& section, std::string_view from, std::string_view to) {
  std::string text = read_safetensors(sample_bytes(), nullptr, {}).value().metadata[section];
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << section << " has no " << from << " in " << text;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return read_with_section(section, &text);
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

void expect_same(const Package& read, const Package& written) {
  EXPECT_EQ(content_hash(*read.graph), content_hash(*written.graph));
  EXPECT_EQ(model_hash(read), model_hash(written));
  EXPECT_EQ(read.model_hash, model_hash(written));
  ASSERT_EQ(read.graph->nodes().size(), written.graph->nodes().size());
  EXPECT_EQ(read.graph->nodes()[0].name, written.graph->nodes()[0].name);
  EXPECT_EQ(read.graph->labels()[1], written.graph->labels()[1]);
  EXPECT_EQ(read.graph->inputs()[0].name, "image");
  EXPECT_EQ(read.ladder.size(), written.ladder.size());
  EXPECT_EQ(read.ranges, written.ranges);
  EXPECT_EQ(read.policy, written.policy);
  EXPECT_EQ(read.estimator, written.estimator);
  EXPECT_EQ(read.choices, written.choices);
  EXPECT_EQ(read.note, written.note);
  EXPECT_EQ(hosts_to_json(read.hosts), hosts_to_json(written.hosts));
  ASSERT_EQ(read.self_test_outputs.size(), written.self_test_outputs.size());
  for (std::size_t i = 0; i < read.self_test_outputs.size(); ++i) {
    EXPECT_TRUE(same_bits(read.self_test_inputs[i], written.self_test_inputs[i]));
    EXPECT_TRUE(same_bits(read.self_test_outputs[i], written.self_test_outputs[i]));
  }
}

TEST(Package, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const Package written = sample_package();
  const Status status = write_package(written, folder.file("model.rheo"));
  ASSERT_TRUE(status.ok()) << status.message();
  const Result<Package> read = read_package(folder.file("model.rheo"));
  ASSERT_TRUE(read.ok()) << read.status().message();
  expect_same(*read, written);
  EXPECT_EQ(read->certificate->promises[0].losses, 3);
  EXPECT_EQ(read->certificate->promises[1].bound, -0.001);
  EXPECT_EQ(read->ladder.profile(PathId{0}).batches[1].latency_us, 6);
  EXPECT_EQ(read->ladder.path(PathId{0}).precision, Precision::int8);
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(Package, ReadsFromMemoryWithoutKeepingIt) {
  Bytes bytes = sample_bytes();
  const Result<Package> read = read_package(bytes);
  ASSERT_TRUE(read.ok()) << read.status().message();
  std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
  expect_same(*read, sample_package());
}

// A ladder of two models: the small one's paths, one of them on smaller pictures, before the reference.
Package cascade() {
  Package package;
  package.graph = testing::three_exit_graph(2);
  package.variant = "large";
  package.mixed = {{"stem.conv", Precision::bf16}};
  package.smaller = {{.name = "small", .graph = testing::three_exit_graph(1)}};
  package.smaller[0].ranges["stem.relu"] = {0, 3};
  package.ladder = Ladder::create({{Path{Precision::int8, "exit1", 0, "small", {8, 10}}, {}},
                                   {Path{Precision::mixed, "final", 2, "large"}, {}},
                                   {Path{Precision::f32, "final", 2, "large"}, {}}})
                       .value();
  return package;
}

TEST(Package, HoldsSeveralModelsAndSizes) {
  const Package written = cascade();
  const Result<Package> read = read_package(package_bytes(written).value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->variant, "large");
  EXPECT_EQ(read->mixed, written.mixed);
  ASSERT_EQ(read->smaller.size(), 1U);
  EXPECT_EQ(read->smaller[0].name, "small");
  EXPECT_EQ(read->smaller[0].ranges, written.smaller[0].ranges);
  EXPECT_EQ(content_hash(*read->smaller[0].graph), content_hash(*written.smaller[0].graph));
  for (std::size_t i = 0; i < 3; ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    EXPECT_EQ(read->ladder.name(id), written.ladder.name(id));
  }
  EXPECT_EQ(read->model_hash, model_hash(written));
}

TEST(Package, ItsHashSpeaksOfEveryModel) {
  const std::string hash = model_hash(cascade());
  for (const auto& change :
       {+[](Package& p) { p.smaller[0].graph = testing::three_exit_graph(3); },
        +[](Package& p) { p.smaller[0].ranges.clear(); }, +[](Package& p) { p.variant = "x"; },
        +[](Package& p) { p.mixed.begin()->second = Precision::f32; },
        +[](Package& p) { p.smaller[0].mixed = p.mixed; }, +[](Package& p) { p.smaller.clear(); }}) {
    Package changed = cascade();
    change(changed);
    EXPECT_NE(model_hash(changed), hash);
  }
}

TEST(Package, PathsOfModelsThatAreNotThereAreRefused) {
  Package package = cascade();
  package.smaller[0].name = "tiny";
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument);
  package = cascade();
  package.ladder = Ladder();
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument) << "which model would answer?";
}

// Whoever opens it finds a path to run: an engine indexes the ladder's last rung.
TEST(Package, NeedsOnlyAGraph) {
  Package bare;
  bare.graph = sample_package().graph;
  const Result<Package> read = read_package(package_bytes(bare).value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_EQ(read->ladder.size(), 2U);
  EXPECT_EQ(read->ladder.path(PathId{0}).name(), "early.f32");
  EXPECT_EQ(read->ladder.path(read->ladder.reference()).name(), "final.f32");
  EXPECT_EQ(read->model_hash, model_hash(*read));
  const Result<Package> again = read_package(package_bytes(*read).value());
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_EQ(again->model_hash, read->model_hash);
  EXPECT_FALSE(read->certificate.has_value());
  EXPECT_EQ(read->policy, "");
  EXPECT_EQ(package_bytes(Package{}).status().code(), StatusCode::invalid_argument);
}

// Sizes in a file decide how much is allocated, so any large allocation may fail: reading says so and goes on.
TEST(Package, ReadingSurvivesWithoutMemory) {
  const Bytes bytes = sample_bytes();
  for (const std::size_t failing_bytes : {256, 512, 1024}) {
    testing::fail_allocations_of(failing_bytes);
    const Result<Package> read = read_package(bytes);
    testing::fail_allocations_of(SIZE_MAX);
    EXPECT_EQ(read.status().code(), StatusCode::resource_exhausted) << failing_bytes;
    EXPECT_TRUE(read_package(bytes).ok());
  }
}

TEST(Package, ACertificateNeedsALadder) {
  Package package = sample_package();
  package.ladder = Ladder();
  package.self_test_inputs.clear();
  package.self_test_outputs.clear();
  package.certificate->model_hash = model_hash(package);
  const Status status = package_bytes(package).status();
  EXPECT_NE(status.message().find("ladder is empty"), std::string::npos) << status.message();
}

TEST(Package, IsAnErrorWhenTruncatedAnywhere) {
  const Bytes bytes = sample_bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Result<Package> read = read_package(std::span(bytes).first(size));
    ASSERT_FALSE(read.ok()) << "the first " << size << " bytes of " << bytes.size();
    ASSERT_FALSE(read.status().message().empty());
  }
}

TEST(Package, RefusesAFlippedBitAnywhere) {
  Bytes bytes = sample_bytes();
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (const std::size_t bit : {place % 8, (place + 4) % 8}) {  // each bit of every eight bytes, twice
      bytes[place] ^= std::byte(1 << bit);
      const Result<Package> read = read_package(bytes);
      EXPECT_FALSE(read.ok()) << "bit " << bit << " of byte " << place;
      EXPECT_TRUE(read.ok() || !read.status().message().empty());
      bytes[place] ^= std::byte(1 << bit);
    }
  }
  EXPECT_TRUE(read_package(bytes).ok());
}

// What no other check or hash looks at.
TEST(Package, RefusesChangedTextsAndSelfTests) {
  const std::pair<const char*, std::pair<const char*, const char*>> changes[] = {
      {"graph", {"shirt", "skirt"}},
      {"hosts", {"2026-02-03", "2026-02-04"}},
      {"certificate", {"0123456789abcdef", "0123456789abcdee"}},
      {"policy", {"0.5", "0.6"}},
      {"note", {"chance", "change"}},
  };
  for (const auto& [section, change] : changes) {
    const Status status = read_with(section, change.first, change.second).status();
    EXPECT_EQ(status.code(), StatusCode::bad_format) << section;
    EXPECT_NE(status.message().find("was changed after"), std::string::npos) << section << status.message();
  }
  EXPECT_FALSE(read_with_section("certificate", nullptr).ok());  // nobody takes a promise away unseen
  Safetensors content = read_safetensors(sample_bytes(), nullptr, {}).value();
  Tensor& output = content.tensors.find("self_test.output.0")->second;
  output = output.clone().value();
  output.as_mutable<float>()[0] += 1;
  EXPECT_FALSE(read_package(safetensors_bytes(content).value()).ok());
}

TEST(Package, RefusesTrailingBytes) {
  Bytes bytes = sample_bytes();
  bytes.push_back(std::byte{0});
  EXPECT_EQ(read_package(bytes).status().code(), StatusCode::bad_format);
}

TEST(Package, RefusesMissingAndUnknownSections) {
  const std::string text = "{}";
  for (const char* section : {"rheo", "graph", "ladder", "ranges"}) {
    EXPECT_EQ(read_with_section(section, nullptr).status().code(), StatusCode::bad_format) << section;
  }
  EXPECT_EQ(read_with_section("surprise", &text).status().code(), StatusCode::bad_format);
}

TEST(Package, RefusesOtherVersions) {
  for (const char* other : {R"("version":2)", R"("version":4)"}) {
    EXPECT_EQ(read_with("rheo", R"("version":3)", other).status().code(), StatusCode::unsupported) << other;
  }
}

TEST(Package, RefusesAChangedModelOrLadder) {
  const auto changed = read_with("ladder", R"("temperature":1.25)", R"("temperature":1.5)");
  EXPECT_NE(changed.status().message().find("was changed"), std::string::npos) << changed.status().message();
  EXPECT_FALSE(read_with("ranges", R"("high":1.5)", R"("high":2.5)").ok());
  EXPECT_FALSE(read_with("estimator", "plain", "other").ok());
  EXPECT_FALSE(read_with("graph", R"("op":"relu")", R"("op":"tanh")").ok());
}

TEST(Package, RefusesACertificateOfAnotherModel) {
  Package package = sample_package();
  package.certificate->model_hash = "0123";
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument);
}

TEST(Package, KnowsWhereItWasMadeAndWhereItWasVerified) {
  const Package package = sample_package();
  EXPECT_TRUE(made_on(package, "avx2", "rheo 0.1.0"));
  EXPECT_FALSE(made_on(package, "avx512", "rheo 0.1.0"));
  EXPECT_TRUE(verified_on(package, "avx2", "rheo 0.1.0"));
  EXPECT_TRUE(verified_on(package, "avx512", "rheo 0.1.0"));
  EXPECT_FALSE(verified_on(package, "avx512", "rheo 0.2.0"));
  EXPECT_FALSE(verified_on(package, "portable", "rheo 0.1.0"));
  Package without_hosts = package;
  without_hosts.hosts.clear();
  EXPECT_TRUE(made_on(without_hosts, "avx2", "rheo 0.1.0"));  // as its certificate says
  EXPECT_FALSE(verified_on(without_hosts, "avx512", "rheo 0.1.0"));
  without_hosts.certificate.reset();
  EXPECT_FALSE(made_on(without_hosts, "avx2", "rheo 0.1.0"));
}

TEST(Package, AFurtherHostChangesNoHash) {
  Package package = sample_package();
  const std::string before = model_hash(package);
  package.hosts.push_back({"portable", "rheo 0.1.0", "2026-03-04T05:06:07Z"});
  EXPECT_EQ(model_hash(package), before);
  const Result<Package> read = read_package(package_bytes(package).value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->hosts.size(), 3U);
}

TEST(Package, RefusesAFirstHostThatIsNotTheCertificates) {
  EXPECT_EQ(read_with("hosts", R"("isa":"avx2")", R"("isa":"portable")").status().code(), StatusCode::bad_format);
}

TEST(Package, RefusesFreeSectionsThatAreNoJson) {
  Package package = sample_package();
  package.policy = "{\"kind\":";
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument);
}

TEST(Package, RefusesANoteThatIsABook) {
  Package package = sample_package();
  package.note.assign(4097, 'a');
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument);
}

TEST(Package, RefusesSelfTestsThatDoNotFitTheModel) {
  Package package = sample_package();
  package.self_test_inputs.pop_back();
  EXPECT_FALSE(package_bytes(package).ok());
  package = sample_package();
  package.self_test_outputs[0] = package.self_test_inputs[0];
  EXPECT_FALSE(package_bytes(package).ok());
  package = sample_package();
  package.self_test_outputs[1] = Tensor::zeros(DType::f32, {1, 3}).value();  // of one path only
  EXPECT_FALSE(package_bytes(package).ok());
}

TEST(Package, RefusesNumbersThatAreNotFinite) {
  Package package = sample_package();
  package.ranges["hidden"].high = std::numeric_limits<float>::infinity();
  EXPECT_EQ(package_bytes(package).status().code(), StatusCode::invalid_argument);
}

TEST(Package, LeavesNothingBehindWhenWritingFails) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("model.rheo"));  // a folder is in the way: the last step fails
  EXPECT_EQ(write_package(sample_package(), folder.file("model.rheo")).code(), StatusCode::io_error);
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_EQ(write_package(sample_package(), folder.file("no/such/folder")).code(), StatusCode::not_found);
}

TEST(Package, KeepsTheOldFileWhenTheNewPackageIsBad) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_package(sample_package(), folder.file("model.rheo")).ok());
  Package bad = sample_package();
  bad.policy = "no json";
  EXPECT_FALSE(write_package(bad, folder.file("model.rheo")).ok());
  EXPECT_TRUE(read_package(folder.file("model.rheo")).ok());
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(Package, NamesTheFileInErrors) {
  EXPECT_EQ(read_package("/no/such/model.rheo").status().code(), StatusCode::not_found);
  const auto broken = read_package(std::string("/dev/null"));
  EXPECT_NE(broken.status().message().find("/dev/null"), std::string::npos);
}

TEST(Package, HonoursItsLimits) {
  LoadLimits limits;
  limits.nodes = 2;
  EXPECT_EQ(read_package(sample_bytes(), limits).status().code(), StatusCode::limit_exceeded);
  limits = {};
  limits.header_bytes = 100;
  EXPECT_EQ(read_package(sample_bytes(), limits).status().code(), StatusCode::limit_exceeded);
}

TEST(Package, ModelsWithOutputsTravelWhole) {
  for (const auto& graph : {testing::encoder_graph(), testing::state_graph(), testing::three_exits_and_outputs()}) {
    Package written;
    written.graph = graph;
    const Result<Package> read = read_package(package_bytes(written).value());
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ(content_hash(*read->graph), content_hash(*graph));
    EXPECT_EQ(read->graph->outputs().size(), graph->outputs().size());
    EXPECT_EQ(read->ladder.size(), graph->exits().size());
  }
}

}  // namespace
}  // namespace rheo
