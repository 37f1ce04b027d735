// SPDX-License-Identifier: Apache-2.0
// What a worker in C++ says to bench/peers/compare.py: the same lines as bench/peers/worker.py, which explains them.
// One thread.
#pragma once

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "base/clock.h"

namespace rheo::peers {

struct Arguments {
  std::string model;
  std::string precision;  // "f32", "bf16", "int8"
  int threads = 1;
  std::vector<std::string> inputs;            // .npy, in the model's order
  std::vector<std::string> names;             // of the inputs, where they are told ("state=FILE.npy"); else empty
  std::map<std::string, std::int64_t> bound;  // inputs that become numbers when the model is loaded: "sr=16000"
};

// A runtime that has loaded its model and holds its inputs.
struct Ready {
  std::string version;                                    // "rheo 0.1.0"
  std::function<Status()> run;                            // what is timed
  std::function<Status(const std::string& file)> answer;  // writes the last output as .npy
};

inline void say(const nlohmann::json& line) { std::cout << line.dump() << std::endl; }
inline void refuse(const Status& status) { say({{"refused", status.message()}}); }

inline Status run_many(const Ready& runtime, int times) {
  std::vector<double> us;
  for (int i = 0; i < times; ++i) {
    const std::int64_t started = now_ns();
    const Status status = runtime.run();
    us.push_back(static_cast<double>(now_ns() - started) * 1e-3);
    if (!status.ok()) return status;
  }
  say({{"us", us}});
  return {};
}

// One word behind the threads: FILE.npy, NAME=FILE.npy or NAME=NUMBER.
inline void add_input(Arguments& arguments, const std::string& word) {
  const std::size_t equals = word.find('=');
  const bool named = equals != std::string::npos && word.find('/') > equals;
  const std::string value = named ? word.substr(equals + 1) : word;
  if (named && !value.ends_with(".npy")) {
    arguments.bound[word.substr(0, equals)] = std::stoll(value);
    return;
  }
  arguments.inputs.push_back(value);
  if (named) arguments.names.push_back(word.substr(0, equals));
}

// The whole life of a worker; the exit code of its program.
inline int serve(int argc, char** argv, const std::function<Result<Ready>(const Arguments&)>& load) {
  if (argc < 5) return std::cerr << "usage: " << argv[0] << " MODEL PRECISION THREADS INPUT ...\n", 2;
  Arguments arguments{argv[1], argv[2], std::stoi(argv[3]), {}, {}, {}};
  for (int i = 4; i < argc; ++i) add_input(arguments, argv[i]);
  const std::int64_t started = now_ns();
  const Result<Ready> runtime = load(arguments);
  const Status first = runtime ? runtime->run() : runtime.status();
  if (!first.ok()) return refuse(first), 0;
  say({{"ready", runtime->version}, {"load_ms", static_cast<double>(now_ns() - started) * 1e-6}});
  for (std::string line; std::getline(std::cin, line);) {
    Status status(StatusCode::invalid_argument, "There is no verb in '" + line + "'; say run N or answer FILE.");
    if (line.starts_with("run ")) status = run_many(*runtime, std::stoi(line.substr(4)));
    if (line.starts_with("answer ")) {
      status = runtime->answer(line.substr(7));
      if (status.ok()) say({{"written", line.substr(7)}});
    }
    if (!status.ok()) refuse(status);
  }
  return 0;
}

}  // namespace rheo::peers
