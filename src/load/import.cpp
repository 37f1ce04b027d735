// SPDX-License-Identifier: Apache-2.0
#include "load/import.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <variant>
#include <vector>

#include <rheo/limits.h>

#include "base/checked.h"
#include "base/environment.h"
#include "base/try.h"
#include "load/file.h"
#include "load/given_weights.h"
#include "load/import_session.h"
#include "load/model_card.h"
#include "load/model_format.h"
#include "load/onnx/import.h"
#include "load/onnx/model.h"
#include "load/open_input.h"
#include "load/pt2/import.h"
#include "load/pt2/model.h"
#include "plugins/plugin_abi.h"

namespace rheo {
namespace {

constexpr const char* kPluginFile = "librheo_torch.so";
constexpr std::string_view kInMemory = "The model in memory";

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
                                                  const LogSink& log, const LoadLimits& limits) {
  RHEO_RETURN_IF_ERROR(refuse_open_sizes(options));
  RHEO_RETURN_IF_ERROR(refuse_weights(options));
  RHEO_ASSIGN_OR_RETURN(const RheoImportFunction import, open_plugin(options.plugin_dir));
  return with_open_batch(options, log, [&](const ModelOptions& chosen, bool& may_go) {
    ImportSession session(log, chosen.batch, limits);
    const RheoImportHost host = session.table();
    const int answer = import(&host, file.c_str());
    auto graph = session.finish(answer);
    may_go = session.may_go_with_fixed_batch();
    return graph;
  });
}

// The card that lies beside a model, MODEL.onnx.json; empty when there is none.
Result<std::string> card_beside(const std::string& file, const LoadLimits& limits) {
  const std::string beside = file + ".json";
  std::error_code ignored;
  if (!std::filesystem::exists(beside, ignored)) return std::string();
  RHEO_ASSIGN_OR_RETURN(const FileBytes card, read_file(beside, limits.text_bytes));
  return std::string(reinterpret_cast<const char*>(card.bytes.data()), card.bytes.size());
}

// What `read(given weights or null)` makes of a file whose weights the options may replace.
template <typename Model, typename Read>
Result<Model> with_given_weights(const ModelOptions& options, const LogSink& log, Read&& read) {
  if (options.weights.empty()) return read(nullptr);
  RHEO_ASSIGN_OR_RETURN(GivenWeights given, GivenWeights::open(options.weights, options.limits));
  Result<Model> model = read(&given);
  if (!model) return model;
  if (const Status all = given.all_taken(); !all.ok()) return all.with_context(options.weights);
  given.tell_kept(log);
  return model;
}

Result<onnx::Model> open_onnx(const std::string& file, const ModelOptions& options, const LogSink& log) {
  RHEO_ASSIGN_OR_RETURN(onnx::Model model, with_given_weights<onnx::Model>(options, log, [&](GivenWeights* given) {
                          return onnx::read_model(file, options.limits, given);
                        }));
  const auto is_card = [](const auto& pair) { return pair.first == kModelCardKey; };
  if (std::ranges::none_of(model.metadata, is_card)) {
    RHEO_ASSIGN_OR_RETURN(std::string card, card_beside(file, options.limits));
    if (!card.empty()) model.metadata.emplace_back(kModelCardKey, std::move(card));
  }
  return model;
}

Result<pt2::Model> open_export(const std::string& file, const ModelOptions& options, const LogSink& log) {
  RHEO_ASSIGN_OR_RETURN(pt2::Model model, with_given_weights<pt2::Model>(options, log, [&](GivenWeights* given) {
                          return pt2::read_model(file, options.limits, given);
                        }));
  if (model.card.empty()) {
    RHEO_ASSIGN_OR_RETURN(model.card, card_beside(file, options.limits));
  }
  return model;
}

// A copy, aligned as a Tensor's elements.
Result<FileBytes> copy_of(std::span<const std::byte> bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  RHEO_ASSIGN_OR_RETURN(Tensor copy, Tensor::copy_of(TensorView(bytes.data(), DType::u8, {size})));
  auto owner = std::make_shared<const Tensor>(std::move(copy));
  return FileBytes{owner, std::as_bytes(owner->as<std::uint8_t>())};
}

std::size_t size_of(const std::string& file) {
  std::error_code ignored;
  const std::uintmax_t bytes = std::filesystem::file_size(file, ignored);
  return bytes == static_cast<std::uintmax_t>(-1) ? 0 : static_cast<std::size_t>(bytes);
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

struct ModelFile::Content {
  std::string file;                                                  // what messages call it
  std::variant<std::monostate, onnx::Model, pt2::Model> model = {};  // nothing of TorchScript
  std::vector<FileStamp> stamps = {};                                // of what the model is mapped from
  std::size_t bytes = 0;                                             // of all its files

  template <typename Model>
  Status keep(Result<Model> read) {
    if (read) model = *std::move(read);
    return read.status();
  }

  // What the model's own size adds to what may be computed ahead.
  LoadLimits limits_beside(const LoadLimits& given) const {
    LoadLimits limits = given;
    limits.computed_bytes = saturating_add(given.computed_bytes, saturating_mul(4, bytes));
    limits.computed_steps = saturating_add(given.computed_steps, saturating_mul(4, bytes));
    return limits;
  }
};

Result<ModelFile> ModelFile::open(std::string file, const ModelOptions& options, const LogSink& log) {
  RHEO_RETURN_IF_ERROR(check_pictures(options));
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of_file(file, options.limits));
  auto content = std::make_shared<Content>();
  content->file = std::move(file);
  std::vector<std::string> files = {content->file};
  if (!options.weights.empty()) files.push_back(options.weights);
  std::vector<FileStamp> stamps;
  for (const std::string& each : files) stamps.push_back(FileStamp::of(each));
  Status status;
  switch (format) {
    case ModelFormat::onnx: status = content->keep(open_onnx(content->file, options, log)); break;
    case ModelFormat::exported: status = content->keep(open_export(content->file, options, log)); break;
    case ModelFormat::torchscript: break;
    case ModelFormat::package:
      status = {StatusCode::bad_format, "This is a .rheo package or a file of weights, not a model of another format."};
  }
  if (!status.ok()) return status.with_context(content->file);
  if (const auto* onnx = std::get_if<onnx::Model>(&content->model)) {
    for (const std::string& external : onnx->external_files) {
      stamps.push_back(FileStamp::of(external));
      files.push_back(external);
    }
  }
  for (const std::string& each : files) content->bytes = saturating_add(content->bytes, size_of(each));
  if (format != ModelFormat::torchscript) content->stamps = std::move(stamps);
  return ModelFile(std::move(content));
}

Result<ModelFile> ModelFile::open(std::span<const std::byte> bytes, const ModelOptions& options, const LogSink& log) {
  RHEO_RETURN_IF_ERROR(check_pictures(options));
  RHEO_ASSIGN_OR_RETURN(const FileBytes copy, copy_of(bytes));
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of(copy, options.limits));
  auto content = std::make_shared<Content>();
  content->file = kInMemory;
  content->bytes = bytes.size();
  Status status;
  switch (format) {
    case ModelFormat::onnx:
      status = content->keep(with_given_weights<onnx::Model>(options, log, [&](GivenWeights* given) {
        return onnx::read_model(copy.bytes, copy.owner, options.limits, given);
      }));
      break;
    case ModelFormat::exported:
      status = content->keep(with_given_weights<pt2::Model>(
          options, log, [&](GivenWeights* given) { return pt2::read_model(copy, options.limits, given); }));
      break;
    case ModelFormat::torchscript:
      status = {StatusCode::unsupported, "TorchScript is read from files alone; write it to one."};
      break;
    case ModelFormat::package: status = {StatusCode::bad_format, "This is a .rheo package, not a model."};
  }
  if (!status.ok()) return status.with_context(content->file);
  if (!options.weights.empty()) content->bytes = saturating_add(content->bytes, size_of(options.weights));
  return ModelFile(std::move(content));
}

Result<std::shared_ptr<const Graph>> ModelFile::import(const ModelOptions& options, const LogSink& log) const {
  for (const FileStamp& stamp : content_->stamps) RHEO_RETURN_IF_ERROR(stamp.check());
  const auto* onnx = std::get_if<onnx::Model>(&content_->model);
  const auto* exported = std::get_if<pt2::Model>(&content_->model);
  const LoadLimits limits = content_->limits_beside(options.limits);
  auto graph = onnx != nullptr       ? onnx::import_graph(*onnx, options, log, limits)
               : exported != nullptr ? pt2::import_graph(*exported, options, log, limits)
                                     : import_torch(content_->file, options, log, limits);
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
