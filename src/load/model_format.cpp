// SPDX-License-Identifier: Apache-2.0
#include "load/model_format.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/try.h"
#include "load/byte_reader.h"
#include "load/pt2/zip_archive.h"

namespace rheo {
namespace {

constexpr std::array kZipMagic = {std::byte{'P'}, std::byte{'K'}, std::byte{3}, std::byte{4}};
constexpr std::byte kPickle{0x80};         // the opcode that tells the version
constexpr std::byte kOnnxVersion{1 << 3};  // field 1, a number: the version of ONNX, which every exporter writes first
constexpr std::size_t kHeaderSizeBytes = 8;  // of safetensors, in front of its JSON

Status pickled() {
  return {
      StatusCode::unsupported,
      "This is a pickle of weights (torch.save), not a model; pickles are programs, and Rheo opens none. Export the "
      "model with torch.export.save (.pt2) or torch.onnx.export."};
}

// The name in the archive's root folder, which every entry has in front.
bool is_in_root(std::string_view entry, std::string_view name) {
  const std::size_t root = entry.find('/');
  return root != std::string_view::npos && entry.substr(root + 1).starts_with(name);
}

// What is no program of TorchScript is for the reader of torch.export, which says what else it may be.
Result<ModelFormat> format_of_archive(const FileBytes& content, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const pt2::ZipArchive archive, pt2::ZipArchive::open(content, limits));
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(archive.entries(),
                               [&](const pt2::ZipEntry& entry) { return is_in_root(entry.name, name); });
  };
  const bool is_script = (has("code/") || has("constants.pkl")) && !has("archive_format");
  return is_script ? ModelFormat::torchscript : ModelFormat::exported;
}

// The size of its header, then the header, which is JSON.
bool is_safetensors(std::span<const std::byte> bytes) {
  if (bytes.size() <= kHeaderSizeBytes || bytes[kHeaderSizeBytes] != std::byte{'{'}) return false;
  const std::optional<std::uint64_t> header_bytes = ByteReader(bytes).little_endian(kHeaderSizeBytes);
  return header_bytes && *header_bytes <= bytes.size() - kHeaderSizeBytes;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

Result<ModelFormat> format_of(const FileBytes& content, const LoadLimits& limits) {
  const std::span<const std::byte> bytes = content.bytes;
  if (bytes.empty()) return Status(StatusCode::bad_format, "The file is empty.");
  if (bytes.size() >= kZipMagic.size() && std::ranges::equal(bytes.first(kZipMagic.size()), kZipMagic)) {
    return format_of_archive(content, limits);
  }
  if (is_safetensors(bytes)) return ModelFormat::package;
  if (bytes[0] == kPickle) return pickled();
  if (bytes[0] == kOnnxVersion) return ModelFormat::onnx;
  return Status(StatusCode::bad_format,
                "This is no model: neither a .rheo package, which is a safetensors file, nor ONNX, nor an archive of "
                "torch.export (.pt2) or TorchScript (.pt).");
}

Result<ModelFormat> format_of_file(const std::string& file, const LoadLimits& limits) {
  const std::string name = lower_case(file);
  if (name.ends_with(".onnx")) return ModelFormat::onnx;
  if (name.ends_with(".pt2")) return ModelFormat::exported;
  if (name.ends_with(".rheo")) return ModelFormat::package;
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, map_file(file, limits.file_bytes));
  Result<ModelFormat> format = format_of(content, limits);
  if (!format) return format.status().with_context(file);
  return format;
}

}  // namespace rheo
