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
#include "plan/plan.h"
#include "run/frame.h"
#include "transform/lower.h"

namespace {

using Bytes = std::vector<std::byte>;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

void require_reason(const rheo::Status& status) { require(!status.ok() && !status.message().empty()); }

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

// A small model may ask for hours of work; that is no fault, but nothing to wait for.
bool is_quick(const rheo::Graph& graph) {
  constexpr std::int64_t kMostMultiplyAdds = 1'000'000;
  const auto work = rheo::multiply_adds(graph, graph.stage_count() - 1);
  return work.ok() && *work <= kMostMultiplyAdds;
}

void run(const std::shared_ptr<const rheo::Plan>& plan) {
  const auto frame = rheo::Frame::create(plan);
  if (!frame.ok()) return require_reason(frame.status());
  for (std::size_t input = 0; input < plan->graph().inputs().size(); ++input) {
    const auto& slot = plan->slots()[static_cast<std::size_t>(plan->input_slot(static_cast<int>(input)))];
    const rheo::Tensor item = rheo::Tensor::zeros(slot.type.dtype, slot.type.shape).value();
    require((*frame)->set_input(static_cast<int>(input), 0, item).ok());
  }
  for (int exit = 0; exit < plan->stage_count(); ++exit) {
    if (const rheo::Status status = (*frame)->run_to(exit, {}); !status.ok()) return require_reason(status);
    for (std::size_t output = 0; output < plan->outputs().size(); ++output) {
      if (plan->outputs()[output].stage > exit) continue;
      const rheo::TensorView given = (*frame)->item_output(output, 0);
      volatile std::byte last = static_cast<const std::byte*>(given.data())[given.size_bytes() - 1];  // was promised
      (void)last;
    }
  }
}

void plan_and_run(const rheo::Package& package) {
  if (!is_quick(*package.graph)) return;
  for (const auto precision : {rheo::Precision::f32, rheo::Precision::bf16, rheo::Precision::int8}) {
    const auto graph = rheo::lower(package.graph, precision, package.ranges);
    if (!graph.ok()) {
      require_reason(graph.status());
      continue;
    }
    rheo::PlanOptions options;
    options.allow_reference = true;
    options.arena_limit_bytes = 1 << 20;
    const auto plan = rheo::make_plan(*graph, options);
    plan.ok() ? run(*plan) : require_reason(plan.status());
  }
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
  plan_and_run(*package);
  return 0;
}
