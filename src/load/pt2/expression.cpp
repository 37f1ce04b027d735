// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/expression.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "base/checked.h"
#include "base/try.h"

namespace rheo::pt2 {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxBytes = 4096;

using Number = std::optional<std::int64_t>;

bool is_word(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_'; }

// Reads one expression; a function of its own per level of binding.
class Parser {
 public:
  Parser(std::string_view text, const std::map<std::string, std::int64_t, std::less<>>& known)
      : text_(text), known_(known) {}

  Result<Expression> run() {
    RHEO_ASSIGN_OR_RETURN(const Number value, sum(0));
    skip_spaces();
    if (at_ != text_.size()) return refuse();
    return Expression{value, only_symbol_ && symbols_ == 1 ? last_symbol_ : std::string()};
  }

 private:
  Status refuse() const {
    return {StatusCode::unsupported, fmt::format("The size '{}' is no sum or product of sizes.", text_.substr(0, 128))};
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view word) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Result<Number> join(char op, Number a, Number b) {
    only_symbol_ = false;
    if (!a || !b) return Number();
    Number result;
    if (op == '+') result = checked_add(*a, *b);
    if (op == '*') result = checked_mul(*a, *b);
    if (op == '-' && !__builtin_sub_overflow(*a, *b, &result.emplace())) return result;
    if (op == '-') result.reset();
    if (op == '/' && *b > 0 && *a >= 0) result = *a / *b;
    if (!result) return Status(StatusCode::limit_exceeded, "A size cannot be computed with 64 bits.");
    return result;
  }

  Result<Number> sum(int depth) {
    RHEO_ASSIGN_OR_RETURN(Number value, product(depth));
    while (true) {
      const char op = take("+") ? '+' : take("-") ? '-' : ' ';
      if (op == ' ') return value;
      RHEO_ASSIGN_OR_RETURN(const Number next, product(depth));
      RHEO_ASSIGN_OR_RETURN(value, join(op, value, next));
    }
  }

  Result<Number> product(int depth) {
    RHEO_ASSIGN_OR_RETURN(Number value, atom(depth));
    while (true) {
      const char op = take("//") ? '/' : take("*") ? '*' : ' ';
      if (op == ' ') return value;
      RHEO_ASSIGN_OR_RETURN(const Number next, atom(depth));
      RHEO_ASSIGN_OR_RETURN(value, join(op, value, next));
    }
  }

  Result<Number> atom(int depth) {
    if (depth > kMaxDepth) return Status(StatusCode::limit_exceeded, "A size lies too deep in parentheses.");
    if (take("-")) {
      RHEO_ASSIGN_OR_RETURN(const Number value, atom(depth + 1));
      return join('-', std::int64_t{0}, value);
    }
    if (take("(")) {
      RHEO_ASSIGN_OR_RETURN(const Number value, sum(depth + 1));
      return take(")") ? Result<Number>(value) : refuse();
    }
    skip_spaces();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) return refuse();
    if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) return number(word);
    if (!take("(")) return symbol(word);
    return function(word, depth);
  }

  Result<Number> number(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return refuse();
    only_symbol_ = false;
    return Number(value);
  }

  Number symbol(std::string_view name) {
    ++symbols_;
    last_symbol_ = name;
    const auto found = known_.find(name);
    return found == known_.end() ? Number() : Number(found->second);
  }

  // Symbol('s0', positive=True, ...), Integer(2), Add(a, b), Mul(a, b): SymPy's own form.
  Result<Number> function(std::string_view name, int depth) {
    if (name == "Symbol") {
      const std::size_t end = take("'") ? text_.find('\'', at_) : std::string_view::npos;
      const std::size_t close = end == std::string_view::npos ? end : text_.find(')', end);
      if (close == std::string_view::npos || end == at_) return refuse();
      const Number value = symbol(text_.substr(at_, end - at_));
      at_ = close + 1;
      return value;
    }
    RHEO_ASSIGN_OR_RETURN(Number value, sum(depth + 1));
    const char op = name == "Add" ? '+' : name == "Mul" ? '*' : ' ';
    while (op != ' ' && take(",")) {
      RHEO_ASSIGN_OR_RETURN(const Number next, sum(depth + 1));
      RHEO_ASSIGN_OR_RETURN(value, join(op, value, next));
    }
    const bool is_closed = take(")");
    return is_closed && (op != ' ' || name == "Integer") ? Result<Number>(value) : refuse();
  }

  const std::string_view text_;
  const std::map<std::string, std::int64_t, std::less<>>& known_;
  std::size_t at_ = 0;
  int symbols_ = 0;
  bool only_symbol_ = true;  // nothing was computed
  std::string last_symbol_;
};

}  // namespace

Result<Expression> evaluate(std::string_view text, const std::map<std::string, std::int64_t, std::less<>>& known) {
  if (text.size() > kMaxBytes) return Status(StatusCode::limit_exceeded, "The text of a size is too long.");
  return Parser(text, known).run();
}

}  // namespace rheo::pt2
