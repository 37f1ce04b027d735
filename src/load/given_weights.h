// SPDX-License-Identifier: Apache-2.0
// Weights of a safetensors file that take the places of a model's own, by name: of the initializers of an ONNX graph,
// of the parameters, buffers and constants of an exported program. The readers of those ask for each weight while they
// read, so what is given is there before anything is computed ahead of it.
//
// 1. A given tensor has a place in the model, of the same shape and element type. Floats count as one type, because all
//    of them are computed in f32 (widened.h).
// 2. A weight of the model that the file lacks stays the model's own.
// 3. Names are compared as they are: exporters of ONNX rename what they transpose, and that is no longer the same
//    weight.
//
// Belongs to one import, on one thread: it remembers what was asked for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/log.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

class GivenWeights {
 public:
  // Maps `file`: aligned tensors are views of it. not_found, io_error, and what read_safetensors refuses.
  static Result<GivenWeights> open(const std::string& file, const LoadLimits& limits = {});

  bool has(const std::string& name) const { return tensors_.contains(name); }
  // What takes the place of the model's weight `name`, which is computed in `dtype`, or why it has no such type. Null:
  // the model's own stays. invalid_argument where the given one is another than the place is for.
  Result<const Tensor*> take(const std::string& name, const Result<DType>& dtype, const Shape& shape);

  // After the whole model was read: invalid_argument names given tensors without a place, and the model's names that
  // are nearest to them.
  Status all_taken() const;
  // Tells what stayed the model's own; a warning when matrices of floats did, for those are hardly meant to.
  void tell_kept(const LogSink& log) const;

 private:
  std::string nearest(std::string_view name) const;

  std::map<std::string, Tensor, std::less<>> tensors_;
  std::set<std::string> taken_;
  std::vector<std::string> kept_;
  bool keeps_matrices_ = false;
};

}  // namespace rheo
