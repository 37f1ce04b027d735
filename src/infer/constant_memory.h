// SPDX-License-Identifier: Apache-2.0
// `ConstantMemory`: gives the memory of constants back to the system once every op that reads them works on a copy of
// its own (Kernel::has_copied), so that weights are in memory once, and fills it again for who makes another plan.
//
// Speaks only of constants that Rheo allocated; what somebody else keeps alive stays. One thread at a time.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"

namespace rheo {

class ConstantMemory {
 public:
  // Of graphs that may share constants. Each will be planned; until then its constants stay.
  explicit ConstantMemory(std::span<const std::shared_ptr<const Graph>> graphs);

  // While this is held nothing is given back; letting go gives back all that can be.
  void hold() { is_held_ = true; }
  void let_go();

  // Around the making of a plan of graph number `graph`. In between, a constant goes with its last reader.
  void begin(std::size_t graph);
  void note_copied(const Tensor& constant);
  void finish();  // only when the plan was made

  // True when a constant of the graph was given back: it must be filled before a plan is made.
  bool is_missing(std::size_t graph) const;
  // Fills what is missing from the same graph, made once more. io_error when it is another one.
  Status fill(std::size_t graph, const Graph& again);

 private:
  // Where a graph holds the constant, and how many of its ops read it.
  struct Place {
    ValueId value = kNoValue;
    int readers = 0;
    bool has_copies = false;  // in every plan so far, of which there is one, each reader has a copy
  };
  struct Constant {
    Tensor elements;
    std::map<std::size_t, Place> places = {};  // by number of the graph
    int copies = 0;                            // noted since `begin`
    bool is_read = false;                      // by an op of a plan, at run time
    bool is_missing = false;
  };

  void count_readers(std::size_t number, const Graph& graph);
  void give_back_if_free(Constant& constant) const;

  std::map<const void*, Constant> constants_;  // by address of the elements
  std::size_t planned_ = 0;                    // the graph of `begin`
  bool is_held_ = false;
};

}  // namespace rheo
