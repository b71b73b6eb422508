#include "agent/api/selector.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "agent/api/names.h"

namespace ordinal::api {
namespace {

using Operator = Selector::Operator;
using Requirement = Selector::Requirement;

Error Invalid(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message)); }

Status CheckRequirement(const Requirement& requirement) {
  if (auto complaint = CheckQualifiedName(requirement.key)) {
    return Invalid("label key \"" + requirement.key + "\" " + *complaint);
  }
  for (const auto& value : requirement.values) {
    if (auto complaint = CheckLabelValue(value)) return Invalid("label value \"" + value + "\" " + *complaint);
  }
  return {};
}

/// Every object of a kind is held against every requirement, on the thread that all wait for.
Status CheckSize(const std::vector<Requirement>& requirements) {
  if (requirements.size() > kMostRequirements) {
    return Invalid("a selector may have " + std::to_string(kMostRequirements) + " requirements, not more");
  }
  size_t values = 0;
  for (const Requirement& requirement : requirements) values += requirement.values.size();
  if (values <= kMostSelectorValues) return {};
  return Invalid("a selector may have " + std::to_string(kMostSelectorValues) + " values, not " +
                 std::to_string(values));
}

std::optional<int64_t> ToNumber(const std::string& text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool Holds(const Requirement& requirement, const StringMap& labels) {
  const auto found = labels.find(requirement.key);
  const bool present = found != labels.end();
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), found->second) != requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::kIn: return present && listed();
    case Operator::kNotIn: return !present || !listed();
    case Operator::kExists: return present;
    case Operator::kDoesNotExist: return !present;
    case Operator::kGreater:
    case Operator::kLess: {
      if (!present) return false;
      const auto label = ToNumber(found->second);
      const auto bound = ToNumber(requirement.values.front());
      if (!label || !bound) return false;
      return requirement.op == Operator::kGreater ? *label > *bound : *label < *bound;
    }
  }
  return false;
}

/// Words, operators and punctuation of the string form; an empty token is the end.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { Advance(); }

  const std::string& token() const { return token_; }
  bool IsWord() const {
    return !token_.empty() && std::string_view("=!<>(),").find(token_[0]) == std::string_view::npos;
  }
  std::string Take() {
    std::string taken = std::move(token_);
    Advance();
    return taken;
  }

 private:
  static bool Special(char c) { return std::string_view("=!<>(),").find(c) != std::string_view::npos; }
  static bool Space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  void Advance() {
    while (at_ < text_.size() && Space(text_[at_])) ++at_;
    const size_t start = at_;
    if (at_ < text_.size() && Special(text_[at_])) {
      const std::string_view two = text_.substr(at_, 2);
      at_ += two == "==" || two == "!=" ? 2 : 1;
    } else {
      while (at_ < text_.size() && !Special(text_[at_]) && !Space(text_[at_])) ++at_;
    }
    token_ = std::string(text_.substr(start, at_ - start));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string token_;
};

Error Unexpected(const Lexer& lexer, std::string_view expected) {
  return Invalid("unable to parse requirement: found '" + lexer.token() + "', expected: " + std::string(expected));
}

/// `(a,b,c)`; a value may be empty.
Result<std::vector<std::string>> ParseValues(Lexer& lexer) {
  if (lexer.token() != "(") return Unexpected(lexer, "'('");
  lexer.Take();
  std::set<std::string> values;
  while (true) {
    values.insert(lexer.IsWord() ? lexer.Take() : std::string());
    if (lexer.token() == ",") {
      lexer.Take();
    } else if (lexer.token() == ")") {
      lexer.Take();
      return std::vector<std::string>(values.begin(), values.end());
    } else {
      return Unexpected(lexer, "',', or ')'");
    }
  }
}

Result<Requirement> ParseComparison(Lexer& lexer, Requirement requirement, const std::string& op) {
  if (op == ">" || op == "<") {
    requirement.op = op == ">" ? Operator::kGreater : Operator::kLess;
    if (!lexer.IsWord()) return Unexpected(lexer, "an integer");
    requirement.values = {lexer.Take()};
    if (!ToNumber(requirement.values.front())) {
      return Invalid("for '>' and '<' the value must be an integer, not \"" + requirement.values.front() + "\"");
    }
    return requirement;
  }
  requirement.op = op == "!=" ? Operator::kNotIn : Operator::kIn;
  if (lexer.IsWord()) {
    requirement.values = {lexer.Take()};
  } else if (lexer.token().empty() || lexer.token() == ",") {
    requirement.values = {""};
  } else {
    return Unexpected(lexer, "identifier");
  }
  return requirement;
}

Result<Requirement> ParseRequirement(Lexer& lexer) {
  Requirement requirement;
  const bool negated = lexer.token() == "!";
  if (negated) lexer.Take();
  if (!lexer.IsWord()) return Unexpected(lexer, "!, identifier, or 'end of string'");
  requirement.key = lexer.Take();
  if (negated) {
    requirement.op = Operator::kDoesNotExist;
    return requirement;
  }
  if (lexer.token().empty() || lexer.token() == ",") {
    requirement.op = Operator::kExists;
    return requirement;
  }
  const std::string op = lexer.token();
  if (op == "in" || op == "notin") {
    lexer.Take();
    requirement.op = op == "in" ? Operator::kIn : Operator::kNotIn;
    TRY(requirement.values, ParseValues(lexer));
    return requirement;
  }
  if (op != "=" && op != "==" && op != "!=" && op != ">" && op != "<") {
    return Unexpected(lexer, "in, notin, =, ==, !=, gt, lt");
  }
  lexer.Take();
  return ParseComparison(lexer, std::move(requirement), op);
}

std::optional<Operator> ExpressionOperator(const std::string& word) {
  if (word == "In") return Operator::kIn;
  if (word == "NotIn") return Operator::kNotIn;
  if (word == "Exists") return Operator::kExists;
  if (word == "DoesNotExist") return Operator::kDoesNotExist;
  return std::nullopt;
}

Result<Requirement> ReadExpression(const Json& expression, size_t index) {
  const std::string path = "matchExpressions[" + std::to_string(index) + "]";
  const std::string word = ReadString(expression, "operator");
  const auto op = ExpressionOperator(word);
  if (!op) return Invalid(path + ".operator: \"" + word + "\" is not one of In, NotIn, Exists, DoesNotExist");
  Requirement requirement{ReadString(expression, "key"), *op, ReadStrings(expression, "values")};
  const bool takes_values = *op == Operator::kIn || *op == Operator::kNotIn;
  if (takes_values == requirement.values.empty()) {
    return Invalid(path + ".values: " +
                   (takes_values ? "must be given with In and NotIn" : "must be empty with Exists and DoesNotExist"));
  }
  if (auto status = CheckRequirement(requirement); !status.ok()) return std::move(status).error().With(path);
  return requirement;
}

std::string Word(const Requirement& requirement) {
  std::string values;
  for (const auto& value : requirement.values) values += (values.empty() ? "" : ",") + value;
  switch (requirement.op) {
    case Operator::kIn:
      return requirement.values.size() == 1 ? requirement.key + "=" + values : requirement.key + " in (" + values + ")";
    case Operator::kNotIn: return requirement.key + " notin (" + values + ")";
    case Operator::kExists: return requirement.key;
    case Operator::kDoesNotExist: return "!" + requirement.key;
    case Operator::kGreater: return requirement.key + ">" + values;
    case Operator::kLess: return requirement.key + "<" + values;
  }
  return {};
}

}  // namespace

Selector Selector::FromMap(const StringMap& labels) {
  Selector selector;
  for (const auto& [key, value] : labels) selector.requirements_.push_back({key, Operator::kIn, {value}});
  return selector;
}

Result<Selector> Selector::FromJson(const Json& json) {
  Selector selector = FromMap(ReadStringMap(json, "matchLabels"));
  for (const auto& requirement : selector.requirements_) {
    if (auto status = CheckRequirement(requirement); !status.ok()) return std::move(status).error().With("matchLabels");
  }
  const Json& expressions = Member(json, "matchExpressions");
  for (size_t i = 0; expressions.is_array() && i < expressions.size(); ++i) {
    TRY(Requirement requirement, ReadExpression(expressions[i], i));
    selector.requirements_.push_back(std::move(requirement));
  }
  TRYV(CheckSize(selector.requirements_));
  return selector;
}

Result<Selector> Selector::Parse(std::string_view text) {
  Selector selector;
  Lexer lexer(text);
  while (!lexer.token().empty()) {
    TRY(Requirement requirement, ParseRequirement(lexer));
    TRYV(CheckRequirement(requirement));
    selector.requirements_.push_back(std::move(requirement));
    TRYV(CheckSize(selector.requirements_));
    if (lexer.token().empty()) break;
    if (lexer.token() != ",") return Unexpected(lexer, "',' or 'end of string'");
    lexer.Take();
    if (lexer.token().empty()) return Unexpected(lexer, "identifier after ','");
  }
  return selector;
}

std::string Selector::ToString() const {
  std::vector<Requirement> sorted = requirements_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  std::string text;
  for (const auto& requirement : sorted) text += (text.empty() ? "" : ",") + Word(requirement);
  return text;
}

bool Selector::Matches(const StringMap& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& requirement) { return Holds(requirement, labels); });
}

}  // namespace ordinal::api
