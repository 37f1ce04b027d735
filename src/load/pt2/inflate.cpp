// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace rheo::pt2 {
namespace {

// Ends the stream when it goes out of scope.
class Stream {
 public:
  Stream() { is_ready_ = ::inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  ~Stream() {
    if (is_ready_) (void)::inflateEnd(&stream_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  bool is_ready() const { return is_ready_; }
  z_stream& get() { return stream_; }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

// zlib counts with 32 bits: what it may see of `left` bytes.
uInt portion(std::size_t left) {
  return static_cast<uInt>(std::min<std::size_t>(left, std::numeric_limits<uInt>::max()));
}

}  // namespace

Status inflate(std::span<const std::byte> from, std::span<std::byte> to) {
  Stream stream;
  if (!stream.is_ready()) return {StatusCode::resource_exhausted, "There is no memory to decompress with."};
  z_stream& z = stream.get();
  std::byte rest{};  // one byte more than there should be
  std::size_t read = 0;
  std::size_t written = 0;
  int answer = Z_OK;
  while (answer == Z_OK) {
    const uInt in = portion(from.size() - read);
    const uInt out = std::max<uInt>(portion(to.size() - written), 1);
    const bool is_full = written == to.size();
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data() + read));
    z.avail_in = in;
    z.next_out = reinterpret_cast<Bytef*>(is_full ? &rest : to.data() + written);
    z.avail_out = out;
    answer = ::inflate(&z, Z_NO_FLUSH);
    read += in - z.avail_in;
    if (is_full && z.avail_out == 0) return {StatusCode::bad_format, "A compressed entry holds more than it declares."};
    if (!is_full) written += out - z.avail_out;
  }
  if (answer != Z_STREAM_END) return {StatusCode::bad_format, "A compressed entry is broken."};
  if (written != to.size()) return {StatusCode::bad_format, "A compressed entry holds less than it declares."};
  return {};
}

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before) {
  if (bytes.empty()) return before;  // zlib takes an empty span's null for a question
  return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace rheo::pt2
