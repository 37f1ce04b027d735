// SPDX-License-Identifier: Apache-2.0
// rheo run: outputs as .npy, one record for every item.
#include "cli/command_line.h"

#include "support/tensors.h"

namespace rheo {
namespace {

using RunCommand = testing::CommandLine;

TEST_F(RunCommand, WritesTheOutputThatTheEngineGives) {
  const std::string answers = folder.file("a/b");
  const Ended ended = rheo({"run", model, "--input", all, "--path", "exit2.f32", "--output", answers});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Tensor written = read_npy(answers + "/output.npy").value();
  ASSERT_EQ(written.shape(), (Shape{kPictures, 5}));
  const Engine engine = testing::sample_engine({}, package);
  for (std::size_t i = 0; i < kPictures; ++i) {
    const Outcome alone = engine.run(pictures[i], {.path = "exit2.f32"}).value();
    for (std::size_t c = 0; c < 5; ++c) {
      EXPECT_NEAR(written.as<float>()[i * 5 + c], alone.output(0).as<float>()[c], 1e-4);
    }
  }
}

TEST_F(RunCommand, TellsOfEveryItemOfABatch) {
  const Ended text = rheo({"run", model, "--allow-uncertified", "--input", all});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("Item 0\n"), std::string::npos);
  EXPECT_NE(text.out.find("Item 7\n"), std::string::npos);
  const Ended ended = rheo({"run", model, "--allow-uncertified", "--input", all, "--json"});
  const std::vector<std::string> lines = testing::lines_of(ended.out);
  ASSERT_EQ(lines.size(), kPictures);
  std::size_t deeper = 0;
  for (const std::string& line : lines) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["policy"], "thresholds");
    deeper += json["steps"].size() > 1 ? 1 : 0;
  }
  EXPECT_GT(deeper, 0u);
  EXPECT_LT(deeper, kPictures);
  const Ended single = rheo({"run", model, "--input", one, "--json"});
  EXPECT_EQ(single.json()["path"], "final.f32");
}

TEST_F(RunCommand, AppendsTheRecordsThatItPrints) {
  const std::string trace = folder.file("trace.jsonl");
  const Ended first = rheo({"run", model, "--input", all, "--json", "--record", trace});
  ASSERT_EQ(first.code, 0) << first.err;
  const Ended second = rheo({"run", model, "--input", one, "--json", "--record", trace});
  EXPECT_EQ(testing::text_of(trace), first.out + second.out);
}

TEST_F(RunCommand, WritesNothingWhenItCannotRun) {
  const std::string answers = folder.file("answers");
  expect_refused(rheo({"run", model, "--input", one, "--path", "exit9.f64", "--output", answers}), 1, "exit1.bf16");
  EXPECT_FALSE(std::filesystem::exists(answers));
  expect_refused(rheo({"run", model, "--input", one, "--output", one + "/x"}), 1, "Cannot create the folder");
  expect_refused(rheo({"run", model, "--input", one, "--record", folder.file("no/trace")}), 1, "no/trace");
}

TEST_F(RunCommand, WritesEveryOutputThatIsThereAndNamesTheOthers) {
  const testing::GraphPointer graph = testing::three_exits_and_outputs();
  ASSERT_TRUE(write_package(testing::sample_package(graph), model).ok());
  const std::string answers = folder.file("answers");
  const Ended early = rheo({"run", model, "--input", one, "--path", "exit1.f32", "--output", answers});
  ASSERT_EQ(early.code, 0) << early.err;
  EXPECT_EQ(read_npy(answers + "/output.npy").value().shape(), (Shape{1, 5}));
  EXPECT_EQ(read_npy(answers + "/counts.npy").value().dtype(), DType::i64);
  EXPECT_FALSE(std::filesystem::exists(answers + "/coarse.npy"));
  EXPECT_NE(early.err.find("'coarse' is absent"), std::string::npos) << early.err;
  const Ended whole = rheo({"run", model, "--input", all, "--path", "final.f32", "--output", answers});
  ASSERT_EQ(whole.code, 0) << whole.err;
  EXPECT_EQ(read_npy(answers + "/coarse.npy").value().shape(), (Shape{kPictures, 8, 6, 6}));
  EXPECT_EQ(read_npy(answers + "/embedding.npy").value().shape(), (Shape{kPictures, 16}));
}

// Names come from model files.
TEST_F(RunCommand, FilesStayInTheFolderWhateverAnOutputIsCalled) {
  testing::Net net;
  const ValueId x = net.node(OpKind::relu, {net.input({kDynamic, 1, 12, 12})});
  net.exit("../../x", x);
  net.output("a/b:0", x);
  net.output("a_b_0", x);
  net.output(".hidden", x);
  Package odd;
  odd.graph = net.build();
  ASSERT_TRUE(write_package(odd, model).ok());
  const std::string answers = folder.file("in/here");
  const Ended ended = rheo({"run", model, "--input", one, "--output", answers});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* name : {"_._.._x", "a_b_0", "a_b_0_2", "_hidden"}) {
    EXPECT_TRUE(std::filesystem::exists(answers + "/" + name + ".npy")) << name << "\n" << ended.err;
  }
}

TEST_F(RunCommand, TakesWholeNumbersAndNeedsNoClassifier) {
  Package encoder;
  encoder.graph = testing::encoder_graph();
  ASSERT_TRUE(write_package(encoder, model).ok());
  write(one, Tensor::of<std::int64_t>({1, 2, 3, 4, 5, 6}, {1, 6}).value());
  const std::string answers = folder.file("answers");
  const Ended ended = rheo({"run", model, "--input", "tokens=" + one, "--output", answers});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(read_npy(answers + "/words.npy").value().shape(), (Shape{1, 6, 4}));
  EXPECT_EQ(ended.out.find("It answered"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace rheo
