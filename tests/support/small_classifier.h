// SPDX-License-Identifier: Apache-2.0
// A network of four thousand multiply-adds with inputs that suit it: what adapt is tested with. Easy inputs look like
// one class and every exit agrees on them; hard ones lie between two, and the exits part. Follows from seeds alone.
#pragma once

#include <cstdint>
#include <string>

#include <rheo/adapt.h>
#include <rheo/tensor.h>

#include "adapt/workbench.h"
#include "support/sample_graphs.h"
#include "support/temporary_folder.h"

namespace rheo::testing {

// [?, 1, 8, 8], stored as bytes -> three exits of 5 logits, optimised. The first exit compares with five templates;
// each later one adds a correction that is small against the distance of two classes.
GraphPointer small_classifier();

// `count` pictures u8 [count, 8, 8] and their classes u8 [count].
struct SmallData {
  Tensor images;
  Tensor labels;
};
SmallData small_data(std::int64_t count, std::uint64_t seed);

// A u8 tensor as an IDX file. Throws when it cannot be written.
void write_idx(const std::string& file, const Tensor& tensor);

// A folder with the model as a package that was never adapted, and data for it.
class SmallSample {
 public:
  explicit SmallSample(std::int64_t count = 600, std::uint64_t seed = 1);
  std::string model() const { return folder_.file("model.rheo"); }
  std::string images() const { return folder_.file("images.idx"); }
  std::string labels() const { return folder_.file("labels.idx"); }
  std::string output() const { return folder_.file("adapted.rheo"); }
  std::string ledger() const { return images() + ".rheo-ledger.json"; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

// At most 8 % disagreement at 95 %, which 300 inputs can certify; six policies.
AdaptOptions small_options();

// The workbench of SmallSample() under small_options(), made once per program. Its costs are written down, not
// measured, so that no test depends on how fast the machine is: 10, 30 and 100 us for the exits in f32, bf16 and int8
// at 0.6 and 0.4 of that.
const Workbench& small_workbench();

// The same costs, for a ladder of other measurements.
Ladder with_written_costs(const Ladder& measured);

}  // namespace rheo::testing
