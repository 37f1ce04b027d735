// SPDX-License-Identifier: Apache-2.0
// What an importer knows of one value of the model it reads: its elements, or which value of the graph computes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <rheo/tensor.h>

#include "graph/graph.h"
#include "load/import_arrangement.h"

namespace rheo {

class ImportValue {
 public:
  // Made by an operator that Rheo lacks, or from such a value.
  ImportValue() = default;
  // Known elements, the same for every batch size.
  static ImportValue known(Tensor elements) { return known(PerTrial<Tensor>{elements, std::move(elements)}); }
  static ImportValue known(PerTrial<Tensor> elements);
  // Computed when the model runs.
  static ImportValue computed(ValueId id) {
    ImportValue value;
    value.id_ = id;
    return value;
  }
  // The same, in other dimensions than the graph's. Natural ones are dropped.
  static ImportValue arranged(ValueId id, Arrangement arrangement);

  bool is_missing() const { return !is_known() && id_ == kNoValue; }
  bool is_known() const { return !elements_[0].empty(); }
  bool is_computed() const { return !is_known() && id_ != kNoValue; }
  bool is_arranged() const { return !arrangement_.empty(); }
  const Arrangement& arrangement() const { return arrangement_; }  // empty: the dimensions are the graph's
  // Of a known value. True when both trials share their elements, which is how one that ignores the batch is kept.
  bool ignores_batch() const { return elements_[0].data() == elements_[1].data(); }
  const PerTrial<Tensor>& elements() const { return elements_; }
  const Tensor& only() const { return elements_[0]; }  // of one that ignores the batch
  // [1, ...], of a known value [batch, ...] that holds the same row for each item of any batch; nothing otherwise.
  std::optional<Tensor> row_of_all() const;
  // In the graph; kNoValue for a known value that no node has needed yet.
  ValueId id() const { return id_; }
  void set_id(ValueId id) { id_ = id; }

 private:
  PerTrial<Tensor> elements_;
  ValueId id_ = kNoValue;
  Arrangement arrangement_;
};

}  // namespace rheo
