// SPDX-License-Identifier: Apache-2.0
// One import of a PyTorch program on its way: the graph that is being built, and what is known of every value by name.
// One thread.
#pragma once

#include <rheo/limits.h>
#include <rheo/status.h>

#include "load/aten/node.h"
#include "load/import_emitter.h"
#include "load/import_refusal.h"
#include "load/import_scope.h"

namespace rheo::aten {

class Translation {
 public:
  explicit Translation(const LoadLimits& limits) : emitter_(limits) {}

  ImportEmitter& emitter() { return emitter_; }
  Scope& scope() { return scope_; }
  // The next node in order. A target that Rheo lacks is noted, and what depends on it passed over; a node that it
  // refuses fails.
  Status add(const Node& node);
  // unsupported, when targets were missing.
  Status missing() const { return missing_.status(); }
  // True when a failure is due to an open batch, which some op did not let pass: with a fixed one it may go.
  bool may_go_with_fixed_batch() const { return missing_.empty() && emitter_.has_open_batch(); }

 private:
  ImportEmitter emitter_;
  Scope scope_;
  MissingOperators missing_;
};

}  // namespace rheo::aten
