// SPDX-License-Identifier: Apache-2.0
// The pictures of the demo: the last 10,000 training pictures, which training never saw, calibrate and certify.
#include <algorithm>
#include <array>
#include <filesystem>

#include "base/try.h"
#include "demo/packages.h"
#include "load/file.h"
#include "load/idx.h"

namespace rheo::demo {

namespace {

constexpr std::int64_t kCalibration = 10000;
constexpr std::int64_t kQuickCalibration = 2000;
constexpr std::int64_t kQuickTest = 400;

enum class End : std::uint8_t { first, last };

bool holds(const std::string& file, std::span<const std::span<const std::byte>> parts) {
  const Result<FileBytes> old = read_file(file);
  if (!old) return false;
  std::span<const std::byte> rest = old->bytes;
  for (const std::span<const std::byte> part : parts) {
    if (rest.size() < part.size() || !std::equal(part.begin(), part.end(), rest.begin())) return false;
    rest = rest.subspan(part.size());
  }
  return rest.empty();
}

// Writes the first or last `count` items of an IDX file as an IDX file, unless that is what is there.
Status write_slice(const std::string& from, End end, std::int64_t count, const std::string& to) {
  RHEO_ASSIGN_OR_RETURN(const Tensor all, read_idx(from));
  Shape shape = all.shape();
  if (shape[0] < count)
    return {StatusCode::invalid_argument, from + " holds fewer than " + std::to_string(count) + " items."};
  const std::size_t item_bytes = all.size_bytes() / static_cast<std::size_t>(shape[0]);
  const std::size_t slice_bytes = item_bytes * static_cast<std::size_t>(count);
  shape[0] = count;
  std::vector<std::uint8_t> header = {0, 0, 8, static_cast<std::uint8_t>(shape.rank())};
  for (const std::int64_t dim : shape.dims()) {
    for (const int shift : {24, 16, 8, 0}) header.push_back(static_cast<std::uint8_t>(dim >> shift));
  }
  const auto bytes = std::as_bytes(all.as<std::uint8_t>());
  const std::array<std::span<const std::byte>, 2> parts = {
      std::as_bytes(std::span(header)), end == End::first ? bytes.first(slice_bytes) : bytes.last(slice_bytes)};
  return holds(to, parts) ? Status() : write_file_atomically(to, parts);
}

Status make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return {StatusCode::io_error, "Cannot create the folder '" + folder + "': " + error.message() + "."};
}

}  // namespace

Result<Sources> prepare_sources(const std::string& model, const std::string& data, const std::string& packages,
                                const std::string& output, Extent extent) {
  RHEO_RETURN_IF_ERROR(make_folder(packages));
  RHEO_RETURN_IF_ERROR(make_folder(output));
  const bool quick = extent == Extent::quick;
  const std::string train_images = data + "/train-images-idx3-ubyte";
  const std::string train_labels = data + "/train-labels-idx1-ubyte";
  Sources sources;
  sources.model = model;
  sources.packages = packages;
  sources.output = output;
  sources.extent = extent;
  sources.calibration_images = (quick ? packages : data) + "/calibration-images.idx";
  sources.calibration_labels = (quick ? packages : data) + "/calibration-labels.idx";
  sources.test_images = data + "/t10k-images-idx3-ubyte";
  sources.test_labels = data + "/t10k-labels-idx1-ubyte";
  sources.ledger = sources.calibration_images + ".rheo-ledger.json";  // where `rheo adapt` on the same file counts
  const End end = quick ? End::first : End::last;
  const std::int64_t count = quick ? kQuickCalibration : kCalibration;
  RHEO_RETURN_IF_ERROR(write_slice(train_images, end, count, sources.calibration_images));
  RHEO_RETURN_IF_ERROR(write_slice(train_labels, end, count, sources.calibration_labels));
  if (quick) {
    const std::string images = packages + "/test-images.idx";
    const std::string labels = packages + "/test-labels.idx";
    RHEO_RETURN_IF_ERROR(write_slice(sources.test_images, End::first, kQuickTest, images));
    RHEO_RETURN_IF_ERROR(write_slice(sources.test_labels, End::first, kQuickTest, labels));
    sources.test_images = images;
    sources.test_labels = labels;
  }
  return sources;
}

}  // namespace rheo::demo
