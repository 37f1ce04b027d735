// SPDX-License-Identifier: Apache-2.0
#include "load/dataset.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "load/npy.h"
#include "support/picture_files.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;

// A model of pictures [?, channels, 2, 2] with classes ant, bee, cat.
std::shared_ptr<const Graph> picture_model(std::int64_t channels = 1) {
  GraphBuilder builder;
  const ValueId image =
      builder.add_input("image", {DType::f32, {kDynamic, channels, 2, 2}, {}}, {1.0 / 255, -0.5}).value();
  const ValueId flat =
      builder.add_node(OpKind::flatten, {image}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}).value();
  (void)builder.add_exit("final", flat);
  builder.set_labels({"ant", "bee", "cat"});
  return builder.build().value();
}

std::string idx_file(const TemporaryFolder& folder, const char* name, std::vector<std::uint8_t> dims,
                     const std::vector<std::uint8_t>& body) {
  std::string text = {0, 0, 8, static_cast<char>(dims.size())};
  for (const std::uint8_t dimension : dims) text += {0, 0, 0, static_cast<char>(dimension)};
  text.append(body.begin(), body.end());
  std::ofstream(folder.file(name), std::ios::binary) << text;
  return folder.file(name);
}

TEST(Dataset, PreprocessesStoredBytes) {
  const TemporaryFolder folder;
  const auto images = idx_file(folder, "images", {2, 2, 2}, {0, 51, 102, 255, 1, 2, 3, 4});
  const auto labels = idx_file(folder, "labels", {2}, {2, 0});
  const Result<Dataset> data = open_dataset(images, labels, *picture_model(), Labels::required);
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_EQ(data->size(), 2);
  EXPECT_EQ(data->labels, (std::vector<std::int32_t>{2, 0}));
  Tensor item;
  ASSERT_TRUE(data->read_item(0, item).ok());
  EXPECT_EQ(item.shape(), Shape({1, 1, 2, 2}));
  EXPECT_FLOAT_EQ(item.as<float>()[1], 51.0F / 255 - 0.5F);
  const void* memory = item.data();
  ASSERT_TRUE(data->read_item(1, item).ok());
  EXPECT_EQ(item.data(), memory) << "the tensor is reused";
  EXPECT_FLOAT_EQ(item.as<float>()[3], 4.0F / 255 - 0.5F);
  Tensor both;
  ASSERT_TRUE(data->read_items(0, 2, both).ok());
  EXPECT_EQ(both.shape(), Shape({2, 1, 2, 2}));
  EXPECT_EQ(both.as<float>()[7], item.as<float>()[3]);
  for (const auto& [first, count] : {std::pair{2, 1}, {-1, 1}, {0, 0}, {0, 3}}) {
    EXPECT_EQ(data->read_items(first, count, item).code(), StatusCode::invalid_argument) << first << " " << count;
  }
}

TEST(Dataset, TakesTheModelsOwnTypeAsItIs) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_npy(folder.file("x.npy"), Tensor::of<float>({1, 2, 3, 4}, {1, 1, 2, 2}).value()).ok());
  const Result<Dataset> data = open_dataset(folder.file("x.npy"), "", *picture_model());
  ASSERT_TRUE(data.ok()) << data.status().message();
  Tensor item;
  ASSERT_TRUE(data->read_item(0, item).ok());
  EXPECT_EQ(item.as<float>()[3], 4);
  EXPECT_TRUE(data->labels.empty());
}

TEST(Dataset, ReadsFoldersWithTheModelsClasses) {
  const TemporaryFolder folder;
  for (const char* name : {"cat", "bee"}) {
    std::filesystem::create_directory(folder.file(name));
    testing::write_png(folder.file(std::string(name) + "/1.png"), 2, 2, 1, {1, 2, 3, 4});
  }
  const Result<Dataset> data = open_dataset(folder.file(""), "", *picture_model(), Labels::required);
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_EQ(data->labels, (std::vector<std::int32_t>{1, 2}));
  EXPECT_TRUE(open_dataset(folder.file(""), "", *picture_model(3)).ok());
}

TEST(Dataset, TakesNumberedFoldersAsNumbers) {
  const TemporaryFolder folder;
  for (const char* name : {"0", "10", "2"}) {
    std::filesystem::create_directory(folder.file(name));
    testing::write_png(folder.file(std::string(name) + "/1.png"), 4, 1, 1, {1, 2, 3, 4});
  }
  GraphBuilder builder;
  const ValueId image = builder.add_input("image", {DType::f32, {kDynamic, 1, 1, 4}, {}}).value();
  (void)builder.add_exit("final", builder.add_node(OpKind::relu, {image}).value());
  const Result<Dataset> data = open_dataset(folder.file(""), "", *builder.build().value());
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_EQ(data->labels, (std::vector<std::int32_t>{0, 10, 2}));
}

TEST(Dataset, SaysWhatDoesNotFit) {
  const TemporaryFolder folder;
  const auto model = picture_model();
  const auto images = idx_file(folder, "images", {2, 2, 2}, {0, 51, 102, 255, 1, 2, 3, 4});
  const auto code = [&](const std::string& data, const std::string& labels, Labels need = Labels::optional) {
    return open_dataset(data, labels, *model, need).status().code();
  };
  EXPECT_EQ(code("/no/such/file", ""), StatusCode::not_found);
  EXPECT_EQ(code(images, "/no/such/file"), StatusCode::not_found);
  EXPECT_EQ(code(images, "", Labels::required), StatusCode::invalid_argument);
  EXPECT_EQ(code(idx_file(folder, "wide", {1, 1, 8}, {0, 0, 0, 0, 0, 0, 0, 0}), ""), StatusCode::invalid_argument);
  EXPECT_EQ(code(idx_file(folder, "lies", {3, 2, 2}, {0, 1}), ""), StatusCode::bad_format);
  EXPECT_EQ(code(images, idx_file(folder, "few", {1}, {0})), StatusCode::invalid_argument);
  EXPECT_EQ(code(images, idx_file(folder, "four", {2}, {0, 3})), StatusCode::invalid_argument);
  EXPECT_EQ(code(images, images), StatusCode::invalid_argument);
  ASSERT_TRUE(write_npy(folder.file("x.npy"), Tensor::zeros(DType::i32, {1, 1, 2, 2}).value()).ok());
  EXPECT_EQ(code(folder.file("x.npy"), ""), StatusCode::invalid_argument);
  const Status status = open_dataset(folder.file("wide"), "", *model).status();
  EXPECT_NE(status.message().find("[1, 1, 8]"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("[?, 1, 2, 2]"), std::string::npos) << status.message();
}

TEST(Dataset, RefusesNegativeLabels) {
  const TemporaryFolder folder;
  const auto images = idx_file(folder, "images", {1, 2, 2}, {0, 0, 0, 0});
  ASSERT_TRUE(write_npy(folder.file("y.npy"), Tensor::of<std::int64_t>({-1}, {1}).value()).ok());
  EXPECT_EQ(open_dataset(images, folder.file("y.npy"), *picture_model()).status().code(), StatusCode::bad_format);
  ASSERT_TRUE(write_npy(folder.file("y.npy"), Tensor::of<std::int64_t>({1}, {1}).value()).ok());
  EXPECT_EQ(open_dataset(images, folder.file("y.npy"), *picture_model())->labels[0], 1);
}

TEST(Dataset, FingerprintsItemsAndLabels) {
  const TemporaryFolder folder;
  const auto images = idx_file(folder, "images", {1, 2, 2}, {0, 1, 2, 3});
  const auto other = idx_file(folder, "other", {1, 2, 2}, {0, 1, 2, 4});
  const auto labels = idx_file(folder, "labels", {1}, {2});
  const auto print = [&](const std::string& data, const std::string& of) {
    return open_dataset(data, of, *picture_model())->fingerprint();
  };
  EXPECT_EQ(print(images, labels), print(images, labels));
  EXPECT_NE(print(images, labels), print(other, labels));
  EXPECT_NE(print(images, labels), print(images, ""));
  EXPECT_EQ(print(images, labels).size(), 16U);
}

TEST(Dataset, ChannelsMayHaveScalesOfTheirOwn) {
  const TemporaryFolder folder;
  testing::write_png(folder.file("a.png"), 2, 2, 3, {0, 51, 102, 0, 51, 102, 0, 51, 102, 0, 51, 102});
  testing::write_png(folder.file("b.png"), 2, 2, 3, {255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0});
  Preprocessing preprocessing;
  preprocessing.channels = {{1.0 / 255, 0}, {2, 1}, {-1, 0.5}};
  const auto model = GraphBuilder::with_preprocessing(*picture_model(3), preprocessing).value();
  const Dataset data = open_dataset(folder.file(""), "", *model).value();
  Tensor both;
  ASSERT_TRUE(data.read_items(0, 2, both).ok());
  const auto pixels = both.as<float>();
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_FLOAT_EQ(pixels[at], 0);
    EXPECT_FLOAT_EQ(pixels[4 + at], 103);
    EXPECT_FLOAT_EQ(pixels[8 + at], -101.5);
    EXPECT_FLOAT_EQ(pixels[12 + at], 1);
    EXPECT_FLOAT_EQ(pixels[16 + at], 1);
    EXPECT_FLOAT_EQ(pixels[20 + at], 0.5);
  }
}

TEST(Dataset, PicturesOfAnySizeAreTakenOnlyWhereTheModelSaysHow) {
  const TemporaryFolder folder;
  testing::write_png(folder.file("a.png"), 4, 2, 1, {90, 10, 20, 90, 90, 30, 40, 90});
  EXPECT_EQ(open_dataset(folder.file(""), "", *picture_model()).status().code(), StatusCode::invalid_argument);
  Preprocessing preprocessing;
  preprocessing.crop = 1;
  const auto model = GraphBuilder::with_preprocessing(*picture_model(), preprocessing).value();
  const Result<Dataset> data = open_dataset(folder.file(""), "", *model);
  ASSERT_TRUE(data.ok()) << data.status().message();
  Tensor item;
  ASSERT_TRUE(data->read_item(0, item).ok());
  EXPECT_EQ(item.as<float>()[3], 40);
}

}  // namespace
}  // namespace rheo
