// SPDX-License-Identifier: Apache-2.0
// Brings a model of a foreign format in: ONNX (`.onnx`) and torch.export archives (`.pt2`) by the library's own
// readers, TorchScript (`.pt`) through a plugin (plugins/plugin_abi.h) that is opened at run time. A TorchScript file
// is a program: import trusted files only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/status.h>

#include "graph/graph.h"

namespace rheo {

// The model in `file` as a Graph.
// ModelOptions::plugin_dir: the folder that holds librheo_torch.so. Empty: the environment's RHEO_PLUGIN_DIR, else the
// folders of the macro RHEO_PLUGIN_SEARCH (set by the build, separated by ':'), relative to the folder of the file that
// holds this library: librheo.so, or a program that links it statically. Build tree and installed tree have the same
// layout. `log` may be empty; the plugin's warnings go there. not_found: no such file. unavailable: the plugin is
// missing or does not fit; says which file was looked for. bad_format, unsupported: the file is no model, or holds what
// Rheo lacks; every missing op is listed once. May be called from any thread. The plugin stays open until the process
// ends.
Result<std::shared_ptr<const Graph>> import_model(const std::string& file, const ModelOptions& options = {},
                                                  const LogSink& log = {});

// An open dimension of an input that the file calls by a name.
struct NamedAxis {
  std::string input;
  std::size_t axis = 0;
  std::string dimension;
};

// A model file that was read once and is imported as often as its open dimensions get other sizes. Keeps the file
// mapped, and no weights of its own. Cheap to copy; immutable, any thread.
class ModelFile {
 public:
  // Status as import_model. Of the options, those that say what is read: `limits`, and `weights`, whose file is named
  // here alone. A TorchScript file is not looked into before it is imported.
  static Result<ModelFile> open(std::string file, const ModelOptions& options = {}, const LogSink& log = {});
  // From memory, of which it keeps a copy. ONNX with external data and TorchScript are refused.
  static Result<ModelFile> open(std::span<const std::byte> bytes, const ModelOptions& options = {},
                                const LogSink& log = {});

  // As import_model does it. io_error when the file, or one with its weights, was written over since it was opened.
  Result<std::shared_ptr<const Graph>> import(const ModelOptions& options = {}, const LogSink& log = {}) const;
  // In the order of the inputs. Empty for TorchScript, which leaves nothing open.
  Result<std::vector<NamedAxis>> named_axes() const;

 private:
  struct Content;
  explicit ModelFile(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

// True when the options say how stored pictures become the input.
bool reads_pictures(const ModelOptions& options);

}  // namespace rheo
