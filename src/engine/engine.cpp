// SPDX-License-Identifier: Apache-2.0
// The public handle: every call goes to what its copies share.
#include <rheo/engine.h>

#include <utility>

#include "base/try.h"
#include "engine/engine_sizes.h"
#include "engine/guarded.h"

namespace rheo {

Engine::Engine(std::shared_ptr<EngineSizes> sizes) : sizes_(std::move(sizes)) {}

Result<Engine> Engine::load(const std::string& file, const LoadOptions& options) {
  return guarded([&]() -> Result<Engine> {
    RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineSizes> sizes, EngineSizes::load(file, options));
    return Engine(std::move(sizes));
  });
}

Result<Engine> Engine::load(std::span<const std::byte> bytes, const LoadOptions& options) {
  return guarded([&]() -> Result<Engine> {
    RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineSizes> sizes, EngineSizes::load(bytes, options));
    return Engine(std::move(sizes));
  });
}

Result<Outcome> Engine::run(const TensorView& input, const RunOptions& options) const {
  return guarded([&] { return sizes_->run(input, options); });
}

Result<Outcome> Engine::run(std::span<const NamedInput> inputs, const RunOptions& options) const {
  return guarded([&] { return sizes_->run(inputs, options); });
}

Result<std::vector<Outcome>> Engine::run_batch(std::span<const TensorView> items, const RunOptions& options) const {
  return guarded([&] { return sizes_->run_batch(items, options); });
}

std::future<Result<Outcome>> Engine::submit(const TensorView& input, const RunOptions& options) const {
  return sizes_->submit(input, options);
}

Status Engine::prepare(int batch, int requests) const {
  return guarded([&] { return sizes_->prepare(batch, requests); });
}
void Engine::trim() const { sizes_->trim(); }
const Ladder& Engine::ladder() const { return sizes_->core().ladder(); }
const std::optional<Certificate>& Engine::certificate() const { return sizes_->core().package().certificate; }
Status Engine::certificate_status() const { return sizes_->core().certificate_status(); }
std::span<const TensorInfo> Engine::inputs() const { return sizes_->inputs(); }
std::span<const TensorInfo> Engine::outputs() const { return sizes_->outputs(); }
std::span<const std::string> Engine::labels() const { return sizes_->core().package().graph->labels(); }
MemoryUse Engine::memory() const { return sizes_->memory(); }
std::string Engine::describe() const { return sizes_->describe(); }

}  // namespace rheo
