#include "agent/api/custom/json_path.h"

#include <algorithm>
#include <charconv>

namespace ordinal::api::custom {

class JsonPathReader {
 public:
  explicit JsonPathReader(std::string_view text) : whole_(text), rest_(text) {}

  Result<JsonPath> Read() {
    while (!rest_.empty()) {
      Status read;
      if (rest_.front() == '.') {
        rest_.remove_prefix(1);
        read = Name();
      } else if (rest_.front() == '[') {
        rest_.remove_prefix(1);
        read = Bracket();
      } else {
        read = Bad("wants '.' or '['");
      }
      if (!read.ok()) return read.error();
    }
    if (path_.steps_.empty()) return Bad("is empty");
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

  Status Name() {
    if (!rest_.empty() && rest_.front() == '*') {
      rest_.remove_prefix(1);
      path_.steps_.push_back({Step::Kind::kAll, "", 0, true, nullptr});
      return {};
    }
    std::string name;
    while (!rest_.empty() && rest_.front() != '.' && rest_.front() != '[') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      name += rest_.front();
      rest_.remove_prefix(1);
    }
    if (name.empty()) return Bad("has an empty name");
    path_.steps_.push_back({Step::Kind::kMember, std::move(name), 0, true, nullptr});
    return {};
  }

  Status Bracket() {
    const bool quoted = !rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"');
    const size_t close = rest_.starts_with("?(") ? rest_.find(")]")
                         : quoted                ? rest_.find(std::string(1, rest_.front()) + "]")
                                                 : rest_.find(']');
    if (close == std::string_view::npos) return Bad("has no end of '['");
    const std::string_view inside = rest_.substr(0, close);
    rest_.remove_prefix(close + (inside.starts_with("?(") || quoted ? 2 : 1));
    if (inside == "*") {
      path_.steps_.push_back({Step::Kind::kAll, "", 0, true, nullptr});
      return {};
    }
    if (inside.starts_with("?(")) return Where(inside.substr(2));
    if (quoted) {
      path_.steps_.push_back({Step::Kind::kMember, std::string(inside.substr(1)), 0, true, nullptr});
      return {};
    }
    int64_t index = 0;
    const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (error != std::errc() || end != inside.data() + inside.size()) return Bad("has no number, name or condition");
    path_.steps_.push_back({Step::Kind::kIndex, "", index, true, nullptr});
    return {};
  }

  static std::string_view Trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }

  /// @.type=="Ready"
  Status Where(std::string_view condition) {
    const size_t sign = std::min(condition.find("=="), condition.find("!="));
    if (!condition.starts_with("@.") || sign == std::string_view::npos) {
      return Bad("has a condition that is not @.name==value");
    }
    Step step;
    step.kind = Step::Kind::kWhere;
    step.name = Trimmed(condition.substr(2, sign - 2));
    step.equal = condition[sign] == '=';
    std::string value(Trimmed(condition.substr(sign + 2)));
    if (value.size() > 1 && value.front() == '\'' && value.back() == '\'') value.front() = value.back() = '"';
    step.value = Json::parse(value, nullptr, /*allow_exceptions=*/false);
    if (step.value.is_discarded()) return Bad("compares with what is no value");
    path_.steps_.push_back(std::move(step));
    return {};
  }

  const std::string_view whole_;
  std::string_view rest_;
  JsonPath path_;
};

Result<JsonPath> JsonPath::Read(std::string_view text) { return JsonPathReader(text).Read(); }

std::vector<const Json*> JsonPath::Find(const Json& document) const {
  std::vector<const Json*> found = {&document};
  for (const Step& step : steps_) {
    std::vector<const Json*> next;
    for (const Json* value : found) {
      if (step.kind == Step::Kind::kMember) {
        if (const Json& member = Member(*value, step.name); !member.is_null()) next.push_back(&member);
      } else if (step.kind == Step::Kind::kIndex) {
        const int64_t size = value->is_array() ? static_cast<int64_t>(value->size()) : 0;
        const int64_t index = step.index < 0 ? size + step.index : step.index;
        if (index >= 0 && index < size) next.push_back(&(*value)[static_cast<size_t>(index)]);
      } else if (value->is_structured()) {
        for (const Json& each : *value) {
          const bool there = step.kind == Step::Kind::kAll || (Member(each, step.name) == step.value) == step.equal;
          if (there) next.push_back(&each);
        }
      }
    }
    found = std::move(next);
  }
  return found;
}

}  // namespace ordinal::api::custom
