// SPDX-License-Identifier: Apache-2.0
// The host's side of the plugin table: turns the plugin's C calls into calls of a GraphBuilder, and keeps the first
// reason why one failed. One session per import, on one thread.
//
// An imported graph is the f32 graph that all paths are made from. 16-bit floats are how a model was stored: constants
// of them become f32 exactly, inputs are cast, and the log says so.
#pragma once

#include <memory>

#include <rheo/log.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "plugins/plugin_abi.h"

namespace rheo {

class ImportSession {
 public:
  // `log` must outlive the session.
  explicit ImportSession(const LogSink& log) : log_(log) {}
  ImportSession(const ImportSession&) = delete;
  ImportSession& operator=(const ImportSession&) = delete;

  // The table to hand out; it points back here.
  RheoImportHost table();

  // After the plugin returned `answer`: the graph, or why there is none.
  Result<std::shared_ptr<const Graph>> finish(int answer);

 private:
  friend struct HostCalls;
  // 0 when `status` is ok; else keeps it, unless there was one before, and answers 1.
  int keep(Status status);

  const LogSink& log_;
  GraphBuilder builder_;
  ValueId value_count_ = 0;
  bool widened_ = false;  // 16-bit floats of the model became f32
  Status status_;
};

}  // namespace rheo
