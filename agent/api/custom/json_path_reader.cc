// How a path is read (k8s.io/client-go/util/jsonpath/parser.go).
#include <algorithm>
#include <charconv>

#include "agent/api/custom/json_path.h"

namespace ordinal::api::custom {
namespace {

// Of conditions and unions within each other; nobody writes more than one.
constexpr int kDeepestPath = 4;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsQuoted(std::string_view text) {
  return text.size() > 1 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
}

/// Where `end` stands outside of quotes; npos: nowhere.
size_t FindUnquoted(std::string_view text, std::string_view end) {
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote == 0 && text.substr(i).starts_with(end)) return i;
    if (text[i] == '\\') {
      ++i;
    } else if (quote != 0 ? text[i] == quote : text[i] == '\'' || text[i] == '"') {
      quote = quote == 0 ? text[i] : '\0';
    }
  }
  return std::string_view::npos;
}

std::vector<std::string_view> SplitUnquoted(std::string_view text, std::string_view sign) {
  std::vector<std::string_view> parts;
  for (size_t at = FindUnquoted(text, sign); at != std::string_view::npos; at = FindUnquoted(text, sign)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + sign.size());
  }
  parts.push_back(text);
  return parts;
}

bool ReadNumber(std::string_view text, std::optional<int64_t>& number) {
  if (text.empty()) return true;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  number = value;
  return true;
}

}  // namespace

class JsonPathReader {
 public:
  JsonPathReader(std::string_view text, int depth) : whole_(text), rest_(text), depth_(depth) {}

  Result<JsonPath> Read() {
    while (!rest_.empty()) {
      const Status read = Next();
      if (!read.ok()) return read.error();
    }
    if (path_.steps_.empty() && depth_ == 0) return Bad("is empty");
    const auto is_name = [](const Step& step) { return step.kind == Step::Kind::kMember; };
    if (std::all_of(path_.steps_.begin(), path_.steps_.end(), is_name)) {
      for (const Step& step : path_.steps_) path_.names_.push_back(step.name);
    }
    return std::move(path_);
  }

 private:
  using Step = JsonPath::Step;

  Error Bad(const std::string& why) const {
    return MakeError(ErrorCode::kInvalid, "the path \"" + std::string(whole_) + "\" " + why + " at character " +
                                              std::to_string(whole_.size() - rest_.size() + 1));
  }

  bool Take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Step& Add(Step::Kind kind) {
    path_.steps_.emplace_back().kind = kind;
    return path_.steps_.back();
  }

  Status Next() {
    if (Take(" ") || Take("@") || Take("$")) return {};
    if (Take("..")) {
      if (!path_.steps_.empty() && path_.steps_.back().kind == Step::Kind::kBelow) return Bad("has \"..\" twice");
      Add(Step::Kind::kBelow);
      return rest_.empty() || rest_.front() == '[' || rest_.front() == '.' ? Status() : Name();
    }
    if (Take(".")) return Name();
    if (Take("[?(")) return Where();
    if (Take("[")) return Bracket();
    return Bad("wants '.' or '['");
  }

  Status Name() {
    std::string name;
    while (!rest_.empty() && std::string_view(" \t\r\n.,[]$@{}").find(rest_.front()) == std::string_view::npos) {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      name += rest_.front();
      rest_.remove_prefix(1);
    }
    if (name.empty()) return Bad("has an empty name");
    if (name == "*") {
      Add(Step::Kind::kAll);
    } else {
      Add(Step::Kind::kMember).name = std::move(name);
    }
    return {};
  }

  Status Bracket() {
    const size_t close = FindUnquoted(rest_, "]");
    if (close == std::string_view::npos) return Bad("has no end of '['");
    const std::string_view inside = rest_.substr(0, close);
    const std::vector<std::string_view> parts = SplitUnquoted(inside, ",");
    if (parts.size() == 1) {
      TRYV(Selected(inside));
      rest_.remove_prefix(close + 1);
      return {};
    }
    Step joined;
    joined.kind = Step::Kind::kUnion;
    for (const std::string_view part : parts) {
      TRY(JsonPath path, Inner("[" + std::string(Trimmed(part)) + "]"));
      joined.paths.push_back(std::move(path));
    }
    path_.steps_.push_back(std::move(joined));
    rest_.remove_prefix(close + 1);
    return {};
  }

  /// What stands in brackets, without commas: a name, which may be one of several with dots, a number or a slice.
  Status Selected(std::string_view inside) {
    if (IsQuoted(inside)) {
      TRY(JsonPath path, Inner("." + std::string(inside.substr(1, inside.size() - 2))));
      std::move(path.steps_.begin(), path.steps_.end(), std::back_inserter(path_.steps_));
      return {};
    }
    const std::vector<std::string_view> numbers = SplitUnquoted(inside == "*" ? ":" : inside, ":");
    Step step;
    step.kind = numbers.size() == 1 ? Step::Kind::kIndex : Step::Kind::kSlice;
    bool good = numbers.size() <= 3 && ReadNumber(numbers[0], step.begin);
    if (numbers.size() > 1) good = good && ReadNumber(numbers[1], step.end);
    if (numbers.size() > 2) good = good && ReadNumber(numbers[2], step.stride);
    if (!good) return Bad("has no number, name or condition");
    path_.steps_.push_back(std::move(step));
    return {};
  }

  /// @.type=="Ready", @.ref.kind, @.a>1
  Status Where() {
    const size_t close = FindUnquoted(rest_, ")]");
    if (close == std::string_view::npos) return Bad("has no end of '[?('");
    const std::string_view condition = rest_.substr(0, close);
    const size_t sign = std::min(condition.size(), condition.find_first_of("!<>="));
    const size_t right = std::min(condition.size(), condition.find_first_not_of("!<>=", sign));
    Step step;
    step.kind = Step::Kind::kWhere;
    TRY(JsonPath left, Inner(Trimmed(condition.substr(0, sign))));
    step.paths.push_back(std::move(left));
    step.sign = condition.substr(sign, right - sign);
    constexpr std::string_view kSigns[] = {"", "==", "!=", "<", "<=", ">", ">="};
    if (std::find(std::begin(kSigns), std::end(kSigns), step.sign) == std::end(kSigns)) {
      return Bad("compares by \"" + step.sign + "\"");
    }
    if (!step.sign.empty()) TRYV(Compared(Trimmed(condition.substr(right)), step));
    path_.steps_.push_back(std::move(step));
    rest_.remove_prefix(close + 2);
    return {};
  }

  Status Compared(std::string_view text, Step& step) {
    if (text.starts_with('@') || text.starts_with('.') || text.starts_with('$')) {
      TRY(JsonPath path, Inner(text));
      step.paths.push_back(std::move(path));
      return {};
    }
    std::string value(text);
    if (IsQuoted(text)) value.front() = value.back() = '"';
    step.value = Json::parse(value, nullptr, /*allow_exceptions=*/false);
    if (!step.value.is_primitive() || step.value.is_null()) return Bad("compares with what is no value");
    return {};
  }

  Result<JsonPath> Inner(std::string_view text) const {
    if (depth_ >= kDeepestPath) return Bad("has too many paths within each other");
    return JsonPathReader(text, depth_ + 1).Read();
  }

  const std::string_view whole_;
  std::string_view rest_;
  const int depth_;
  JsonPath path_;
};

Result<JsonPath> JsonPath::Read(std::string_view text) { return JsonPathReader(text, 0).Read(); }

}  // namespace ordinal::api::custom
