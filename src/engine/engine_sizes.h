// SPDX-License-Identifier: Apache-2.0
// `EngineSizes`: what is behind an Engine: one EngineCore, or one for each size of its open dimensions, and the choice
// between them for every request. The listed ones are made when the model is loaded and stay; others are made when they
// are needed and kept in a SizeCache. Const after it was made but for that cache; shared by all requests.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "engine/engine_core.h"
#include "engine/open_sizes.h"
#include "engine/size_cache.h"
#include "engine/worker_queue.h"
#include "load/import.h"

namespace rheo {

class EngineSizes {
 public:
  static Result<std::shared_ptr<EngineSizes>> load(const std::string& file, const LoadOptions& options);
  static Result<std::shared_ptr<EngineSizes>> load(std::span<const std::byte> bytes, const LoadOptions& options);

  // As in Engine.
  Result<Outcome> run(const TensorView& input, const RunOptions& options);
  Result<Outcome> run(std::span<const NamedInput> inputs, const RunOptions& options);
  Result<std::vector<Outcome>> run_batch(std::span<const TensorView> items, const RunOptions& options);
  std::future<Result<Outcome>> submit(const TensorView& input, const RunOptions& options);
  Status prepare(int batch, int requests);
  void trim();
  MemoryUse memory() const;
  std::string describe() const;
  std::span<const TensorInfo> inputs() const { return inputs_; }
  std::span<const TensorInfo> outputs() const { return outputs_; }
  // The only one, or the smallest of those that are listed. What does not depend on sizes is alike in all.
  EngineCore& core() const { return *listed_.front().core; }

 private:
  struct Listed {
    Sizes sizes;
    std::shared_ptr<EngineCore> core;
  };
  // The core that serves a request, and what is to be said to it.
  struct Chosen {
    std::shared_ptr<EngineCore> core;
    Arrival arrival;
  };

  explicit EngineSizes(const LoadOptions& options);
  // Weights in a file are given back to the system and read again when they are needed.
  enum class Weights { in_a_file, in_memory };
  static Result<std::shared_ptr<EngineSizes>> of_model(ModelFile model, const LoadOptions& options, Weights weights);
  static Result<std::shared_ptr<EngineSizes>> of_one(Package package, const LoadOptions& options,
                                                     const CoreRole& role = {});
  static Result<std::shared_ptr<EngineSizes>> of_several(ModelFile model, const LoadOptions& options);
  bool has_sizes() const { return open_.has_value(); }
  Result<std::shared_ptr<EngineCore>> make(const Sizes& sizes) const;
  Status make_listed();
  // Looks at the model in a second size: which dimensions change, and whether it may be padded.
  Status look_beside();
  Status look_at(const Sizes& other_sizes, EngineCore& other);
  Status try_padding(const Sizes& other_sizes, EngineCore& other);
  Status note_missing(const Sizes& other_sizes, const Status& status);
  Status note_padding(Status status);
  Result<Chosen> choose(std::span<const NamedInput> inputs, const RunOptions& options, std::int64_t started_ns);

  const LoadOptions options_;
  std::optional<OpenSizes> open_;   // nothing: one size
  std::optional<ModelFile> file_;   // of several sizes
  std::vector<Listed> listed_;      // the smallest first
  std::vector<TensorInfo> inputs_;  // kDynamic where sizes differ
  std::vector<TensorInfo> outputs_;
  std::shared_ptr<const CommonWeights> common_;  // null: one size
  Status padding_;                               // why requests are not padded; ok when they are
  SizeCache others_;
  WorkerQueue workers_;  // last: its threads end before what they use
};

}  // namespace rheo
