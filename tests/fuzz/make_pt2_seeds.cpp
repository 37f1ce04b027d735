// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of pt2_fuzzer: make_pt2_seeds tests/fuzz/pt2
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support/export_sample.h"

namespace {

using rheo::testing::replaced;
using rheo::testing::sample_export;
using rheo::testing::sample_program;
using rheo::testing::sample_weights;
using rheo::testing::wide_zip_of;
using rheo::testing::zip_of;

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: make_pt2_seeds FOLDER\n");
    return 1;
  }
  const std::filesystem::path folder = arguments[1];
  write(folder / "sample.pt2", zip_of(sample_export()));
  write(folder / "wide.pt2", wide_zip_of(sample_export()));
  write(folder / "program.json", sample_program());
  write(folder / "weights.json", sample_weights());
  write(folder / "in_place.json", replaced(sample_program(), "aten.relu.default", "aten.relu_.default"));
  write(folder / "expression", "Add(Mul(Integer(2), Symbol('s0', positive=True)), -s1//3)");
  write(folder / "count_2_40", wide_zip_of({{"m/archive_format", "pt2"}}, std::uint64_t{1} << 40));
  write(folder / "overlap", zip_of({{"a", "x"}, {.name = "b", .content = "x", .local_name = "a", .offset = 0}}));
  write(folder / "twice", zip_of({{"a", "x"}, {"a", "y"}}));
  write(folder / "bomb", zip_of({{"m/archive_format", std::string(2 << 20, '\0'), true}}));
  write(folder / "wrong_crc", zip_of({{.name = "m/archive_format", .content = "pt2", .crc = 1}}));
  write(folder / "pickled", zip_of(sample_export(sample_program(), replaced(sample_weights(), "false", "true"))));
  write(folder / "absurd_stride",
        zip_of(sample_export(sample_program(), replaced(sample_weights(), R"("strides": [{"as_int": 1}])",
                                                        R"("strides": [{"as_int": 4611686018427387904}])"))));
  return 0;
}
