// SPDX-License-Identifier: Apache-2.0
#include "load/aten/in_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>

#include "base/try.h"
#include "load/aten/call.h"

namespace rheo::aten {
namespace {

// Operators whose result may show the elements of their first argument.
constexpr std::array<std::string_view, 38> kViews = {
    "alias",
    "alpha_dropout",
    "broadcast_to",
    "chunk",
    "contiguous",
    "detach",
    "dropout",
    "expand",
    "expand_as",
    "feature_dropout",
    "flatten",

    "lift_fresh",
    "movedim",
    "mT",
    "narrow",
    "native_dropout",
    "numpy_T",
    "permute",
    "reshape",
    "reshape_as",
    "select",

    "slice",
    "split",
    "split_with_sizes",
    "squeeze",
    "swapaxes",
    "t",
    "to",
    "transpose",
    "type_as",
    "unbind",
    "unflatten",
    "unsafe_chunk",
    "unsafe_split",
    "unsqueeze",
    "view",
    "view_as",
    "_to_copy",
};

// Operators that call "input" what their overwriting form calls "self".
constexpr std::array<std::string_view, 3> kOfInput = {"alpha_dropout", "dropout", "feature_dropout"};

bool is_view(std::string_view target) {
  return std::find(kViews.begin(), kViews.end(), operator_of(target)) != kViews.end();
}

// The value that is overwritten or looked at: the first argument, "self" or "input".
std::string first_value(const Node& node) {
  for (const auto& [name, argument] : node.arguments) {
    const auto* value = argument.as<ValueName>();
    if (value != nullptr && (name == "self" || name == "input")) return value->name;
  }
  return {};
}

class Functional {
 public:
  Functional(std::vector<Node>& nodes, std::vector<std::string>& outputs, const std::set<std::string>& weights)
      : nodes_(nodes), outputs_(outputs), weights_(weights) {}

  Status run() {
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      for_each_value(nodes_[at], [&](const std::string& name) { last_use_[name] = at; });
    }
    for (const std::string& output : outputs_) last_use_[output] = nodes_.size();
    for (std::size_t at = 0; at < nodes_.size(); ++at) RHEO_RETURN_IF_ERROR(rewrite(nodes_[at], at));
    for (std::string& output : outputs_) output = now(output);
    return {};
  }

 private:
  // What `name` is called since it was overwritten.
  std::string now(const std::string& name) {
    std::string last = name;
    for (auto found = renamed_.find(last); found != renamed_.end(); found = renamed_.find(last)) last = found->second;
    if (last != name) renamed_[name] = last;  // so that long chains are walked once
    return last;
  }

  void rename(Argument& argument) {
    if (auto* value = std::get_if<ValueName>(&argument.content)) value->name = now(value->name);
    if (auto* list = std::get_if<Argument::List>(&argument.content)) {
      for (Argument& item : *list) rename(item);
    }
  }

  std::string owner_of(const std::string& name) const {
    const auto found = owner_.find(name);
    return found == owner_.end() ? name : found->second;
  }

  Status rewrite(Node& node, std::size_t at) {
    for (auto& [name, argument] : node.arguments) rename(argument);
    const bool overwrites = is_in_place(node.target);
    const std::string self = first_value(node);
    for (std::string& output : node.outputs) {
      if (!overwrites && !last_use_.contains(output)) output.clear();
    }
    if (self.empty()) return overwrites ? refuse(node, "overwrites what is no tensor") : Status();
    const std::string owner = owner_of(self);
    if (!overwrites) {
      for (const std::string& output : node.outputs) {
        if (output.empty() || !is_view(node.target)) continue;
        owner_[output] = owner;
        shown_[owner].push_back(output);
      }
      return {};
    }
    return overwrite(node, at, self, owner);
  }

  // Since only the result shows the elements from here on, it is all that is left to remember of them.
  Status overwrite(Node& node, std::size_t at, const std::string& self, const std::string& owner) {
    if (weights_.contains(owner)) return refuse(node, "changes a weight or buffer, which keeps nothing between runs");
    if (node.outputs.size() != 1 || node.outputs[0].empty()) return refuse(node, "answers with more than its result");
    std::vector<std::string>& others = shown_[owner];
    others.push_back(owner);
    for (const std::string& other : others) {
      const auto use = last_use_.find(other);
      if (other == self || use == last_use_.end() || use->second <= at) continue;
      return refuse(node, fmt::format("overwrites elements that '{}' shows and that are read later", other));
    }
    const std::string result = node.outputs[0];
    shown_.erase(owner);
    renamed_[self] = result;
    last_use_[result] = std::max(last_use_[result], last_use_[self]);
    // The operator ends with the mark; an overload need not follow it.
    const std::string_view op = operator_of(node.target);
    node.target.erase(static_cast<std::size_t>(op.data() + op.size() - node.target.data()) - 1, 1);
    if (std::ranges::find(kOfInput, operator_of(node.target)) == kOfInput.end()) return {};
    for (auto& [name, argument] : node.arguments) {
      if (name == "self") name = "input";
    }
    return {};
  }

  static Status refuse(const Node& node, std::string_view why) {
    return {StatusCode::unsupported, fmt::format("Node '{}' ({}) {}.", node.name, node.target, why)};
  }

  std::vector<Node>& nodes_;
  std::vector<std::string>& outputs_;
  const std::set<std::string>& weights_;
  std::map<std::string, std::size_t> last_use_;            // the last node that reads a name; the end for an output
  std::map<std::string, std::string> owner_;               // of a view: the name whose elements it shows
  std::map<std::string, std::vector<std::string>> shown_;  // by owner: the views of it
  std::map<std::string, std::string> renamed_;             // by what was overwritten
};

}  // namespace

bool is_in_place(std::string_view target) {
  const std::string_view op = operator_of(target);
  return target.starts_with("aten.") && op.size() > 1 && op.ends_with('_') && !op.ends_with("__");
}

Status make_functional(std::vector<Node>& nodes, std::vector<std::string>& outputs,
                       const std::set<std::string>& weights) {
  return Functional(nodes, outputs, weights).run();
}

}  // namespace rheo::aten
