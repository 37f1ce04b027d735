// SPDX-License-Identifier: Apache-2.0
// Any bytes: a package or an error. What was read can be written, and then reads the same; and every precision of its
// ladder can be planned and run, or says why not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load/package.h"
#include "support/fuzz_run.h"

namespace {

using rheo::testing::require;
using rheo::testing::require_reason;
using Bytes = std::vector<std::byte>;

// The first 32 hexadecimal digits after `words`; empty when there are none.
std::string hash_after(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) return {};
  const std::string_view hash = text.substr(at + words.size()).substr(0, 32);
  return hash.size() == 32 ? std::string(hash) : std::string();
}

// Almost every change is caught by a hash. Writes the right one over the wrong one, as a liar would; false when that is
// not what is wrong.
bool mend_hash(Bytes& bytes, std::string_view message) {
  std::string right = hash_after(message, "The content hashes to ");
  std::string wrong = hash_after(message, "the package says ");
  if (right.empty() || wrong.empty()) {
    wrong = hash_after(message, "The certificate is for another model (");
    right = hash_after(message, "this one is ");
  }
  if (right.empty() || wrong.empty()) return false;
  const auto from = std::as_bytes(std::span(wrong));
  const auto at = std::search(bytes.begin(), bytes.end(), from.begin(), from.end());
  if (at == bytes.end()) return false;
  std::ranges::copy(std::as_bytes(std::span(right)), at);
  return true;
}

rheo::Result<rheo::Package> read(Bytes bytes) {
  rheo::LoadLimits limits;
  limits.header_bytes = 1 << 20;
  limits.dimension = 1 << 16;
  auto package = rheo::read_package(bytes, limits);
  // The model's hash and the certificate's.
  for (int mended = 0; mended < 2 && !package.ok() && mend_hash(bytes, package.status().message()); ++mended) {
    package = rheo::read_package(bytes, limits);
  }
  return package;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto given = std::as_bytes(std::span(data, size_bytes));
  const auto package = read(Bytes(given.begin(), given.end()));
  if (!package.ok()) {
    require_reason(package.status());
    return 0;
  }
  const auto bytes = rheo::package_bytes(*package);
  require(bytes.ok());
  const auto again = rheo::read_package(*bytes);
  require(again.ok() && again->model_hash == package->model_hash);
  rheo::testing::plan_and_run(package->graph, package->ranges);
  return 0;
}
