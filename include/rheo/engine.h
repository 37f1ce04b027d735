// SPDX-License-Identifier: Apache-2.0
// `Engine`: one model ready to run. Five statements from file to answer:
//
//   auto engine  = rheo::Engine::load("model.rheo").value();
//   auto outcome = engine.run(rheo::TensorView(pixels, {1, 1, 28, 28})).value();
//   auto logits  = outcome.output(0).as<float>();
//   auto path    = outcome.record().path;                      // "exit1.int8"
//   auto why     = outcome.record().reason();                  // "margin 0.93 >= 0.71"
//
// An Engine is a cheap-copy handle; copies share the model. All members may be called from many threads at once, on one
// handle that outlives the calls or on a copy per thread. Destroying the last handle waits for what was submitted.
// There is no empty Engine: keep one that is loaded later in a std::optional. One that was moved from may only be
// destroyed or assigned to.
// Everything slow happens in `load` and `prepare`: a `run` of a prepared batch size creates nothing, as long as no more
// requests run at once than were prepared for. One more than ever before makes frames of its own, and with `threads`
// above 1 a thread pool, which are kept until the engine ends. Where other dimensions than the batch are of several
// sizes (LoadOptions::sizes), the same holds for each size that was listed there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/certificate.h>
#include <rheo/estimator.h>
#include <rheo/export.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/record.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

struct LoadOptions {
  // Behaviour
  // Own policy: runs as given; of its answers only those by the reference path are certified. Empty: the package's
  // policy where its certificate counts (certificate_status), else only the reference path runs, and `log` is told why.
  // Answers of a model that is no classifier have no confidences: only fixed paths make sense there.
  std::shared_ptr<const Policy> policy = {};
  // Own estimator: the certificate does not speak of it. Empty: the package's calibrated one, else the plain one.
  std::shared_ptr<const Estimator> estimator = {};
  // Run the package's policy also where no certificate covers it; records say `certified = false`.
  bool allow_uncertified = false;
  // Refuse a batch that nothing prepared holds, instead of preparing for it once. What is prepared holds any smaller
  // batch; sizes are rounded up to powers of two, and batches above 32 go through in parts of 32.
  bool strict = false;
  LogSink log = {};  // empty: silent. Sizes that are made ready later tell it on the threads of their requests
  // Called with the record of every item when its part of the request (at most 32 items) ends, also when it ended
  // without an answer; not for requests that were refused before anything was decided. Runs on the thread that served
  // the request (a worker for `submit`), so on several threads at once. Must not throw and must not call this engine.
  // Its time is the host's: the record at hand does not count it, those of later parts do. Empty: costs nothing.
  // RecordWriter (observe.h) writes records to a file.
  RecordListener on_record = {};
  // Called after every op that a request runs, on the thread that serves it, so on several threads at once. Its texts
  // live as long as the engine, those of a size that is not listed in `sizes` until it returns. Must not throw and must
  // not call this engine. Empty: costs nothing, no clock is read.
  OpListener on_op = {};
  // Performance
  // Batch sizes to prepare ahead, each 1..1024. Weights that were packed for them are not kept a second time: to
  // prepare another size later, the weights of a model file are read from it again, so list what will come. A file that
  // was written over in place since then is refused (io_error) by the request that needs it.
  std::vector<int> batches = {1};
  int threads = 1;           // per request; more split one request's ops, >= 1
  int workers = 1;           // threads that serve `submit`, >= 1; started on first use
  std::string max_isa = {};  // cap of the instruction set: "portable", "avx2", "avx512"; empty: RHEO_MAX_ISA, else all
  ModelOptions model = {};   // what the file of another framework leaves open, and what it may ask for
  // What one plan may take for the values of a run, and the answers that a request keeps; of each batch size and
  // precision. More is limit_exceeded, when loading or by the request that needs it.
  std::size_t arena_limit_bytes = std::size_t{4} << 30;
  // Sizes of open dimensions beside the batch, where requests bring several: {{"sequence", {32, 64, 128}}} instead of
  // one size in model.dimensions. The engine is made ready for each of them, of several dimensions for all combinations
  // (at most 64), and holds the weights once. Another size up to the largest is made ready when its first request comes
  // (or refused, if `strict`) and kept as long as `sizes_limit_bytes` allows. It is read from the model's file, which
  // stays open and mapped: replace a model by renaming another file to its name, which leaves this engine with the old
  // one. A file that was written over in place is refused (io_error) by requests that need it, and one that was cut
  // short while it is read ends the process. Only named dimensions of ONNX and torch.export files can have several
  // sizes.
  std::map<std::string, std::vector<std::int64_t>, std::less<>> sizes = {};
  // The input that tells real elements from padding, "attention_mask". Then a request of a size that is not listed is
  // computed in the smallest listed one that holds it: inputs are filled up with zeros, outputs are cut back. Loading
  // proves on random inputs that the model's answers are the same, up to 1e-5 of the largest; where they are not, `log`
  // is told why, and every size is computed as it is. Empty: nothing is ever padded. For one dimension in `sizes`.
  std::string mask = {};
  // What sizes that are not listed may hold together (plans, frames and weights of their own), in bytes. The size that
  // was used longest ago is given back first; a request on its way keeps what it uses. 0: each is given back at once.
  std::size_t sizes_limit_bytes = std::size_t{256} << 20;
  // Of a model that was never adapted: also these precisions have a path to each exit, "final.bf16", for
  // RunOptions::path. f32, the reference, is always there. int8 needs value ranges, so only a model that comes
  // quantised has it; of others 'rheo adapt' makes it. A package has what it was made with.
  std::vector<Precision> precisions = {};
};

struct RunOptions {
  // From the call (of `submit` too) until the answer is due; zero or less is already past. Overshoots by at most one
  // op, or by the making of plans that were not prepared. The best usable answer so far is returned with `interrupted`
  // in its record; without one, deadline_exceeded. In a batch this holds for each item, and an item without an answer
  // fails the whole request; the caller's buffers may then be partly written.
  std::optional<std::chrono::nanoseconds> timeout = {};
  std::stop_token stop = {};  // as the timeout, with `cancelled`
  // Run just this path, "final.f32", and go on to the reference path where its answer is not finite. Empty: the policy
  // decides.
  std::string_view path = {};
  // Decides this request instead of the engine's policy; not together with `path`. Borrowed: lives until every Outcome
  // and record of this request is gone. Certified as LoadOptions::policy is.
  const Policy* policy = nullptr;
  std::int64_t id = 0;  // the caller's own number for this request; its records carry it
  // Caller's buffers, one per output of Engine::outputs(), dense, of the exact size; empty: pooled by the engine. The
  // buffer of an output that is absent in the end holds nothing of use.
  std::span<const std::span<std::byte>> outputs = {};
};

struct NamedInput {
  std::string_view name;
  TensorView tensor;
};

// Outputs and record of one request: number i is Engine::outputs()[i]. The answer is always there. Another output is
// absent when the path that answered (record().path) ends before the stage that computes it; of a batch it is there
// when it is there for every item.
//
//   auto words  = outcome.output("last_hidden_state").value();  // not_found where it is absent, with a sentence
//   auto pooled = outcome.output(1).as<float>();                // empty where it is absent
//
// Owns its outputs; give it back (destroy it) to let the engine reuse the memory.
// Not shared between threads without the caller's care. May outlive the Engine.
class RHEO_EXPORT Outcome {
 public:
  Outcome(Outcome&&) noexcept;
  Outcome& operator=(Outcome&&) noexcept;
  ~Outcome();

  std::size_t output_count() const;  // as many as Engine::outputs() has, the absent ones included
  // Valid as long as this Outcome; [batch, ...], row-major. An empty view when there is no such output or it is absent.
  TensorView output(std::size_t index) const;
  Result<TensorView> output(std::string_view name) const;
  const RunRecord& record() const;

  struct Slot;  // for the library only, as are the next two
  explicit Outcome(Slot* slot);
  Slot& slot() { return *slot_; }

 private:
  Slot* slot_ = nullptr;
};

// Bytes held, by kind. One plan serves all exits of a precision; plans of different batch sizes share their weights,
// and so do those of different LoadOptions::sizes.
struct MemoryUse {
  std::size_t weights_bytes = 0;
  std::size_t plans_bytes = 0;
  std::size_t frames_bytes = 0;
  std::size_t sizes = 0;  // combinations of LoadOptions::sizes that are ready now; 0: the engine has one size
};

// Name, dtype and shape of an input or output; the batch dimension is kDynamic, and so is every one that follows
// LoadOptions::sizes. Where each input and output has a batch (or is [1, ...]), a request may hold many items. A model
// of other shapes, say with a state of [layers, batch, features], takes one item per request, in exactly these shapes
// with 1 for kDynamic.
struct TensorInfo {
  std::string name;
  DType dtype = DType::f32;
  Shape shape;
};

class RHEO_EXPORT Engine {
 public:
  // From a file: `.rheo` package, `.onnx`, `.pt2` of torch.export, or `.pt` TorchScript through the importer plugin. A
  // TorchScript file is a program: load trusted ones only. What the name does not tell, the content does.
  static Result<Engine> load(const std::string& file, const LoadOptions& options = {});
  // From memory: the bytes of any of them but TorchScript, told apart by their content. They are copied or packed and
  // need not outlive the call; ONNX with external data is refused, because memory has no folder. This is also the way
  // to load a file that others may write to: a file that is cut short while it is mapped ends the process.
  static Result<Engine> load(std::span<const std::byte> model, const LoadOptions& options = {});

  // One request: a tensor [batch, ...] of the input's dtype for a model with one input; with batch > 1 every item takes
  // its own path and the outcome's record is that of the first item (use run_batch, or LoadOptions::on_record, for one
  // each).
  Result<Outcome> run(const TensorView& input, const RunOptions& options = {}) const;
  // Several inputs, each named once: run({{"tokens", tokens}, {"mask", mask}}).
  Result<Outcome> run(std::span<const NamedInput> inputs, const RunOptions& options = {}) const;
  Result<Outcome> run(std::initializer_list<NamedInput> inputs, const RunOptions& options = {}) const {
    return run(std::span<const NamedInput>(inputs.begin(), inputs.size()), options);
  }
  // Many inputs [1, ...] at once, each on its own path; those that decide alike run together. One Outcome per item.
  Result<std::vector<Outcome>> run_batch(std::span<const TensorView> items, const RunOptions& options = {}) const;
  // Runs on the engine's workers, in the order of the calls. What `input` and RunOptions::outputs point to is borrowed
  // until the future is ready. Waiting requests are not limited in number; a timeout counts their waiting.
  std::future<Result<Outcome>> submit(const TensorView& input, const RunOptions& options = {}) const;

  // Makes plans and frames for batches of `batch` ahead of the first such request, for `requests` of them at once, in
  // all sizes that LoadOptions::sizes lists. Both 1..1024.
  Status prepare(int batch, int requests = 1) const;
  // Gives back the sizes that requests had made ready for themselves, all but those that LoadOptions::sizes lists, and
  // memory that is free to the system. Requests on their way keep what they use until they end.
  void trim() const;

  // What was loaded. References and spans live as long as any handle of this engine.
  const Ladder& ladder() const;
  const std::optional<Certificate>& certificate() const;  // of the package; empty when nothing was certified
  // Why the package's certificate does not count here: with this instruction set and these libraries. Ok also where an
  // own policy or estimator takes the place of those it covers; records say what is certified.
  Status certificate_status() const;
  std::span<const TensorInfo> inputs() const;
  // First the answer of whichever exit answers, under the name of the exit or as "output" where there are several:
  // logits [batch, classes] of a classifier, else anything. Then the model's further outputs.
  std::span<const TensorInfo> outputs() const;
  std::span<const std::string> labels() const;  // [classes], names of the answers; empty when the model has none
  MemoryUse memory() const;
  // Stages, paths, per op the chosen kernel and every refusal with its reason, as JSON text.
  std::string describe() const;

 private:
  explicit Engine(std::shared_ptr<class EngineSizes> sizes);
  std::shared_ptr<class EngineSizes> sizes_;
};

}  // namespace rheo
