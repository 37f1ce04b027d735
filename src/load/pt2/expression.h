// SPDX-License-Identifier: Apache-2.0
// Sizes as torch.export writes them: "s77", "2*s0 + 1", or in the form of SymPy, "Mul(Integer(2), Symbol('s0',
// positive=True, integer=True))".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <rheo/status.h>

namespace rheo::pt2 {

struct Expression {
  std::optional<std::int64_t> value;  // nothing: a symbol that is not known takes part
  std::string symbol;                 // when the whole is one symbol
};

// `known`: values of symbols. unsupported for what is neither a whole number, a symbol, + - * // nor a parenthesis;
// limit_exceeded for what lies too deep in parentheses or grows beyond 64 bits.
Result<Expression> evaluate(std::string_view text, const std::map<std::string, std::int64_t, std::less<>>& known);

}  // namespace rheo::pt2
