// SPDX-License-Identifier: Apache-2.0
// The public handle: every call goes to the shared core.
#include <rheo/engine.h>

#include <utility>

#include "adapt/open_model.h"
#include "base/try.h"
#include "engine/engine_core.h"
#include "engine/guarded.h"

namespace rheo {

Engine::Engine(std::shared_ptr<EngineCore> core) : core_(std::move(core)) {}

Result<Engine> Engine::load(const std::string& file, const LoadOptions& options) {
  return guarded([&]() -> Result<Engine> {
    RHEO_ASSIGN_OR_RETURN(Package package, open_model(file, options.model, options.log, options.precisions));
    RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineCore> core, EngineCore::create(std::move(package), options));
    return Engine(std::move(core));
  });
}

Result<Engine> Engine::load(std::span<const std::byte> bytes, const LoadOptions& options) {
  return guarded([&]() -> Result<Engine> {
    RHEO_ASSIGN_OR_RETURN(Package package, read_package(bytes));
    RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineCore> core, EngineCore::create(std::move(package), options));
    return Engine(std::move(core));
  });
}

Result<Outcome> Engine::run(const TensorView& input, const RunOptions& options) const {
  return guarded([&] { return core_->run(input, options); });
}

Result<Outcome> Engine::run(std::span<const NamedInput> inputs, const RunOptions& options) const {
  return guarded([&] { return core_->run(inputs, options); });
}

Result<std::vector<Outcome>> Engine::run_batch(std::span<const TensorView> items, const RunOptions& options) const {
  return guarded([&] { return core_->run_batch(items, options); });
}

std::future<Result<Outcome>> Engine::submit(const TensorView& input, const RunOptions& options) const {
  return core_->submit(input, options);
}

Status Engine::prepare(int batch, int requests) const {
  return guarded([&] { return core_->prepare(batch, requests); });
}
const Ladder& Engine::ladder() const { return core_->ladder(); }
const std::optional<Certificate>& Engine::certificate() const { return core_->package().certificate; }
Status Engine::certificate_status() const { return core_->certificate_status(); }
std::span<const TensorInfo> Engine::inputs() const { return core_->inputs(); }
std::span<const TensorInfo> Engine::outputs() const { return core_->outputs(); }
std::span<const std::string> Engine::labels() const { return core_->package().graph->labels(); }
MemoryUse Engine::memory() const { return core_->memory(); }
std::string Engine::describe() const { return core_->describe(); }

}  // namespace rheo
