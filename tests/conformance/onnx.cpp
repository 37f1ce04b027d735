// SPDX-License-Identifier: Apache-2.0
// Runs the conformance data of ONNX (Debian: libonnx-testdata) through Rheo and compares the outcome with the committed
// table: every case passes, or is skipped with a reason. A case must pass twice: by the reference kernels, op by op,
// and by an optimised plan of the processor's kernels.
//
// Usage: onnx_conformance TABLE [DATA_FOLDER] [--write]     --write replaces the table by what was seen.
// A line of the table: "node/test_abs pass", or "node/test_x skip: reason". A case that fails has no place in it.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/try.h"
#include "conformance/onnx_case.h"

namespace rheo::conformance {
namespace {

constexpr const char* kCategories[] = {"node", "simple", "pytorch-converted", "pytorch-operator"};

std::map<std::string, std::string> read_table(const std::string& file) {
  std::map<std::string, std::string> table;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    if (line.empty() || line.front() == '#' || space == std::string::npos) continue;
    table[line.substr(0, space)] = line.substr(space + 1);
  }
  return table;
}

void write_table(const std::string& file, const std::map<std::string, std::string>& seen) {
  std::ofstream out(file);
  out << "# What Rheo makes of the conformance data of ONNX 1.12: written by onnx_conformance --write, reviewed by "
         "hand.\n";
  for (const auto& [name, outcome] : seen) out << name << ' ' << outcome << '\n';
}

// Per operator under test: how many cases pass, and how many are skipped.
void print_operators(const std::map<std::string, std::set<std::string>>& operators,
                     const std::map<std::string, std::string>& seen) {
  std::map<std::string, std::pair<int, int>> counts;
  for (const auto& [name, ops] : operators) {
    for (const std::string& op : ops) ++(seen.at(name) == kPass ? counts[op].first : counts[op].second);
  }
  for (const auto& [op, count] : counts) fmt::print("{:28} {:4} pass {:4} skipped\n", op, count.first, count.second);
}

int compare(const std::map<std::string, std::string>& expected, const std::map<std::string, std::string>& seen) {
  int wrong = 0;
  for (const auto& [name, outcome] : seen) {
    const auto line = expected.find(name);
    const bool is_skip = line != expected.end() && line->second.starts_with("skip: ");
    const bool as_expected =
        line != expected.end() && (outcome == kPass ? line->second == kPass : is_skip && outcome.starts_with("skip: "));
    if (as_expected) continue;
    ++wrong;
    fmt::print("{}: {}, but the table says {}\n", name, outcome, line == expected.end() ? "nothing" : line->second);
  }
  for (const auto& [name, outcome] : expected) {
    if (seen.contains(name)) continue;
    ++wrong;
    fmt::print("{}: in the table, but not in the data\n", name);
  }
  return wrong;
}

std::filesystem::path data_folder(const std::vector<std::string>& arguments) {
  if (arguments.size() > 1) return arguments[1];
  const char* chosen = std::getenv("RHEO_ONNX_TESTDATA");
  return chosen != nullptr ? chosen : "/usr/share/libonnx-testdata/data";
}

int run(std::vector<std::string> arguments) {
  const auto write = std::find(arguments.begin(), arguments.end(), "--write");
  const bool writes = write != arguments.end();
  if (writes) arguments.erase(write);
  if (arguments.empty()) return 2;
  const std::filesystem::path data = data_folder(arguments);
  if (!std::filesystem::exists(data)) {
    fmt::print("Skipped: there is no '{}'. Install libonnx-testdata, or set RHEO_ONNX_TESTDATA.\n", data.string());
    return 77;
  }
  std::map<std::string, std::string> seen;
  std::map<std::string, std::set<std::string>> operators;
  for (const char* category : kCategories) {
    for (const auto& folder : std::filesystem::directory_iterator(data / category)) {
      const std::string name = fmt::format("{}/{}", category, folder.path().filename().string());
      Case result = run_case(folder.path());
      seen[name] = std::move(result.outcome);
      operators[name] = std::move(result.operators);
    }
  }
  print_operators(operators, seen);
  const auto passed = std::count_if(seen.begin(), seen.end(), [](const auto& line) { return line.second == kPass; });
  fmt::print("{} cases: {} pass\n", seen.size(), passed);
  if (writes) write_table(arguments[0], seen);
  const int wrong = compare(read_table(arguments[0]), seen);
  fmt::print("{} not as the table says\n", wrong);
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rheo::conformance

int main(int argc, char** argv) { return rheo::conformance::run(std::vector<std::string>(argv + 1, argv + argc)); }
