// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/arguments.h"

#include "plugins/torch/refusal.h"

namespace rheo::torch_import {
namespace {

// The element type that a number of TorchScript stands for.
std::string dtype_name(std::int64_t type) {
  switch (static_cast<at::ScalarType>(type)) {
    case at::kByte: return "u8";
    case at::kChar: return "i8";
    case at::kShort: return "i16";
    case at::kInt: return "i32";
    case at::kLong: return "i64";
    case at::kHalf: return "f16";
    case at::kFloat: return "f32";
    case at::kDouble: return "f64";
    case at::kBool: return "bool";
    case at::kBFloat16: return "bf16";
    default: return "another type";
  }
}

RheoArgument argument(const char* name, std::uint32_t kind) { return {name, kind, 0, 0, nullptr, 0, nullptr, 0}; }

RheoArgument number(const char* name, std::int64_t value) {
  RheoArgument one = argument(name, value == kBatchSize ? RHEO_ARGUMENT_BATCH : RHEO_ARGUMENT_INTEGER);
  one.integer = value;
  return one;
}

RheoArgument real(const char* name, double value) {
  RheoArgument one = argument(name, RHEO_ARGUMENT_REAL);
  one.real = value;
  return one;
}

RheoArgument value_of(const char* name, ValueId value) {
  RheoArgument one = argument(name, RHEO_ARGUMENT_VALUE);
  one.value = value;
  return one;
}

}  // namespace

const char* Arguments::kept(std::string text) { return texts_.emplace_back(std::move(text)).c_str(); }

RheoArgument Arguments::list(std::vector<RheoArgument> items, const char* name) {
  const std::vector<RheoArgument>& kept_items = lists_.emplace_back(std::move(items));
  RheoArgument one = argument(name, RHEO_ARGUMENT_LIST);
  one.items = kept_items.data();
  one.item_count = kept_items.size();
  return one;
}

RheoArgument Arguments::constant(const torch::jit::Value* value, const c10::IValue& content, const char* name) {
  if (content.isNone() || content.isDevice()) return argument(name, RHEO_ARGUMENT_NONE);
  if (content.isTensor()) {
    const at::Tensor& tensor = content.toTensor();
    return value_of(name, value == nullptr ? walker_.constant(tensor, {}) : walker_.constant_of(value, tensor));
  }
  if (content.isBool()) {
    RheoArgument one = argument(name, RHEO_ARGUMENT_BOOL);
    one.integer = content.toBool() ? 1 : 0;
    return one;
  }
  if (content.isInt() && std::string_view(name) == "dtype") {
    RheoArgument one = argument(name, RHEO_ARGUMENT_TEXT);
    one.text = kept(dtype_name(content.toInt()));
    return one;
  }
  if (content.isInt()) return number(name, content.toInt());
  if (content.isDouble()) return real(name, content.toDouble());
  if (content.isString()) {
    RheoArgument one = argument(name, RHEO_ARGUMENT_TEXT);
    one.text = kept(content.toStringRef());
    return one;
  }
  if (!content.isList()) throw Refusal(std::string("a constant of type ") + content.tagKind());
  std::vector<RheoArgument> items;
  for (const c10::IValue& item : content.toListRef()) items.push_back(constant(nullptr, item, name));
  return list(std::move(items), name);
}

bool Arguments::add(const torch::jit::Value& value, const char* name, std::vector<RheoArgument>& to) {
  const Known& known = walker_.known(&value);
  if (const auto* id = std::get_if<ValueId>(&known)) {
    to.push_back(value_of(name, *id));
    return true;
  }
  if (const auto* content = std::get_if<c10::IValue>(&known)) {
    to.push_back(constant(&value, *content, name));
    return true;
  }
  const torch::jit::Node& maker = *walker_.source(&value)->node();
  const bool is_pack = maker.kind() == torch::jit::prim::ListConstruct;
  if (!is_pack && walker_.is_listed(&value)) return false;
  if (!is_pack) throw Refusal("what " + std::string(maker.kind().toQualString()) + " makes, which is not followed,");
  std::vector<RheoArgument> items;
  for (const torch::jit::Value* item : maker.inputs()) {
    if (!add(*item, name, items)) return false;
  }
  to.push_back(list(std::move(items), name));
  return true;
}

bool Arguments::take(torch::jit::Node& node) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr || schema->arguments().size() < node.inputs().size()) {
    throw Refusal(node.kind().toQualString() + std::string(" in an unknown form"));
  }
  for (std::size_t i = 0; i < node.inputs().size(); ++i) {
    if (!add(*node.input(i), kept(schema->arguments()[i].name()), all_)) return false;
  }
  return true;
}

}  // namespace rheo::torch_import
