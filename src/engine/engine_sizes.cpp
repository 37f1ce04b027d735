// SPDX-License-Identifier: Apache-2.0
// Making the cores of an engine. Requests are in engine_requests.cpp.
#include "engine/engine_sizes.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "adapt/open_model.h"
#include "base/clock.h"
#include "base/try.h"
#include "engine/guarded.h"
#include "engine/padding.h"
#include "load/model_format.h"
#include "load/package.h"

namespace rheo {

namespace {

Status check_workers(const LoadOptions& options) {
  if (options.workers >= 1) return {};
  return {StatusCode::invalid_argument,
          fmt::format("LoadOptions::workers is {}; it must be at least 1.", options.workers)};
}

// Of what was made for one size.
Status refuse_sizes(const LoadOptions& options) {
  if (!options.sizes.empty()) {
    return {
        StatusCode::invalid_argument,
        "A package was made for one size of every dimension but the batch; leave LoadOptions::sizes out, or load the "
        "ONNX or torch.export file that it was made of."};
  }
  if (options.mask.empty()) return {};
  return {StatusCode::invalid_argument,
          "LoadOptions::mask pads a dimension of which LoadOptions::sizes lists sizes, but none is listed; list some, "
          "or leave mask out."};
}

// An import leaves as much free memory behind as the model has weights, which the C library would keep for this
// process.
void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::vector<TensorInfo> copy_of(std::span<const TensorInfo> infos) { return {infos.begin(), infos.end()}; }

// kDynamic where the other shape is another; false where it cannot be told.
bool open_where_different(std::vector<TensorInfo>& infos, std::span<const TensorInfo> others) {
  if (infos.size() != others.size()) return false;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    Shape& shape = infos[i].shape;
    const Shape& other = others[i].shape;
    if (shape.rank() != other.rank()) return false;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] != other[axis]) shape[axis] = kDynamic;
    }
  }
  return true;
}

}  // namespace

EngineSizes::EngineSizes(const LoadOptions& options)
    : options_(options), others_(options.sizes_limit_bytes), workers_(options.workers) {}

Result<std::shared_ptr<EngineSizes>> EngineSizes::load(const std::string& file, const LoadOptions& options) {
  RHEO_RETURN_IF_ERROR(check_workers(options));
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of_file(file, options.model.limits));
  if (format == ModelFormat::package) {
    RHEO_RETURN_IF_ERROR(refuse_sizes(options));
    RHEO_ASSIGN_OR_RETURN(Package package, open_model(file, options.model, options.log, options.precisions));
    return of_one(std::move(package), options);
  }
  RHEO_ASSIGN_OR_RETURN(ModelFile model, ModelFile::open(file, options.model, options.log));
  return of_model(std::move(model), options, Weights::in_a_file);
}

Result<std::shared_ptr<EngineSizes>> EngineSizes::load(std::span<const std::byte> bytes, const LoadOptions& options) {
  RHEO_RETURN_IF_ERROR(check_workers(options));
  auto format = format_of({nullptr, bytes}, options.model.limits);
  if (!format) return format.status().with_context("The model in memory");
  if (*format == ModelFormat::package) {
    RHEO_RETURN_IF_ERROR(refuse_sizes(options));
    RHEO_ASSIGN_OR_RETURN(Package package, read_package(bytes, options.model.limits));
    return of_one(std::move(package), options);
  }
  RHEO_ASSIGN_OR_RETURN(ModelFile model, ModelFile::open(bytes, options.model, options.log));
  return of_model(std::move(model), options, Weights::in_memory);
}

Result<std::shared_ptr<EngineSizes>> EngineSizes::of_model(ModelFile model, const LoadOptions& options,
                                                           Weights weights) {
  if (!options.sizes.empty()) return of_several(std::move(model), options);
  RHEO_RETURN_IF_ERROR(refuse_sizes(options));
  RHEO_ASSIGN_OR_RETURN(Package package, open_model(model, options.model, options.log, options.precisions));
  CoreRole role;
  if (weights == Weights::in_a_file) {
    role.read_again = [model, asked = options.model,
                       precisions = options.precisions]() -> Result<std::vector<Variant>> {
      RHEO_ASSIGN_OR_RETURN(const Package again, open_model(model, asked, {}, precisions));
      return variants_of(again);
    };
  }
  return of_one(std::move(package), options, role);
}

Result<std::shared_ptr<EngineSizes>> EngineSizes::of_one(Package package, const LoadOptions& options,
                                                         const CoreRole& role) {
  std::shared_ptr<EngineSizes> sizes(new EngineSizes(options));
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineCore> core, EngineCore::create(std::move(package), options, role));
  sizes->inputs_ = copy_of(core->inputs());
  sizes->outputs_ = copy_of(core->outputs());
  sizes->listed_.push_back({{}, std::move(core)});
  return sizes;
}

Result<std::shared_ptr<EngineSizes>> EngineSizes::of_several(ModelFile model, const LoadOptions& options) {
  std::shared_ptr<EngineSizes> sizes(new EngineSizes(options));
  sizes->file_ = std::move(model);
  RHEO_ASSIGN_OR_RETURN(const std::vector<NamedAxis> axes, sizes->file_->named_axes());
  RHEO_ASSIGN_OR_RETURN(sizes->open_, OpenSizes::create(options, axes));
  RHEO_RETURN_IF_ERROR(sizes->make_listed());
  RHEO_RETURN_IF_ERROR(sizes->look_beside());
  return sizes;
}

// Only the first one tells the host's log what is said of the model as a whole.
Result<std::shared_ptr<EngineCore>> EngineSizes::make(const Sizes& sizes) const {
  const std::int64_t started_ns = now_ns();
  LoadOptions options = options_;
  if (common_ != nullptr) options.log = {};
  auto package = open_model(*file_, open_->model_options(options_.model, sizes), options.log, options_.precisions);
  if (!package) return package.status().with_context(open_->text(sizes));
  auto core = EngineCore::create(*std::move(package), options, {open_->text(sizes), common_});
  if (!core) return core.status().with_context(open_->text(sizes));
  return_free_memory();
  if (options_.log) {
    options_.log(Severity::info, fmt::format("Made {} ready in {:.0f} ms.", open_->text(sizes),
                                             static_cast<double>(now_ns() - started_ns) * 1e-6));
  }
  return core;
}

Status EngineSizes::make_listed() {
  for (const Sizes& sizes : open_->listed()) {
    RHEO_ASSIGN_OR_RETURN(std::shared_ptr<EngineCore> core, make(sizes));
    if (common_ == nullptr) common_ = CommonWeights::of(core->plans());
    listed_.push_back({sizes, std::move(core)});
  }
  inputs_ = copy_of(core().inputs());
  outputs_ = copy_of(core().outputs());
  return {};
}

// A second size that nobody listed is made for a moment, and may be one that the model cannot have.
Status EngineSizes::look_beside() {
  const Sizes& smallest = listed_.front().sizes;
  for (std::size_t i = 0; i < open_->count(); ++i) {
    const Sizes other_sizes = open_->beside(smallest, i);
    const auto listed = std::ranges::find(listed_, other_sizes, &Listed::sizes);
    if (listed == listed_.end()) {
      const Result<std::shared_ptr<EngineCore>> other = make(other_sizes);
      RHEO_RETURN_IF_ERROR(other ? look_at(other_sizes, **other) : note_missing(other_sizes, other.status()));
    } else {
      RHEO_RETURN_IF_ERROR(look_at(other_sizes, *listed->core));
    }
  }
  return {};
}

Status EngineSizes::look_at(const Sizes& other_sizes, EngineCore& other) {
  if (!open_where_different(inputs_, other.inputs()) || !open_where_different(outputs_, other.outputs())) {
    return {StatusCode::unsupported,
            "The model has other inputs or outputs, or of another rank, when LoadOptions::sizes changes a dimension. "
            "Load an engine for each size, with model.dimensions."};
  }
  return options_.mask.empty() ? Status() : note_padding(try_padding(other_sizes, other));
}

// A model that has no other size is one of that size. What the machine refused says nothing of the model.
Status EngineSizes::note_missing(const Sizes& other_sizes, const Status& status) {
  if (status.code() == StatusCode::resource_exhausted || status.code() == StatusCode::io_error) return status;
  if (options_.log) {
    options_.log(Severity::warning,
                 fmt::format("The model was tried with {}, to see what changes with the size, and cannot have it; what "
                             "Engine::inputs and outputs say is that of {} alone. {}",
                             open_->text(other_sizes), open_->text(listed_.front().sizes), status.message()));
  }
  return note_padding(status);
}

// What the trial shows is no failure of loading.
Status EngineSizes::note_padding(Status status) {
  padding_ = std::move(status);
  if (padding_.ok() || options_.mask.empty()) return {};
  if (options_.log) {
    options_.log(Severity::warning, "Requests are not padded, every size is computed as it is. " + padding_.message());
  }
  return {};
}

Status EngineSizes::try_padding(const Sizes& other_sizes, EngineCore& other) {
  const std::int64_t own = listed_.front().sizes[0];
  const std::int64_t others = other_sizes[0];
  if (own == others) return {StatusCode::unsupported, "The only size is 1, and no request is shorter."};
  const PaddingTrial trial =
      own < others ? PaddingTrial{core(), other, own, others} : PaddingTrial{other, core(), others, own};
  RHEO_ASSIGN_OR_RETURN(const PaddedAxes axes, padded_axes(trial));
  trial.longer.pad_along(axes);
  RHEO_RETURN_IF_ERROR(prove_padding(trial, options_.mask));
  for (const Listed& listed : listed_) listed.core->pad_along(axes);
  return {};
}

Status EngineSizes::prepare(int batch, int requests) {
  for (const Listed& listed : listed_) RHEO_RETURN_IF_ERROR(listed.core->prepare(batch, requests));
  return {};
}

void EngineSizes::trim() {
  others_.clear();
  return_free_memory();
}

MemoryUse EngineSizes::memory() const {
  std::vector<std::shared_ptr<EngineCore>> cores = others_.cores();
  for (const Listed& listed : listed_) cores.push_back(listed.core);
  MemoryUse use;
  for (const std::shared_ptr<EngineCore>& core : cores) {
    const MemoryUse part = core->memory();
    use.weights_bytes += part.weights_bytes;
    use.plans_bytes += part.plans_bytes;
    use.frames_bytes += part.frames_bytes;
  }
  use.sizes = has_sizes() ? cores.size() : 0;
  return use;
}

}  // namespace rheo
