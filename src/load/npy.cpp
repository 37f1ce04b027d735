// SPDX-License-Identifier: Apache-2.0
#include "load/npy.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/try.h"
#include "load/byte_reader.h"
#include "load/file.h"

namespace rheo {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
constexpr std::size_t kHeaderAlignment = 64;

struct TypeCode {
  DType dtype;
  std::string_view text;
};
constexpr std::array kTypeCodes = {TypeCode{DType::f32, "<f4"},    TypeCode{DType::f16, "<f2"},
                                   TypeCode{DType::i8, "|i1"},     TypeCode{DType::u8, "|u1"},
                                   TypeCode{DType::i32, "<i4"},    TypeCode{DType::i64, "<i8"},
                                   TypeCode{DType::boolean, "|b1"}};

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

// Reads the header, the text of a Python dictionary with the keys descr, fortran_order and shape in any order. Only the
// spelling that NumPy writes is understood; nothing is evaluated.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  // False when the text is anything else than such a dictionary.
  bool parse() {
    if (!eat('{')) return false;
    while (!eat('}')) {
      const auto key = quoted();
      if (!key || !eat(':') || !value_of(*key)) return false;
      if (!eat(',') && peek() != '}') return false;
    }
    skip_space();
    return rest_.empty() && descr && fortran && shape;
  }

  std::optional<std::string_view> descr;
  std::optional<bool> fortran;
  std::optional<Shape> shape;

 private:
  bool value_of(std::string_view key) {
    if (key == "descr" && !descr) return (descr = quoted()).has_value();
    if (key == "fortran_order" && !fortran) return (fortran = boolean()).has_value();
    if (key == "shape" && !shape) return (shape = tuple()).has_value();
    return false;
  }

  std::optional<std::string_view> quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::optional<bool> boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    return std::nullopt;
  }

  std::optional<Shape> tuple() {
    Shape dims;
    if (!eat('(')) return std::nullopt;
    while (!eat(')')) {
      skip_space();
      std::int64_t dimension = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dimension);
      if (error != std::errc() || dimension < 0 || !dims.push_back(dimension)) return std::nullopt;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (!eat(',') && peek() != ')') return std::nullopt;
    }
    return dims;
  }

  void skip_space() {
    const std::size_t first = rest_.find_first_not_of(" \n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  char peek() {
    skip_space();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool eat(char expected) {
    if (peek() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

Result<std::string_view> read_header(ByteReader& reader) {
  const auto magic = reader.take_text(kMagic.size());
  const auto major = reader.little_endian(1);
  const auto minor = reader.little_endian(1);
  if (!magic || !minor || *magic != kMagic) return broken("These are no .npy data: the first eight bytes do not fit.");
  if (*major < 1 || *major > 3) {
    return Status(StatusCode::unsupported, fmt::format("Version {} of .npy is unknown.", *major));
  }
  const auto length = reader.little_endian(*major == 1 ? 2 : 4);
  if (!length || *length > kMaxHeaderBytes) return broken("The .npy header's length is missing or too large.");
  const auto text = reader.take_text(static_cast<std::size_t>(*length));
  if (!text) return broken("The .npy data end within their header; they are truncated.");
  return *text;
}

Result<DType> dtype_from_code(std::string_view code) {
  for (const TypeCode& known : kTypeCodes) {
    // One-byte types have no byte order, so any mark of it is fine.
    if (known.text == code || (known.text[0] == '|' && code.size() == 3 && code.substr(1) == known.text.substr(1))) {
      return known.dtype;
    }
  }
  return Status(StatusCode::unsupported,
                fmt::format("The .npy element type '{}' is not read; convert to float32, float16, int8, uint8, int32, "
                            "int64 or bool, little endian.",
                            code.substr(0, 32)));
}

bool only_zeros_and_ones(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    if (byte > std::byte{1}) return false;
  }
  return true;
}

std::string header_for(std::string_view descr, const Shape& shape) {
  std::string dims;
  for (const std::int64_t dimension : shape.dims()) dims += fmt::format("{}, ", dimension);
  if (shape.rank() > 1) dims.resize(dims.size() - 2);
  if (shape.rank() == 1) dims.pop_back();  // "(3,)" as Python writes it
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, dims);
  const std::size_t before = kMagic.size() + 4;
  while ((before + header.size() + 1) % kHeaderAlignment != 0) header += ' ';
  header += '\n';
  const std::array<char, 4> version_and_length = {1, 0, static_cast<char>(header.size() & 0xff),
                                                  static_cast<char>(header.size() >> 8)};
  return std::string(kMagic) + std::string(version_and_length.data(), version_and_length.size()) + header;
}

}  // namespace

Result<Tensor> read_npy(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  RHEO_ASSIGN_OR_RETURN(const std::string_view text, read_header(reader));
  HeaderParser header(text);
  if (!header.parse()) return broken("The .npy header is not what NumPy writes.");
  if (*header.fortran) {
    return Status(StatusCode::unsupported,
                  "The .npy data are in Fortran order; save them with numpy.ascontiguousarray.");
  }
  RHEO_ASSIGN_OR_RETURN(const DType dtype, dtype_from_code(*header.descr));
  const Result<std::int64_t> elements = header.shape->checked_elements();
  const bool counted = elements.ok() && static_cast<std::uint64_t>(*elements) <= reader.remaining();
  if (!counted || static_cast<std::size_t>(*elements) * size_bytes(dtype) != reader.remaining()) {
    return broken(fmt::format("The .npy header claims {} of {}, but {} bytes follow it.", header.shape->to_string(),
                              name_of(dtype), reader.remaining()));
  }
  const auto body = reader.take(reader.remaining());
  if (dtype == DType::boolean && !only_zeros_and_ones(*body)) {
    return broken("The .npy data are bool but hold bytes other than 0 and 1.");
  }
  return Tensor::copy_of(TensorView(body->data(), dtype, *header.shape));
}

Result<Tensor> read_npy(const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file));
  Result<Tensor> tensor = read_npy(content.bytes);
  if (!tensor) return tensor.status().with_context(file);
  return tensor;
}

Status write_npy(const std::string& file, const TensorView& tensor) {
  std::string_view descr;
  for (const TypeCode& known : kTypeCodes) {
    if (known.dtype == tensor.dtype()) descr = known.text;
  }
  if (descr.empty()) {
    return Status(StatusCode::unsupported,
                  fmt::format("'{}' cannot be written: .npy has no name for {}.", file, name_of(tensor.dtype())));
  }
  RHEO_ASSIGN_OR_RETURN(const Tensor dense, Tensor::copy_of(tensor));
  const std::string header = header_for(descr, dense.shape());
  const std::array parts = {std::as_bytes(std::span(header)),
                            std::span(static_cast<const std::byte*>(dense.data()), dense.size_bytes())};
  return write_file_atomically(file, parts);
}

}  // namespace rheo
