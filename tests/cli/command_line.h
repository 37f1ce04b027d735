// SPDX-License-Identifier: Apache-2.0
// Runs the built `rheo` command as a user would, on a small model that every test gets in a folder of its own.
#pragma once

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <rheo/rheo.h>

#include "engine/sample_engine.h"
#include "load/npy.h"
#include "support/temporary_folder.h"

namespace rheo::testing {

inline std::string text_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class CommandLine : public ::testing::Test {
 protected:
  // How a command ended and what it said.
  struct Ended {
    int code = -1;  // exit code; -1: a signal ended it
    std::string out;
    std::string err;

    nlohmann::json json() const { return nlohmann::json::parse(out); }  // throws when it is none
  };

  static constexpr std::size_t kPictures = 8;

  // The model climbs its f32 exits; about half of the pictures leave at the first one.
  CommandLine() {
    std::vector<float> pixels;
    for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
      pictures.push_back(sample_picture(100 + seed));
      pixels.insert(pixels.end(), pictures.back().as<float>().begin(), pictures.back().as<float>().end());
    }
    write(one, pictures[0].view());
    write(all, TensorView(pixels.data(), {kPictures, 1, 12, 12}));
    package.policy = thresholds_text(package, middle_margin());
    EXPECT_TRUE(write_package(package, model).ok());
  }

  static void write(const std::string& file, const TensorView& tensor) { EXPECT_TRUE(write_npy(file, tensor).ok()); }

  // Starts `rheo ARGUMENTS...`; its process number.
  pid_t start(std::vector<std::string> arguments) const {
    std::vector<char*> argv = {const_cast<char*>("rheo")};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder.file("stdout").c_str(), flags, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder.file("stderr").c_str(), flags, 0600);
    pid_t process = -1;
    EXPECT_EQ(::posix_spawn(&process, RHEO_COMMAND, &actions, nullptr, argv.data(), environ), 0) << RHEO_COMMAND;
    posix_spawn_file_actions_destroy(&actions);
    return process;
  }

  Ended wait(pid_t process) const {
    int status = 0;
    EXPECT_EQ(::waitpid(process, &status, 0), process);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(folder.file("stdout")),
            text_of(folder.file("stderr"))};
  }

  Ended rheo(std::vector<std::string> arguments) const { return wait(start(std::move(arguments))); }

  // Failed as announced: this exit code, nothing on standard output, and a sentence with this word.
  static void expect_refused(const Ended& ended, int code, const std::string& word) {
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_TRUE(ended.out.empty()) << ended.out;
    EXPECT_TRUE(ended.err.starts_with("rheo: ")) << ended.err;
    EXPECT_NE(ended.err.find(word), std::string::npos) << "'" << word << "' is not in: " << ended.err;
  }

  const TemporaryFolder folder;
  const std::string model = folder.file("model.rheo");
  const std::string one = folder.file("one.npy");  // [1, 1, 12, 12]
  const std::string all = folder.file("all.npy");  // [8, 1, 12, 12]
  std::vector<Tensor> pictures;
  Package package = sample_package();

 private:
  float middle_margin() const {
    const Engine engine = sample_engine({.policy = std::make_shared<Climb>()}, package);
    std::vector<float> margins;
    for (const Tensor& picture : pictures) margins.push_back(engine.run(picture).value().record().evidence[0].margin);
    std::sort(margins.begin(), margins.end());
    return margins[kPictures / 2];
  }
};

}  // namespace rheo::testing
