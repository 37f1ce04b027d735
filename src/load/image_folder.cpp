// SPDX-License-Identifier: Apache-2.0
#include "load/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_FAILURE_STRINGS
#define STBI_ASSERT(condition) static_cast<void>(0)  // a broken picture is an error, never an abort
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_MAX_DIMENSIONS 65536
#include <stb_image.h>

#include "base/try.h"
#include "load/file.h"

namespace rheo {
namespace {

namespace fs = std::filesystem;

struct Pixels {
  int width = 0;
  int height = 0;
  std::shared_ptr<const stbi_uc> bytes;  // [height, width, channels]
};

struct Picture {
  std::string file;
  std::int32_t label = -1;
};

bool is_picture(const fs::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

struct Listing {
  std::vector<std::string> pictures;  // sorted
  std::vector<std::string> folders;   // names, sorted
};

Result<Listing> list(const std::string& folder) {
  std::error_code error;
  Listing listing;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (entry->is_directory(ignored)) {
      listing.folders.push_back(name);
    } else if (is_picture(entry->path())) {
      listing.pictures.push_back(entry->path().string());
    }
  }
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    return Status(missing ? StatusCode::not_found : StatusCode::io_error,
                  fmt::format("Cannot read the folder '{}': {}.", folder, error.message()));
  }
  std::sort(listing.pictures.begin(), listing.pictures.end());
  std::sort(listing.folders.begin(), listing.folders.end());
  return listing;
}

// All pictures with their labels, and the classes.
Result<std::vector<Picture>> find_pictures(const std::string& folder, std::vector<std::string>& classes) {
  RHEO_ASSIGN_OR_RETURN(const Listing top, list(folder));
  std::vector<Picture> pictures;
  for (const std::string& file : top.pictures) pictures.push_back({file, -1});
  for (const std::string& name : top.folders) {
    RHEO_ASSIGN_OR_RETURN(const Listing inner, list(folder + "/" + name));
    if (inner.pictures.empty()) continue;
    for (const std::string& file : inner.pictures) {
      pictures.push_back({file, static_cast<std::int32_t>(classes.size())});
    }
    classes.push_back(name);
  }
  if (pictures.empty()) {
    return Status(StatusCode::not_found,
                  fmt::format("The folder '{}' holds no .png or .jpg picture, nor do its sub-folders.", folder));
  }
  if (!classes.empty() && !top.pictures.empty()) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("The folder '{}' holds pictures ('{}') beside sub-folders with pictures ('{}'); move "
                              "them into the sub-folder of their class.",
                              folder, top.pictures.front(), classes.front()));
  }
  return pictures;
}

Result<Pixels> decode(const std::string& file, int channels) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file, INT_MAX));
  Pixels pixels;
  int stored_channels = 0;
  pixels.bytes =
      std::shared_ptr<const stbi_uc>(stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(content.bytes.data()),
                                                           static_cast<int>(content.bytes.size()), &pixels.width,
                                                           &pixels.height, &stored_channels, channels),
                                     [](const stbi_uc* bytes) { stbi_image_free(const_cast<stbi_uc*>(bytes)); });
  if (pixels.bytes == nullptr) {
    return Status(StatusCode::bad_format, fmt::format("'{}' cannot be decoded as PNG or JPEG.", file));
  }
  return pixels;
}

// [height, width, channels] to [channels, height, width].
void copy_planes(const Pixels& pixels, int channels, std::uint8_t* to) {
  const std::ptrdiff_t area = std::ptrdiff_t{pixels.width} * pixels.height;
  for (std::ptrdiff_t channel = 0; channel < channels; ++channel) {
    for (std::ptrdiff_t place = 0; place < area; ++place) *to++ = pixels.bytes.get()[place * channels + channel];
  }
}

}  // namespace

Result<ImageFolder> read_image_folder(const std::string& folder, int channels, const PictureFit& fit) {
  if (channels != 1 && channels != 3) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Pictures have 1 or 3 channels, the model wants {}; use a .npy file.", channels));
  }
  ImageFolder result;
  RHEO_ASSIGN_OR_RETURN(const std::vector<Picture> pictures, find_pictures(folder, result.classes));
  Shape item;
  std::uint8_t* to = nullptr;
  for (const Picture& picture : pictures) {
    RHEO_ASSIGN_OR_RETURN(const Pixels pixels, decode(picture.file, channels));
    const bool fits = !fit.is_asked() || (pixels.height == fit.height && pixels.width == fit.width);
    const Shape shape = {static_cast<std::int64_t>(pictures.size()), channels, fits ? pixels.height : fit.height,
                         fits ? pixels.width : fit.width};
    if (to == nullptr) {
      item = shape;
      RHEO_ASSIGN_OR_RETURN(result.images, Tensor::zeros(DType::u8, shape));
      to = static_cast<std::uint8_t*>(result.images.mutable_data());
    }
    if (shape != item) {
      return Status(StatusCode::invalid_argument,
                    fmt::format("'{}' has {}x{} pixels, '{}' has {}x{}; bring all pictures to one size, or say how "
                                "they are cropped.",
                                picture.file, pixels.width, pixels.height, pictures.front().file, item[3], item[2]));
    }
    if (fits) {
      copy_planes(pixels, channels, to);
    } else {
      const auto bytes = static_cast<std::size_t>(pixels.height) * static_cast<std::size_t>(pixels.width) *
                         static_cast<std::size_t>(channels);
      std::ranges::copy(fit_picture({pixels.bytes.get(), bytes}, pixels.height, pixels.width, channels, fit), to);
    }
    to += item.elements() / item[0];
    if (picture.label >= 0) result.labels.push_back(picture.label);
  }
  return result;
}

}  // namespace rheo
