// SPDX-License-Identifier: Apache-2.0
// The host's side of the plugin table: turns the plugin's C calls into inputs, constants and operators of a translation
// (aten/translation.h), and keeps the first reason why one failed. One session per import, on one thread.
//
// An imported graph is the f32 graph that all paths are made from. 16-bit floats are how a model was stored: constants
// of them become f32 exactly, inputs are cast, and the log says so.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <rheo/limits.h>
#include <rheo/log.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "load/aten/translation.h"
#include "plugins/plugin_abi.h"

namespace rheo {

class ImportSession {
 public:
  // `log` must outlive the session. `batch`: what an open batch becomes; 0: it stays open.
  explicit ImportSession(const LogSink& log, std::int64_t batch = 0, const LoadLimits& limits = {})
      : log_(log), batch_(batch), translation_(limits) {}
  ImportSession(const ImportSession&) = delete;
  ImportSession& operator=(const ImportSession&) = delete;

  // The table to hand out; it points back here.
  RheoImportHost table();

  // After the plugin returned `answer`: the graph, or why there is none.
  Result<std::shared_ptr<const Graph>> finish(int answer);
  // Of a failure: an open batch is in the way, which a fixed one may not be.
  bool may_go_with_fixed_batch() const { return translation_.may_go_with_fixed_batch(); }

 private:
  friend struct HostCalls;
  // 0 when `status` is ok; else keeps it, unless there was one before, and answers 1.
  int keep(Status status);
  // A new number for what will be known of a value, and what is known of an old one; null for a number that is none.
  std::uint32_t add(ImportValue value);
  ImportValue* find(std::uint32_t value);

  const LogSink& log_;
  const std::int64_t batch_;
  aten::Translation translation_;
  std::uint32_t value_count_ = 0;
  Status status_;
};

}  // namespace rheo
