// SPDX-License-Identifier: Apache-2.0
#include "load/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/try.h"
#include "base/within_memory.h"
#include "graph/hash.h"
#include "load/file.h"
#include "load/graph_json.h"
#include "load/json_fields.h"
#include "load/ladder_json.h"
#include "load/plain_ladder.h"
#include "load/safetensors.h"
#include "load/variants_json.h"

namespace rheo {
namespace {

constexpr std::string_view kReading = "Reading the package";
constexpr int kVersion = 3;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSelfTestLimit = 4096;
// Names of the sections in __metadata__. "rheo" is always there and tells the version.
constexpr std::string_view kSelfTest = "self_test.";  // before the names of its tensors
constexpr std::string_view kRheo = "rheo";
constexpr std::string_view kLadder = "ladder";
constexpr std::string_view kCertificate = "certificate";
constexpr std::string_view kHosts = "hosts";
constexpr std::string_view kNote = "note";
constexpr std::size_t kNoteLimitBytes = 4096;
// The free sections, and where a Package keeps them.
struct FreeSection {
  std::string_view name;
  std::string Package::*text;
};
constexpr std::array kFreeSections = {FreeSection{"policy", &Package::policy},
                                      FreeSection{"estimator", &Package::estimator},
                                      FreeSection{"choices", &Package::choices}};

std::string self_test_name(std::string_view which, std::size_t index) {
  return fmt::format("{}{}.{}", kSelfTest, which, index);
}

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

// Takes the section out; nothing when the file has none.
std::optional<std::string> take_section(Sections& sections, std::string_view name) {
  const auto found = sections.find(name);
  if (found == sections.end()) return std::nullopt;
  std::string text = std::move(found->second);
  sections.erase(found);
  return text;
}

Result<std::string> require_section(Sections& sections, std::string_view name) {
  std::optional<std::string> text = take_section(sections, name);
  if (!text)
    return broken(
        fmt::format("The file lacks the section '{}'; it is no Rheo package. Weights alone are "
                    "given beside their model: ModelOptions::weights, --weights.",
                    name));
  return std::move(*text);
}

// Over every text and self-test tensor that the file carries beside its heading, as they stand there; 32 hexadecimal
// digits. Weights are in the model's hash. Together they leave no bit that could change unseen.
std::string carried_hash(const Safetensors& content) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  const auto add = [&](const void* bytes, std::size_t size) {
    const std::uint64_t length = size;
    XXH3_128bits_update(&state, &length, sizeof(length));
    XXH3_128bits_update(&state, bytes, size);
  };
  for (const auto& [name, text] : content.metadata) {
    if (name == kRheo) continue;
    add(name.data(), name.size());
    add(text.data(), text.size());
  }
  for (const auto& [name, tensor] : content.tensors) {
    if (!name.starts_with(kSelfTest)) continue;
    const std::string type = fmt::format("{} {}", name_of(tensor.dtype()), tensor.shape().to_string());
    add(name.data(), name.size());
    add(type.data(), type.size());
    add(tensor.data(), tensor.size_bytes());
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

struct Heading {
  std::string model_hash;
  std::string carried_hash;
  std::size_t self_test_inputs = 0;
  std::size_t self_test_outputs = 0;
};

Result<Heading> read_heading(const std::string& text, const LoadLimits& limits) {
  Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context(kRheo);
  Heading heading;
  int version = 0;
  JsonFields fields(*root, std::string(kRheo));
  fields.integer("version", version, 0, 1'000'000);
  if (fields.ok() && version != kVersion) {
    return Status(
        StatusCode::unsupported,
        fmt::format("The package has version {}; this library reads version {}. Make it again with 'rheo adapt'.",
                    version, kVersion));
  }
  fields.text("model_hash", heading.model_hash, kHashBytes);
  fields.text("carried_hash", heading.carried_hash, kHashBytes);
  fields.integer("self_test_inputs", heading.self_test_inputs, 0, kSelfTestLimit);
  fields.integer("self_test_outputs", heading.self_test_outputs, 0, kSelfTestLimit);
  RHEO_RETURN_IF_ERROR(fields.finish());
  return heading;
}

Status read_self_test(NamedTensors& tensors, std::string_view which, std::size_t count, std::vector<Tensor>& out) {
  for (std::size_t i = 0; i < count; ++i) {
    auto tensor = tensors.extract(self_test_name(which, i));
    if (tensor.empty()) return broken(fmt::format("The file lacks the tensor '{}'.", self_test_name(which, i)));
    out.push_back(std::move(tensor.mapped()));
  }
  return Status();
}

// An open dimension of the graph stands for exactly one item here.
bool is_one_item(const Tensor& tensor, const TensorType& type) {
  Shape shape = type.shape;
  if (shape.rank() > 0 && shape[0] == kDynamic) shape[0] = 1;
  return tensor.dtype() == type.dtype && tensor.shape() == shape;
}

// One row per path, each an answer to one item.
bool is_one_answer_each(const Tensor& tensor, const TensorType& type, std::size_t paths) {
  Shape shape = type.shape;
  if (shape.rank() == 0 || paths == 0) return false;
  shape[0] = static_cast<std::int64_t>(paths);
  return tensor.dtype() == type.dtype && tensor.shape() == shape;
}

Status check_self_test(const Package& package) {
  const auto inputs = package.graph->inputs();
  const TensorType& answer = package.graph->value(package.graph->exits().back().value).type;
  if (package.self_test_inputs.size() != package.self_test_outputs.size() * inputs.size()) {
    return broken(fmt::format("The self-test has {} inputs and {} outputs for a model with {} inputs.",
                              package.self_test_inputs.size(), package.self_test_outputs.size(), inputs.size()));
  }
  for (std::size_t i = 0; i < package.self_test_inputs.size(); ++i) {
    if (is_one_item(package.self_test_inputs[i], package.graph->value(inputs[i % inputs.size()].value).type)) continue;
    return broken(fmt::format("'{}' does not have the type of the model's input.", self_test_name("input", i)));
  }
  for (std::size_t i = 0; i < package.self_test_outputs.size(); ++i) {
    if (is_one_answer_each(package.self_test_outputs[i], answer, package.ladder.size())) continue;
    return broken(fmt::format("'{}' does not have one answer of the model for each of the {} paths.",
                              self_test_name("output", i), package.ladder.size()));
  }
  return Status();
}

// A certificate speaks of the host where the package was made.
Status check_hosts(const Package& package) {
  if (!package.certificate || package.hosts.empty()) return Status();
  const Certificate& certificate = *package.certificate;
  if (package.hosts.front().same_kind(certificate.isa, certificate.library_versions)) return Status();
  return broken(fmt::format("The certificate was made with {} and {}, but the first host is {} with {}.",
                            certificate.isa, certificate.library_versions, package.hosts.front().isa,
                            package.hosts.front().library_versions));
}

Status check_hashes(const Package& package) {
  const std::string computed = model_hash(package);
  if (computed != package.model_hash) {
    return broken(fmt::format("The content hashes to {}, but the package says {}: it was changed after it was made.",
                              computed, package.model_hash));
  }
  if (package.certificate && package.certificate->model_hash != computed) {
    return broken(
        fmt::format("The certificate is for another model ({}, this one is {}); set its model_hash from "
                    "model_hash(package).",
                    package.certificate->model_hash, computed));
  }
  return Status();
}

Status read_sections(Sections& sections, NamedTensors& tensors, const LoadLimits& limits, Package& package) {
  RHEO_ASSIGN_OR_RETURN(std::vector<Variant> variants, take_variants(sections, tensors, limits));
  RHEO_ASSIGN_OR_RETURN(const std::string ladder, require_section(sections, kLadder));
  RHEO_ASSIGN_OR_RETURN(package.ladder, ladder_from_json(ladder, variants, limits));
  Variant& reference = variants.back();
  package.graph = std::move(reference.graph);
  package.ranges = std::move(reference.ranges);
  package.mixed = std::move(reference.mixed);
  package.variant = std::move(reference.name);
  variants.pop_back();
  package.smaller = std::move(variants);
  if (const auto certificate = take_section(sections, kCertificate)) {
    RHEO_ASSIGN_OR_RETURN(package.certificate, certificate_from_json(*certificate, limits));
  }
  if (const auto hosts = take_section(sections, kHosts)) {
    RHEO_ASSIGN_OR_RETURN(package.hosts, hosts_from_json(*hosts, limits));
  }
  if (auto note = take_section(sections, kNote)) {
    if (note->size() > kNoteLimitBytes) {
      return Status(StatusCode::limit_exceeded,
                    fmt::format("The note has {} bytes, more than the limit of {}.", note->size(), kNoteLimitBytes));
    }
    package.note = *std::move(note);
  }
  for (const FreeSection& section : kFreeSections) {
    const auto text = take_section(sections, section.name);
    if (!text) continue;
    if (text->size() > limits.text_bytes) {
      return Status(StatusCode::limit_exceeded, fmt::format("The section '{}' has {} bytes, more than the limit of {}.",
                                                            section.name, text->size(), limits.text_bytes));
    }
    if (const auto parsed = parse_json(*text, limits); !parsed) return parsed.status().with_context(section.name);
    package.*section.text = *text;
  }
  return Status();
}

// A model that was never adapted runs every exit in f32, as an imported one does.
Status fill_ladder(Package& package) {
  if (package.certificate || !package.smaller.empty()) {
    return broken(
        "The package has a certificate or several models, but no path they could be of use to: its ladder is empty.");
  }
  Result<Ladder> ladder = plain_ladder(*package.graph);
  if (!ladder) return ladder.status().with_context("ladder");
  package.ladder = *std::move(ladder);
  package.model_hash = model_hash(package);
  return Status();
}

Result<Package> read_all(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                         const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(Safetensors content, read_safetensors(bytes, owner, limits));
  RHEO_ASSIGN_OR_RETURN(const std::string heading_text, require_section(content.metadata, kRheo));
  RHEO_ASSIGN_OR_RETURN(const Heading heading, read_heading(heading_text, limits));
  const std::string carried = carried_hash(content);
  Package package;
  package.model_hash = heading.model_hash;
  RHEO_RETURN_IF_ERROR(read_self_test(content.tensors, "input", heading.self_test_inputs, package.self_test_inputs));
  RHEO_RETURN_IF_ERROR(read_self_test(content.tensors, "output", heading.self_test_outputs, package.self_test_outputs));
  RHEO_RETURN_IF_ERROR(read_sections(content.metadata, content.tensors, limits, package));
  if (!content.metadata.empty()) {
    return broken(fmt::format("The file has the unknown section '{}'.", content.metadata.begin()->first.substr(0, 64)));
  }
  if (!content.tensors.empty()) {
    return broken(fmt::format("The graph does not use the tensor '{}'.", content.tensors.begin()->first));
  }
  RHEO_RETURN_IF_ERROR(check_self_test(package));
  RHEO_RETURN_IF_ERROR(check_hosts(package));
  RHEO_RETURN_IF_ERROR(check_hashes(package));
  if (carried != heading.carried_hash) {
    return broken(
        fmt::format("The texts and the self-test hash to {}, but the package says {}: it was changed after it "
                    "was made.",
                    carried, heading.carried_hash));
  }
  if (package.ladder.size() == 0) RHEO_RETURN_IF_ERROR(fill_ladder(package));
  return package;
}

Result<Safetensors> to_safetensors(const Package& package) {
  Safetensors content;
  const auto add_self_test = [&](std::string_view which, const std::vector<Tensor>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) content.tensors.emplace(self_test_name(which, i), tensors[i]);
  };
  add_self_test("input", package.self_test_inputs);
  add_self_test("output", package.self_test_outputs);
  RHEO_RETURN_IF_ERROR(add_variants(variants_of(package), content.metadata, content.tensors));
  content.metadata.emplace(kLadder, ladder_to_json(package.ladder));
  if (package.certificate) content.metadata.emplace(kCertificate, certificate_to_json(*package.certificate));
  if (!package.hosts.empty()) content.metadata.emplace(kHosts, hosts_to_json(package.hosts));
  if (!package.note.empty()) content.metadata.emplace(kNote, package.note);
  for (const FreeSection& section : kFreeSections) {
    if (!(package.*section.text).empty()) content.metadata.emplace(section.name, package.*section.text);
  }
  content.metadata.emplace(
      kRheo,
      fmt::format(
          R"({{"version":{},"model_hash":"{}","carried_hash":"{}","self_test_inputs":{},"self_test_outputs":{}}})",
          kVersion, model_hash(package), carried_hash(content), package.self_test_inputs.size(),
          package.self_test_outputs.size()));
  return content;
}

}  // namespace

std::vector<Variant> variants_of(const Package& package) {
  std::vector<Variant> variants = package.smaller;
  variants.push_back({package.variant, package.graph, package.ranges, package.mixed});
  return variants;
}

std::string model_hash(const Package& package) {
  std::string text;
  const auto add = [&](const std::string& part) { text += fmt::format("{}:{}\n", part.size(), part); };
  for (const std::string& part : {content_hash(*package.graph), ladder_to_json(package.ladder),
                                  ranges_to_json(package.ranges), package.estimator, package.choices}) {
    add(part);
  }
  // Absent where there is nothing to say, so that a package of one model keeps the hash that its certificate names.
  if (!package.mixed.empty()) add(mixed_to_json(package.mixed));
  if (!package.variant.empty()) add(package.variant);
  for (const Variant& variant : package.smaller) {
    for (const std::string& part :
         {variant.name, content_hash(*variant.graph), ranges_to_json(variant.ranges), mixed_to_json(variant.mixed)}) {
      add(part);
    }
  }
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

bool made_on(const Package& package, std::string_view isa, std::string_view library_versions) {
  if (!package.hosts.empty()) return package.hosts.front().same_kind(isa, library_versions);
  return package.certificate && package.certificate->isa == isa &&
         package.certificate->library_versions == library_versions;
}

bool verified_on(const Package& package, std::string_view isa, std::string_view library_versions) {
  return made_on(package, isa, library_versions) ||
         std::any_of(package.hosts.begin(), package.hosts.end(),
                     [&](const VerifiedHost& host) { return host.same_kind(isa, library_versions); });
}

Result<std::vector<std::byte>> package_bytes(const Package& package) {
  if (package.graph == nullptr) {
    return Status(StatusCode::invalid_argument, "A package needs a graph before it can be written.");
  }
  Result<std::vector<std::byte>> bytes = within_memory("Writing the package", [&]() -> Result<std::vector<std::byte>> {
    RHEO_ASSIGN_OR_RETURN(const Safetensors content, to_safetensors(package));
    return safetensors_bytes(content);
  });
  if (!bytes) return bytes;
  // Nobody shall find out at load time that what was written cannot be read.
  if (const Result<Package> again = read_package(*bytes); !again) {
    return Status(StatusCode::invalid_argument, "The package would not be readable: " + again.status().message());
  }
  return bytes;
}

Status write_package(const Package& package, const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, package_bytes(package));
  const std::array parts = {std::span(bytes)};
  return write_file_atomically(file, parts);
}

Result<Package> read_package(const std::string& file, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file, limits.file_bytes));
  Result<Package> package = within_memory(kReading, [&] { return read_all(content.bytes, content.owner, limits); });
  if (!package) return package.status().with_context(file);
  return package;
}

Result<Package> read_package(std::span<const std::byte> bytes, const LoadLimits& limits) {
  return within_memory(kReading, [&] { return read_all(bytes, nullptr, limits); });
}

}  // namespace rheo
