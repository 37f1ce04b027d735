// SPDX-License-Identifier: Apache-2.0
#include "load/import.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <variant>
#include <vector>

#include "base/environment.h"
#include "base/try.h"
#include "load/file.h"
#include "load/given_weights.h"
#include "load/import_session.h"
#include "load/limits.h"
#include "load/model_card.h"
#include "load/onnx/import.h"
#include "load/onnx/model.h"
#include "load/open_input.h"
#include "load/pt2/import.h"
#include "load/pt2/model.h"
#include "plugins/plugin_abi.h"

namespace rheo {
namespace {

constexpr const char* kPluginFile = "librheo_torch.so";
constexpr std::string_view kOnnxEnding = ".onnx";
constexpr std::string_view kExportEnding = ".pt2";
constexpr std::array<std::string_view, 4> kEndings = {kOnnxEnding, kExportEnding, ".pt", ".pth"};

// The folder of the library or program that holds this code; empty when the system does not tell.
std::filesystem::path own_folder() {
  Dl_info facts{};
  if (::dladdr(reinterpret_cast<const void*>(&import_model), &facts) == 0 || facts.dli_fname == nullptr) return {};
  std::error_code ignored;
  return std::filesystem::canonical(facts.dli_fname, ignored).parent_path();
}

// Where the plugin may be, best first.
std::vector<std::string> plugin_candidates(const std::string& plugin_dir) {
  const std::string chosen = plugin_dir.empty() ? environment("RHEO_PLUGIN_DIR") : plugin_dir;
  if (!chosen.empty()) return {chosen + "/" + kPluginFile};
  std::vector<std::string> candidates;
  const std::filesystem::path own = own_folder();
  std::string_view folders = RHEO_PLUGIN_SEARCH;  // separated by colons, seen from the own folder
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    candidates.push_back((own / folders.substr(0, end) / kPluginFile).lexically_normal().string());
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return candidates;
}

Result<RheoImportFunction> open_plugin(const std::string& plugin_dir) {
  const std::vector<std::string> candidates = plugin_candidates(plugin_dir);
  std::error_code ignored;
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const std::string& file) { return std::filesystem::exists(file, ignored); });
  if (found == candidates.end()) {
    return Status(
        StatusCode::unavailable,
        fmt::format("The TorchScript importer is missing: there is no '{}'. Build Rheo with RHEO_TORCH=ON and "
                    "LibTorch (Debian: libtorch-dev), or say where it is with plugin_dir or RHEO_PLUGIN_DIR.",
                    fmt::join(candidates, "' and no '")));
  }
  // Never closed: LibTorch registers things that must live as long as the process.
  void* library = ::dlopen(found->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Status(StatusCode::unavailable, fmt::format("The plugin '{}' cannot be opened: {}.", *found, ::dlerror()));
  }
  void* entry = ::dlsym(library, RHEO_IMPORT_SYMBOL);
  if (entry == nullptr) {
    return Status(StatusCode::unavailable, fmt::format("'{}' is no Rheo plugin, or of another version: it has no {}.",
                                                       *found, RHEO_IMPORT_SYMBOL));
  }
  return reinterpret_cast<RheoImportFunction>(entry);
}

// TorchScript files are zip archives. Checked here so that a wrong file is named without opening LibTorch.
Status check_archive(const std::string& file) {
  constexpr std::array kZipMagic = {std::byte{'P'}, std::byte{'K'}, std::byte{3}, std::byte{4}};
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::byte> start, read_start(file, kZipMagic.size()));
  if (std::equal(start.begin(), start.end(), kZipMagic.begin(), kZipMagic.end())) return Status();
  return Status(StatusCode::bad_format,
                fmt::format("'{}' is no TorchScript model: it is no zip archive. Save the model with "
                            "torch.jit.script(model).save(file).",
                            file));
}

// TorchScript has no open sizes: whoever sets some has another file in mind.
Status refuse_open_sizes(const ModelOptions& options) {
  if (options.dimensions.empty() && options.shapes.empty() && options.bound.empty()) return {};
  return {StatusCode::invalid_argument,
          "A TorchScript file leaves no dimension or input open; the model options set some. Say shapes in rheo.json."};
}

// Its weights have become part of the program by the time that it is read.
Status refuse_weights(const ModelOptions& options) {
  if (options.weights.empty()) return {};
  return {StatusCode::invalid_argument,
          "A TorchScript file keeps its own weights; export the model with torch.export (.pt2) or to ONNX to join it "
          "with weights of another file."};
}

Result<std::shared_ptr<const Graph>> import_torch(const std::string& file, const ModelOptions& options,
                                                  const LogSink& log) {
  RHEO_RETURN_IF_ERROR(refuse_open_sizes(options));
  RHEO_RETURN_IF_ERROR(refuse_weights(options));
  RHEO_RETURN_IF_ERROR(check_archive(file));
  RHEO_ASSIGN_OR_RETURN(const RheoImportFunction import, open_plugin(options.plugin_dir));
  return with_open_batch(options, log, [&](const ModelOptions& chosen, bool& may_go) {
    ImportSession session(log, chosen.batch);
    const RheoImportHost host = session.table();
    const int answer = import(&host, file.c_str());
    auto graph = session.finish(answer);
    may_go = session.may_go_with_fixed_batch();
    return graph;
  });
}

// The card that lies beside a model, MODEL.onnx.json; empty when there is none.
Result<std::string> card_beside(const std::string& file) {
  const std::string beside = file + ".json";
  std::error_code ignored;
  if (!std::filesystem::exists(beside, ignored)) return std::string();
  const LoadLimits limits;
  RHEO_ASSIGN_OR_RETURN(const FileBytes card, read_file(beside, limits.text_bytes));
  return std::string(reinterpret_cast<const char*>(card.bytes.data()), card.bytes.size());
}

// What `read(given weights or null)` makes of a file whose weights the options may replace.
template <typename Model, typename Read>
Result<Model> with_given_weights(const ModelOptions& options, const LogSink& log, Read&& read) {
  if (options.weights.empty()) return read(nullptr);
  RHEO_ASSIGN_OR_RETURN(GivenWeights given, GivenWeights::open(options.weights));
  Result<Model> model = read(&given);
  if (!model) return model;
  if (const Status all = given.all_taken(); !all.ok()) return all.with_context(options.weights);
  given.tell_kept(log);
  return model;
}

Result<onnx::Model> open_onnx(const std::string& file, const ModelOptions& options, const LogSink& log) {
  RHEO_ASSIGN_OR_RETURN(onnx::Model model, with_given_weights<onnx::Model>(options, log, [&](GivenWeights* given) {
                          return onnx::read_model(file, {}, given);
                        }));
  const auto is_card = [](const auto& pair) { return pair.first == kModelCardKey; };
  if (std::ranges::none_of(model.metadata, is_card)) {
    RHEO_ASSIGN_OR_RETURN(std::string card, card_beside(file));
    if (!card.empty()) model.metadata.emplace_back(kModelCardKey, std::move(card));
  }
  return model;
}

Result<pt2::Model> open_export(const std::string& file, const ModelOptions& options, const LogSink& log) {
  RHEO_ASSIGN_OR_RETURN(pt2::Model model, with_given_weights<pt2::Model>(options, log, [&](GivenWeights* given) {
                          return pt2::read_model(file, {}, given);
                        }));
  if (model.card.empty()) {
    RHEO_ASSIGN_OR_RETURN(model.card, card_beside(file));
  }
  return model;
}

// Before anything is read: what the options say of stored pictures is something that can be computed.
Status check_pictures(const ModelOptions& options) {
  if (options.mean.size() != options.deviation.size()) {
    return {StatusCode::invalid_argument,
            fmt::format("There are {} means and {} deviations of stored pictures; give as many of both.",
                        options.mean.size(), options.deviation.size())};
  }
  for (const double mean : options.mean) {
    if (!std::isfinite(mean)) {
      return {StatusCode::invalid_argument, fmt::format("A mean of stored pictures is {}, not a number.", mean)};
    }
  }
  for (const double deviation : options.deviation) {
    if (std::isfinite(1 / deviation) && deviation > 0) continue;
    return {
        StatusCode::invalid_argument,
        fmt::format("A deviation of stored pictures is {}; values are divided by it, so it is above 0.", deviation)};
  }
  return {};
}

// The graph, told how stored pictures become its input.
Result<std::shared_ptr<const Graph>> with_stored_pictures(std::shared_ptr<const Graph> graph,
                                                          const ModelOptions& options) {
  if (!reads_pictures(options)) return graph;
  const std::vector<double>& mean = options.mean;
  const std::vector<double>& deviation = options.deviation;
  Preprocessing preprocessing;
  if (!graph->inputs().empty()) preprocessing = graph->inputs().front().preprocessing;
  preprocessing.crop = options.crop;
  std::vector<ChannelScale> channels;
  for (std::size_t i = 0; i < mean.size(); ++i) channels.push_back({1 / (255 * deviation[i]), -mean[i] / deviation[i]});
  if (channels.size() == 1) {
    preprocessing.scale = channels.front().scale;
    preprocessing.offset = channels.front().offset;
    channels.clear();
  }
  if (!mean.empty()) preprocessing.channels = std::move(channels);
  return GraphBuilder::with_preprocessing(*graph, std::move(preprocessing));
}

}  // namespace

bool reads_pictures(const ModelOptions& options) {
  return !options.mean.empty() || !options.deviation.empty() || options.crop != 0;
}

bool is_importable(std::string_view file) {
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return file.ends_with(ending); });
}

struct ModelFile::Content {
  std::string file;
  std::variant<std::monostate, onnx::Model, pt2::Model> model = {};  // nothing of TorchScript
  std::vector<FileStamp> stamps = {};                                // of what the model is mapped from
};

Result<ModelFile> ModelFile::open(std::string file, const ModelOptions& options, const LogSink& log) {
  RHEO_RETURN_IF_ERROR(check_pictures(options));
  auto content = std::make_shared<Content>();
  content->file = std::move(file);
  std::vector<FileStamp> stamps = {FileStamp::of(content->file)};
  if (!options.weights.empty()) stamps.push_back(FileStamp::of(options.weights));
  Status status;
  const auto keep = [&](auto model) {
    status = model.status();
    if (model) content->model = *std::move(model);
  };
  if (content->file.ends_with(kOnnxEnding)) keep(open_onnx(content->file, options, log));
  if (content->file.ends_with(kExportEnding)) keep(open_export(content->file, options, log));
  if (!status.ok()) return status.with_context(content->file);
  if (const auto* onnx = std::get_if<onnx::Model>(&content->model)) {
    for (const std::string& external : onnx->external_files) stamps.push_back(FileStamp::of(external));
  }
  if (!std::holds_alternative<std::monostate>(content->model)) content->stamps = std::move(stamps);
  return ModelFile(std::move(content));
}

Result<std::shared_ptr<const Graph>> ModelFile::import(const ModelOptions& options, const LogSink& log) const {
  for (const FileStamp& stamp : content_->stamps) RHEO_RETURN_IF_ERROR(stamp.check());
  const auto* onnx = std::get_if<onnx::Model>(&content_->model);
  const auto* exported = std::get_if<pt2::Model>(&content_->model);
  auto graph = onnx != nullptr       ? onnx::import_graph(*onnx, options, log)
               : exported != nullptr ? pt2::import_graph(*exported, options, log)
                                     : import_torch(content_->file, options, log);
  if (graph) graph = with_stored_pictures(*std::move(graph), options);
  if (!graph) return graph.status().with_context(content_->file);
  return graph;
}

Result<std::vector<NamedAxis>> ModelFile::named_axes() const {
  std::vector<OpenInput> inputs;
  if (const auto* onnx = std::get_if<onnx::Model>(&content_->model)) {
    RHEO_ASSIGN_OR_RETURN(inputs, onnx::declared_inputs(*onnx));
  } else if (const auto* exported = std::get_if<pt2::Model>(&content_->model)) {
    RHEO_ASSIGN_OR_RETURN(inputs, pt2::declared_inputs(*exported));
  }
  std::vector<NamedAxis> axes;
  for (const OpenInput& input : inputs) {
    if (!input.shape) continue;
    for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
      const OpenDimension& dimension = (*input.shape)[axis];
      if (!dimension.size && !dimension.name.empty()) axes.push_back({input.name, axis, dimension.name});
    }
  }
  return axes;
}

Result<std::shared_ptr<const Graph>> import_model(const std::string& file, const ModelOptions& options,
                                                  const LogSink& log) {
  RHEO_ASSIGN_OR_RETURN(const ModelFile model, ModelFile::open(file, options, log));
  return model.import(options, log);
}

}  // namespace rheo
