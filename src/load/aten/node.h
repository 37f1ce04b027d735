// SPDX-License-Identifier: Apache-2.0
// One operation of a PyTorch program as its file says it, whichever format that was: `torch.ops.aten.conv2d.default` of
// a .pt2 archive and `aten::conv2d` of TorchScript are both a node with the target "aten.conv2d.default". Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rheo::aten {

// The name of a value that a node before makes, or of an input or a weight.
struct ValueName {
  std::string name;
};

// What a node is given for one argument. Element types are texts ("f32"), as are devices; no value is None.
struct Argument {
  using List = std::vector<Argument>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, ValueName, List> content;

  Argument() = default;
  template <typename T>
  explicit Argument(T value) : content(std::move(value)) {}
  bool is_none() const { return content.index() == 0; }
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
};

struct Node {
  std::string target;                                       // namespace, operator, overload: "aten.add.Tensor"
  std::vector<std::pair<std::string, Argument>> arguments;  // by name
  std::vector<std::string> outputs;                         // empty: nobody asks for it
  std::string name;                                         // for people; may be empty
  std::string source;                                       // where the program says it; may be empty
};

// Calls `see(name)` for every value that the node reads.
template <typename See>
void for_each_value(const Argument& argument, See&& see) {
  if (const auto* value = argument.as<ValueName>()) see(value->name);
  if (const auto* list = argument.as<Argument::List>()) {
    for (const Argument& item : *list) for_each_value(item, see);  // lists lie in lists once at most
  }
}
template <typename See>
void for_each_value(const Node& node, See&& see) {
  for (const auto& [name, argument] : node.arguments) for_each_value(argument, see);
}

}  // namespace rheo::aten
