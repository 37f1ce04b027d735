// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of the package fuzzer into the folder that is named: valid packages, and near misses that every
// reader of such files has got wrong once.
#include <cstdio>
#include <string>

#include "load/package.h"
#include "load/sample_package.h"
#include "support/sample_graphs.h"

namespace {

using Bytes = std::vector<std::byte>;

bool write(const std::string& file, const Bytes& bytes) {
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (stream == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  return std::fclose(stream) == 0 && written;
}

// `header` with its length before it and `elements` zero bytes after it.
Bytes safetensors(const std::string& header, std::size_t elements) {
  Bytes bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes.push_back(static_cast<std::byte>(header.size() >> (8 * i) & 0xff));
  for (const char c : header) bytes.push_back(static_cast<std::byte>(c));
  bytes.resize(bytes.size() + elements);
  return bytes;
}

using rheo::OpKind;
using rheo::ValueId;
using rheo::testing::Net;
using Integers = std::vector<std::int64_t>;

// Pictures through ops of every family, in a package without a ladder.
Bytes pictures() {
  Net net;
  const ValueId image = net.input({rheo::kDynamic, 2, 6, 6});
  const ValueId conv = net.node(OpKind::relu, {net.batch_norm(net.conv(image, 4, 3))});
  const ValueId depthwise = net.node(
      OpKind::conv2d, {conv, net.constant({4, 1, 3, 3})},
      {{"groups", 4}, {"pads", Integers{2, 2, 2, 2}}, {"dilations", Integers{2, 2}}, {"activation", "hardswish"}});
  const ValueId sum = net.node(OpKind::add, {conv, depthwise});
  const ValueId pooled = net.node(OpKind::max_pool2d, {sum}, {{"kernel", Integers{2, 2}}, {"ceil_mode", 1}});
  const ValueId averaged =
      net.node(OpKind::avg_pool2d, {sum}, {{"kernel", Integers{2, 2}}, {"strides", Integers{2, 2}}});
  const ValueId joined = net.node(OpKind::concat, {pooled, averaged}, {{"axis", 1}});
  const ValueId part = net.node(OpKind::slice, {joined}, {{"axis", 1}, {"start", 1}, {"end", 7}, {"step", 2}});
  const ValueId few = net.node(OpKind::adaptive_avg_pool2d, {part}, {{"output_size", Integers{2, 2}}});
  net.exit("early", net.linear(net.node(OpKind::flatten, {few}), 3));
  const ValueId clamped = net.node(OpKind::clamp, {net.node(OpKind::global_avg_pool, {part})}, {{"max", 0.5}});
  net.exit("final", net.node(OpKind::softmax, {net.linear(net.node(OpKind::flatten, {clamped}), 3)}));
  rheo::Package package;
  package.graph = net.build();
  return rheo::package_bytes(package).value();
}

// Sequences: normalised, turned, multiplied with each other.
Bytes tokens() {
  Net net;
  const ValueId x = net.input({rheo::kDynamic, 3, 4});
  const ValueId normal = net.node(OpKind::layer_norm, {x, net.constant({4})}, {{"axes", 1}});
  const ValueId turned = net.node(OpKind::transpose, {normal}, {{"permutation", Integers{0, 2, 1}}});
  const ValueId weights = net.node(OpKind::log_softmax, {net.node(OpKind::matmul, {normal, turned})}, {{"axis", -1}});
  const ValueId mixed = net.node(OpKind::matmul, {weights, net.node(OpKind::gelu, {normal})});
  const ValueId scaled = net.node(OpKind::div, {net.node(OpKind::sub, {mixed, x}), net.constant({1}, {}, 1, 2)});
  const ValueId narrow =
      net.node(OpKind::cast, {net.node(OpKind::cast, {scaled}, {{"dtype", "i32"}})}, {{"dtype", "f32"}});
  const ValueId folded =
      net.node(OpKind::reshape, {net.node(OpKind::mul, {narrow, scaled})}, {{"shape", Integers{0, 2, -1}}});
  net.exit("only", net.node(OpKind::mean, {folded}, {{"axes", Integers{1}}}));
  rheo::Package package;
  package.graph = net.build();
  return rheo::package_bytes(package).value();
}

// Whole numbers in, several outputs, no classifier.
Bytes outputs() {
  rheo::Package package;
  package.graph = rheo::testing::encoder_graph();
  return rheo::package_bytes(package).value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  const std::string folder = std::string(argv[1]) + "/";
  const std::string tensor = R"("dtype":"F32","shape":)";
  const bool written =
      write(folder + "valid.rheo", rheo::package_bytes(rheo::testing::sample_package()).value()) &&
      write(folder + "pictures.rheo", pictures()) && write(folder + "tokens.rheo", tokens()) &&
      write(folder + "outputs.rheo", outputs()) &&
      write(folder + "duplicate_name", safetensors("{\"a\":{" + tensor + "[1],\"data_offsets\":[0,4]},\"a\":{" +
                                                       tensor + "[1],\"data_offsets\":[4,8]}}",
                                                   8)) &&
      write(folder + "overlap", safetensors("{\"a\":{" + tensor + "[1],\"data_offsets\":[0,4]},\"b\":{" + tensor +
                                                "[1],\"data_offsets\":[2,6]}}",
                                            6)) &&
      write(folder + "product_wraps",
            safetensors("{\"a\":{" + tensor + "[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,0]}}", 0)) &&
      write(folder + "deep", safetensors("{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}", 0));
  return written ? 0 : 1;
}
