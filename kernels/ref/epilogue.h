// SPDX-License-Identifier: Apache-2.0
// The end of conv2d and linear: from the sum of stored products to the stored result.
#pragma once

#include <span>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/ref/elements.h"
#include "op/epilogue.h"

namespace rheo::ref {

// Types and settings; made with the kernel.
class ProductEpilogue {
 public:
  ProductEpilogue(const KernelRequest& request, Epilogue settings);

  // The same with memory; made per run, on the stack.
  class Bound {
   public:
    Bound(const ProductEpilogue& epilogue, std::span<const void* const> inputs, std::span<void* const> outputs);
    // output[index] = round(activation(sum * scale_x * scale_w[channel] + bias[channel] + residual[index])); a scale of
    // x that was found at run time is part of the sum
    void finish(double sum, std::int64_t channel, std::int64_t index) const;

   private:
    const ProductEpilogue& epilogue_;
    const bool has_bias_;
    const bool has_residual_;
    const ElementReader bias_;      // [out]
    const ElementReader residual_;  // the shape of the result
    const ElementWriter output_;
  };

 private:
  double product_scale(std::int64_t channel) const;

  Epilogue settings_;
  std::vector<float> x_scales_;        // empty or one
  std::vector<float> weights_scales_;  // empty, one, or one per output channel
  TensorType bias_;
  TensorType residual_;
  TensorType output_;
};

}  // namespace rheo::ref
