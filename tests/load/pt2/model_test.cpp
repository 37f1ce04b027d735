// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/model.h"

#include <gtest/gtest.h>

#include "load/given_sample.h"
#include "support/export_sample.h"
#include "support/tensors.h"

namespace rheo::pt2 {
namespace {

using testing::as_file;
using testing::replaced;
using testing::sample_export;
using testing::sample_program;
using testing::sample_weights;
using testing::zip_of;
using testing::ZipPart;

Status refusal(const std::vector<ZipPart>& parts) { return read_model(as_file(zip_of(parts))).status(); }

std::vector<ZipPart> with(std::string_view name, std::string content) {
  std::vector<ZipPart> parts = sample_export();
  for (ZipPart& part : parts) {
    if (part.name == name) part.content = std::move(content);
  }
  return parts;
}

std::vector<ZipPart> without(std::string_view name) {
  std::vector<ZipPart> parts = sample_export();
  std::erase_if(parts, [&](const ZipPart& part) { return part.name == name; });
  return parts;
}

TEST(Pt2Model, HoldsProgramAndWeights) {
  const auto model = read_model(as_file(zip_of(sample_export())));
  ASSERT_TRUE(model.ok()) << model.status().message();
  ASSERT_EQ(model->weights.size(), 1U);
  EXPECT_EQ(model->weights[0].first, "p_w");
  EXPECT_TRUE(testing::is_identical(model->weights[0].second, testing::f32_of({2}, {1, -2})));
  EXPECT_EQ(model->program.nodes.size(), 2U);
}

TEST(Pt2Model, TakesGivenWeights) {
  const Tensor other = testing::f32_of({2}, {7, 8});
  for (const bool is_there : {true, false}) {
    GivenWeights given = testing::given_weights({{"block.w", other}});
    const auto model =
        read_model(as_file(zip_of(is_there ? sample_export() : without("net/data/weights/weight_0"))), {}, &given);
    ASSERT_TRUE(model.ok()) << model.status().message();
    EXPECT_TRUE(testing::is_identical(model->weights[0].second, other));
    EXPECT_TRUE(given.all_taken().ok());
  }
  GivenWeights misfit = testing::given_weights({{"block.w", testing::f32_of({2, 1}, {7, 8})}});
  EXPECT_EQ(read_model(as_file(zip_of(sample_export())), {}, &misfit).status().code(), StatusCode::invalid_argument);
  GivenWeights lost = testing::given_weights({{"w", other}});
  const auto own = read_model(as_file(zip_of(sample_export())), {}, &lost);
  ASSERT_TRUE(own.ok()) << own.status().message();
  EXPECT_TRUE(testing::is_identical(own->weights[0].second, testing::f32_of({2}, {1, -2})));
  EXPECT_NE(lost.all_taken().message().find("'w' (the model has 'block.w')"), std::string::npos)
      << lost.all_taken().message();
}

TEST(Pt2Model, MayLieInAnyFolderOrNone) {
  std::vector<ZipPart> parts = sample_export();
  for (ZipPart& part : parts) part.name = part.name.substr(4);
  EXPECT_TRUE(read_model(as_file(zip_of(parts))).ok());
}

TEST(Pt2Model, ChecksItsMarks) {
  EXPECT_EQ(refusal(with("net/archive_format", "pt3")).code(), StatusCode::unsupported);
  EXPECT_EQ(refusal(with("net/archive_version", "1")).code(), StatusCode::unsupported);
  EXPECT_EQ(refusal(with("net/byteorder", "big")).code(), StatusCode::unsupported);
  EXPECT_TRUE(refusal(without("net/archive_version")).ok());
  EXPECT_TRUE(refusal(without("net/byteorder")).ok());
}

TEST(Pt2Model, OfSeveralIsTheOneNamedModel) {
  std::vector<ZipPart> parts = sample_export();
  parts.push_back({"net/models/other.json", "not even JSON"});
  EXPECT_TRUE(refusal(parts).ok());
  std::vector<ZipPart> renamed = without("net/models/model.json");
  renamed.push_back({"net/models/only.json", sample_program()});
  EXPECT_NE(refusal(renamed).message().find("does not hold it"), std::string::npos);  // weights belong to "model"
  renamed.push_back({"net/models/another.json", sample_program()});
  EXPECT_NE(refusal(renamed).message().find("another, only"), std::string::npos) << refusal(renamed).message();
  EXPECT_EQ(refusal(without("net/models/model.json")).code(), StatusCode::unsupported);
}

TEST(Pt2Model, SaysWhatOtherArchivesAre) {
  const auto says = [](const std::vector<ZipPart>& parts, const char* part) {
    EXPECT_NE(refusal(parts).message().find(part), std::string::npos) << refusal(parts).message();
  };
  says({{"serialized_exported_program.json", "{}"}}, "before PyTorch 2.8");
  says({{"net/data.pkl", ""}, {"net/constants.pkl", ""}}, "TorchScript");
  says({{"net/data.pkl", ""}}, "pickle of torch.save");
  says({{"net/readme", ""}}, "none of torch.export");
  EXPECT_EQ(read_model(as_file("not a zip")).status().code(), StatusCode::bad_format);
}

TEST(Pt2Model, OpensNoPickle) {
  const Status status = refusal(sample_export(sample_program(), replaced(sample_weights(), "false", "true")));
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("block.w"), std::string::npos) << status.message();
}

// Libraries of AOTInductor and objects of user classes may lie in an archive beside its program.
TEST(Pt2Model, NeverLooksAtNativeCodeOrObjects) {
  std::vector<ZipPart> parts = sample_export();
  parts.push_back({"net/data/aotinductor/model/model.so",
                   "\x7f"
                   "ELF"});
  parts.push_back({"net/data/constants/custom_obj_0", "a pickle that nobody opens"});
  EXPECT_TRUE(read_model(as_file(zip_of(parts))).ok());
  std::erase_if(parts, [](const ZipPart& part) { return part.name.ends_with("models/model.json"); });
  const Status status = read_model(as_file(zip_of(parts))).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported) << status.message();
  EXPECT_NE(status.message().find("AOTInductor"), std::string::npos) << status.message();
}

TEST(Pt2Model, RefusesWeightsThatLie) {
  EXPECT_EQ(refusal(without("net/data/weights/weight_0")).code(), StatusCode::bad_format);
  EXPECT_EQ(refusal(with("net/data/weights/weight_0", "1234")).code(), StatusCode::bad_format);
  EXPECT_EQ(refusal(with("net/data/weights/weight_0", "")).code(), StatusCode::bad_format);
  EXPECT_EQ(refusal(without("net/data/weights/model_weights_config.json")).code(), StatusCode::bad_format);
  EXPECT_EQ(
      refusal(sample_export(sample_program(), replaced(sample_weights(), R"("as_int": 2)", R"("as_int": 1)"))).code(),
      StatusCode::bad_format);
  EXPECT_EQ(refusal(sample_export(sample_program(), replaced(sample_weights(), "weight_0", "../../secret"))).code(),
            StatusCode::bad_format);
}

TEST(Pt2Model, GivesAnErrorWhereverItIsCut) {
  const std::string archive = zip_of(sample_export());
  for (std::size_t length = 0; length < archive.size(); length += 7) {
    const auto model = read_model(as_file(archive.substr(0, length)));
    EXPECT_FALSE(model.ok()) << length;
  }
}

TEST(Pt2Model, GivesAnErrorOrAModelWhateverByteIsChanged) {
  const std::string archive = zip_of(sample_export());
  for (std::size_t at = 0; at < archive.size(); at += 3) {
    for (const char byte : {'\0', '\x01', '\x7f', '\x80', '\xff'}) {
      std::string changed = archive;
      changed[at] = byte;
      const auto model = read_model(as_file(changed));
      EXPECT_TRUE(model.ok() || !model.status().message().empty());
    }
  }
}

TEST(Pt2Model, KeepsItsLimits) {
  LoadLimits limits;
  limits.program_bytes = 100;
  EXPECT_EQ(read_model(as_file(zip_of(sample_export())), limits).status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(read_model("/no/such/file.pt2").status().code(), StatusCode::not_found);
}

}  // namespace
}  // namespace rheo::pt2
