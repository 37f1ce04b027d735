// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "base/try.h"
#include "base/within_memory.h"
#include "load/given_weights.h"
#include "load/model_card.h"
#include "load/pt2/weights.h"
#include "load/pt2/zip_archive.h"

namespace rheo::pt2 {
namespace {

constexpr std::size_t kAlwaysAllowed = std::size_t{64} << 20;
constexpr std::string_view kFormatEntry = "archive_format";
constexpr std::string_view kModels = "models/";
constexpr std::string_view kJson = ".json";
constexpr std::string_view kExtra = "extra/";  // files of the model's author

std::string_view text_in(const FileBytes& content) {
  return {reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size()};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

// An archive whose entries all lie in one folder, of any name.
class Archive {
 public:
  Archive(ZipArchive zip, std::string root, const LoadLimits& limits)
      : zip_(std::move(zip)), root_(std::move(root)), limits_(limits) {}

  const ZipEntry* find(std::string_view name) const { return zip_.find(root_ + std::string(name)); }

  Result<FileBytes> read(std::string_view name) const {
    const ZipEntry* entry = find(name);
    if (entry != nullptr) return zip_.read(*entry);
    return Status(StatusCode::bad_format, fmt::format("The archive has no entry '{}'.", name));
  }

  // One that will be parsed.
  Result<FileBytes> read_text(std::string_view name) const {
    const ZipEntry* entry = find(name);
    if (entry == nullptr || entry->size_bytes <= limits_.program_bytes) return read(name);
    return Status(StatusCode::limit_exceeded, fmt::format("The entry '{}' has {} bytes, more than the limit of {}.",
                                                          name, entry->size_bytes, limits_.program_bytes));
  }

  // "model", or the only one there is.
  Result<std::string> model_name() const {
    const std::string prefix = root_ + std::string(kModels);
    std::vector<std::string> names;
    for (const ZipEntry& entry : zip_.entries()) {
      if (!entry.name.starts_with(prefix) || !entry.name.ends_with(kJson)) continue;
      names.emplace_back(entry.name.substr(prefix.size(), entry.name.size() - prefix.size() - kJson.size()));
    }
    if (std::find(names.begin(), names.end(), "model") != names.end()) return std::string("model");
    if (names.size() == 1) return names[0];
    if (names.empty()) {
      return Status(StatusCode::unsupported,
                    "The archive holds no program (models/model.json): compiled packages of AOTInductor and ExecuTorch "
                    "are code, which Rheo does not run. Save the model with torch.export.save.");
    }
    return Status(
        StatusCode::unsupported,
        fmt::format("The archive holds several models ({}), none of which is named 'model'.", fmt::join(names, ", ")));
  }

 private:
  const ZipArchive zip_;
  const std::string root_;  // "resnet18/"
  const LoadLimits& limits_;
};

Status check_marks(const Archive& archive) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes format, archive.read_text(kFormatEntry));
  if (trimmed(text_in(format)) != "pt2") {
    return {StatusCode::unsupported,
            fmt::format("The archive is of format '{}', not pt2.", trimmed(text_in(format)).substr(0, 32))};
  }
  if (archive.find("archive_version") != nullptr) {
    RHEO_ASSIGN_OR_RETURN(const FileBytes version, archive.read_text("archive_version"));
    if (trimmed(text_in(version)) != "0") {
      return {StatusCode::unsupported,
              fmt::format("The archive is of version {}; Rheo reads 0.", trimmed(text_in(version)).substr(0, 32))};
    }
  }
  if (archive.find("byteorder") == nullptr) return {};
  RHEO_ASSIGN_OR_RETURN(const FileBytes order, archive.read_text("byteorder"));
  if (trimmed(text_in(order)) == "little") return {};
  return {StatusCode::unsupported, "The archive was written on a machine of another byte order."};
}

// What kind of archive this is, by the entries that it has.
Status not_an_export(const ZipArchive& zip) {
  const auto has = [&](std::string_view ending) {
    return std::any_of(zip.entries().begin(), zip.entries().end(),
                       [&](const ZipEntry& entry) { return entry.name.ends_with(ending); });
  };
  if (has("serialized_exported_program.json")) {
    return {StatusCode::unsupported,
            "The archive is of torch.export before PyTorch 2.8, which keeps weights as a pickle; save the model with "
            "torch.export.save of a newer one."};
  }
  if (has("data.pkl") && has("constants.pkl")) {
    return {StatusCode::unsupported,
            "The archive is a TorchScript program; name the file .pt and load it with the "
            "TorchScript importer, or save the model with torch.export.save."};
  }
  if (has("data.pkl")) {
    return {StatusCode::unsupported,
            "The archive is a pickle of torch.save, which Rheo never opens; save the model with torch.export.save."};
  }
  return {StatusCode::bad_format, "The archive is none of torch.export: it has no entry 'archive_format'."};
}

Result<Archive> open_archive(FileBytes bytes, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(ZipArchive zip, ZipArchive::open(std::move(bytes), limits));
  const auto found = std::find_if(zip.entries().begin(), zip.entries().end(), [](const ZipEntry& entry) {
    return entry.name == kFormatEntry ||
           (entry.name.ends_with("/archive_format") && std::count(entry.name.begin(), entry.name.end(), '/') == 1);
  });
  if (found == zip.entries().end()) return not_an_export(zip);
  std::string root(found->name.substr(0, found->name.size() - kFormatEntry.size()));
  Archive archive(std::move(zip), std::move(root), limits);
  RHEO_RETURN_IF_ERROR(check_marks(archive));
  return archive;
}

// Where a list of payloads and their elements lie.
struct Store {
  std::string folder;  // "data/weights/"
  std::map<std::string, Payload, std::less<>> payloads;
};

Result<Store> read_store(const Archive& archive, std::string_view what, const std::string& model,
                         const LoadLimits& limits) {
  Store store{fmt::format("data/{}/", what), {}};
  const std::string config = fmt::format("{}{}_{}_config.json", store.folder, model, what);
  if (archive.find(config) == nullptr) return store;
  RHEO_ASSIGN_OR_RETURN(const FileBytes json, archive.read_text(config));
  auto payloads = parse_payloads(text_in(json), limits);
  if (!payloads) return payloads.status().with_context(config);
  store.payloads = *std::move(payloads);
  return store;
}

// Entries that several weights share are checked once.
class Entries {
 public:
  explicit Entries(const Archive& archive) : archive_(archive) {}
  Result<FileBytes> read(const std::string& name) {
    const auto known = known_.find(name);
    if (known != known_.end()) return known->second;
    RHEO_ASSIGN_OR_RETURN(FileBytes bytes, archive_.read(name));
    known_.emplace(name, bytes);
    return bytes;
  }

 private:
  const Archive& archive_;
  std::map<std::string, FileBytes> known_;
};

bool same_sizes(const TensorMeta& a, const TensorMeta& b) {
  const auto same = [](const Size& x, const Size& y) { return x.number == y.number && x.expression == y.expression; };
  return a.dtype == b.dtype && std::equal(a.sizes.begin(), a.sizes.end(), b.sizes.begin(), b.sizes.end(), same);
}

// The weights of one archive, or what is given in their places.
class WeightReader {
 public:
  WeightReader(const Archive& archive, const Program& program, std::vector<Store> stores, const LoadLimits& limits)
      : entries_(archive), program_(program), stores_(std::move(stores)), left_(limits) {}

  // Asks for every weight. A parameter that goes by several names, of which one is given, is given under all of them:
  // safetensors files hold such a one once.
  Status take(GivenWeights& given) {
    std::vector<const ProgramWeight*> others;
    for (const ProgramWeight& weight : program_.weights) {
      if (!given.has(weight.name)) {
        others.push_back(&weight);
        continue;
      }
      RHEO_ASSIGN_OR_RETURN(const Tensor* const tensor, ask(given, weight));
      if (tensor == nullptr) continue;
      given_.emplace(weight.name, *tensor);
      if (const Found stored = find(weight.name); stored.payload != nullptr) shared_.emplace(place_of(stored), *tensor);
    }
    for (const ProgramWeight* weight : others) {
      const Found stored = find(weight->name);
      if (stored.payload != nullptr && shared_.contains(place_of(stored))) continue;
      RHEO_RETURN_IF_ERROR(ask(given, *weight).status());
    }
    return {};
  }

  Result<Tensor> read(const ProgramWeight& weight) {
    if (const auto given = given_.find(weight.name); given != given_.end()) return given->second;
    const Found found = find(weight.name);
    if (found.payload == nullptr) return Status(StatusCode::bad_format, "The archive does not hold it.");
    if (found.payload->is_pickled) {
      return Status(StatusCode::unsupported, "It is kept as a pickle, which Rheo never opens.");
    }
    const auto declared = program_.metas.find(weight.value);
    if (declared == program_.metas.end() || !same_sizes(declared->second, found.payload->meta)) {
      return Status(StatusCode::bad_format, "The program declares another type for it than its elements have.");
    }
    const auto shared = shared_.find(place_of(found));
    if (shared != shared_.end() && shared->second.shape() == shape_of(declared->second)) return shared->second;
    RHEO_ASSIGN_OR_RETURN(const FileBytes bytes, entries_.read(found.store->folder + found.payload->entry));
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, tensor_of(bytes, found.payload->meta, left_));
    const bool is_view = tensor.mutable_data() == nullptr;
    if (!is_view) left_.tensor_bytes -= std::min(left_.tensor_bytes, tensor.size_bytes());
    return tensor;
  }

 private:
  struct Found {
    const Store* store = nullptr;
    const Payload* payload = nullptr;
  };

  // Null for a weight that the program declares no type of: it is refused when it is read.
  Result<const Tensor*> ask(GivenWeights& given, const ProgramWeight& weight) const {
    const auto declared = program_.metas.find(weight.value);
    if (declared == program_.metas.end()) return nullptr;
    return given.take(weight.name, computed_dtype(declared->second.dtype), shape_of(declared->second));
  }
  Found find(const std::string& name) const {
    for (const Store& store : stores_) {
      const auto found = store.payloads.find(name);
      if (found != store.payloads.end()) return {&store, &found->second};
    }
    return {};
  }
  // Where the elements lie: entry, first element and steps.
  static std::string place_of(const Found& found) {
    const TensorMeta& meta = found.payload->meta;
    std::string place = fmt::format("{}{} {}", found.store->folder, found.payload->entry, meta.storage_offset.number);
    for (const Size& stride : meta.strides) place += fmt::format(" {}", stride.number);
    return place;
  }
  // Open sizes, which no weight has, are 0.
  static Shape shape_of(const TensorMeta& meta) {
    Shape shape;
    for (const Size& size : meta.sizes) shape.push_back(size.number);
    return shape;
  }

  Entries entries_;
  const Program& program_;
  const std::vector<Store> stores_;
  LoadLimits left_;  // of memory for what cannot be a view of the file
  std::map<std::string, Tensor> given_;
  std::map<std::string, Tensor> shared_;  // the same by place_of
};

Result<Model> read(FileBytes bytes, const LoadLimits& limits, GivenWeights* given) {
  const std::size_t file_bytes = bytes.bytes.size();
  RHEO_ASSIGN_OR_RETURN(const Archive archive, open_archive(std::move(bytes), limits));
  RHEO_ASSIGN_OR_RETURN(const std::string name, archive.model_name());
  const std::string entry = std::string(kModels) + name + std::string(kJson);
  RHEO_ASSIGN_OR_RETURN(const FileBytes json, archive.read_text(entry));
  auto program = parse_program(text_in(json), limits);
  if (!program) return program.status().with_context(entry);
  Model model{*std::move(program), {}, {}};
  const std::string card = std::string(kExtra) + kModelCardKey;
  if (archive.find(card) != nullptr) {
    RHEO_ASSIGN_OR_RETURN(const FileBytes text, archive.read_text(card));
    model.card = text_in(text);
  }
  std::vector<Store> stores;
  for (const std::string_view what : {"weights", "constants"}) {
    RHEO_ASSIGN_OR_RETURN(Store store, read_store(archive, what, name, limits));
    stores.push_back(std::move(store));
  }
  LoadLimits left = limits;
  left.tensor_bytes = std::min(left.tensor_bytes, saturating_add(saturating_mul(file_bytes, 4), kAlwaysAllowed));
  WeightReader weights(archive, model.program, std::move(stores), left);
  if (given != nullptr) RHEO_RETURN_IF_ERROR(weights.take(*given));
  for (const ProgramWeight& weight : model.program.weights) {
    auto tensor = weights.read(weight);
    if (!tensor) return tensor.status().with_context(fmt::format("weight '{}'", weight.name));
    model.weights.emplace_back(weight.value, *std::move(tensor));
  }
  return model;
}

}  // namespace

Result<Model> read_model(FileBytes bytes, const LoadLimits& limits, GivenWeights* given) {
  return within_memory("Reading the exported program", [&] { return read(std::move(bytes), limits, given); });
}

Result<Model> read_model(const std::string& file, const LoadLimits& limits, GivenWeights* given) {
  RHEO_ASSIGN_OR_RETURN(FileBytes content, map_file(file, limits.file_bytes));
  return read_model(std::move(content), limits, given);
}

}  // namespace rheo::pt2
