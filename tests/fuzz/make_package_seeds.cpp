// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of the package fuzzer into the folder that is named: valid packages, and near misses that every
// reader of such files has got wrong once.
#include <cstdio>
#include <string>

#include "load/package.h"
#include "load/sample_package.h"

namespace {

using Bytes = std::vector<std::byte>;

bool write(const std::string& file, const Bytes& bytes) {
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (stream == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  return std::fclose(stream) == 0 && written;
}

// `header` with its length before it and `elements` zero bytes after it.
Bytes safetensors(const std::string& header, std::size_t elements) {
  Bytes bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes.push_back(static_cast<std::byte>(header.size() >> (8 * i) & 0xff));
  for (const char c : header) bytes.push_back(static_cast<std::byte>(c));
  bytes.resize(bytes.size() + elements);
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  const std::string folder = std::string(argv[1]) + "/";
  const std::string tensor = R"("dtype":"F32","shape":)";
  const bool written =
      write(folder + "valid.rheo", rheo::package_bytes(rheo::testing::sample_package()).value()) &&
      write(folder + "duplicate_name", safetensors("{\"a\":{" + tensor + "[1],\"data_offsets\":[0,4]},\"a\":{" +
                                                       tensor + "[1],\"data_offsets\":[4,8]}}",
                                                   8)) &&
      write(folder + "overlap", safetensors("{\"a\":{" + tensor + "[1],\"data_offsets\":[0,4]},\"b\":{" + tensor +
                                                "[1],\"data_offsets\":[2,6]}}",
                                            6)) &&
      write(folder + "product_wraps",
            safetensors("{\"a\":{" + tensor + "[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,0]}}", 0)) &&
      write(folder + "deep", safetensors("{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}", 0));
  return written ? 0 : 1;
}
