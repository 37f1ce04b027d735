// SPDX-License-Identifier: Apache-2.0
// The pictures of the demo: the last 10,000 training pictures, which training never saw, calibrate and certify.
#include <array>
#include <filesystem>

#include "base/try.h"
#include "demo/packages.h"
#include "load/file.h"
#include "load/idx.h"

namespace rheo::demo {

namespace {

constexpr std::int64_t kCalibration = 10000;

// Writes the last `count` items of an IDX file as an IDX file.
Status write_last(const std::string& from, const std::string& to, std::int64_t count) {
  if (std::filesystem::exists(to)) return {};
  RHEO_ASSIGN_OR_RETURN(const Tensor all, read_idx(from));
  Shape shape = all.shape();
  if (shape[0] < count)
    return {StatusCode::invalid_argument, from + " holds fewer than " + std::to_string(count) + " items."};
  const std::size_t item_bytes = all.size_bytes() / static_cast<std::size_t>(shape[0]);
  shape[0] = count;
  std::vector<std::uint8_t> header = {0, 0, 8, static_cast<std::uint8_t>(shape.rank())};
  for (const std::int64_t dim : shape.dims()) {
    for (const int shift : {24, 16, 8, 0}) header.push_back(static_cast<std::uint8_t>(dim >> shift));
  }
  const auto bytes = std::as_bytes(all.as<std::uint8_t>());
  const std::array<std::span<const std::byte>, 2> parts = {std::as_bytes(std::span(header)),
                                                           bytes.last(item_bytes * static_cast<std::size_t>(count))};
  return write_file_atomically(to, parts);
}

}  // namespace

Result<Sources> prepare_sources(const std::string& model, const std::string& data, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Status(StatusCode::io_error, "Cannot create the folder '" + folder + "': " + error.message() + ".");
  Sources sources;
  sources.model = model;
  sources.folder = folder;
  sources.calibration_images = folder + "/calibration-images.idx";
  sources.calibration_labels = folder + "/calibration-labels.idx";
  sources.test_images = data + "/t10k-images-idx3-ubyte";
  sources.test_labels = data + "/t10k-labels-idx1-ubyte";
  RHEO_RETURN_IF_ERROR(write_last(data + "/train-images-idx3-ubyte", sources.calibration_images, kCalibration));
  RHEO_RETURN_IF_ERROR(write_last(data + "/train-labels-idx1-ubyte", sources.calibration_labels, kCalibration));
  return sources;
}

}  // namespace rheo::demo
