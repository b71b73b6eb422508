#include "agent/api/text/json.h"

#include <set>

#include "agent/api/text/yaml.h"

namespace ordinal::api {
namespace {

constexpr size_t kSmall = 64 * 1024;

/// Sees every member before it is stored, and stops at what a parse alone would let pass.
class Watcher {
 public:
  explicit Watcher(bool* repeats) : repeats_(repeats) {}

  bool operator()(Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) names_.emplace_back();
    if (event == Json::parse_event_t::object_end) names_.pop_back();
    if (event == Json::parse_event_t::key && !names_.back().insert(parsed.get<std::string>()).second) {
      if (repeats_ != nullptr) *repeats_ = true;
      if (repeats_ == nullptr) complaint_ = "the field \"" + parsed.get<std::string>() + "\" is there twice";
    }
    // An exception is the only way to end a parse early; ParseJson catches it.
    if (!complaint_.empty()) throw std::length_error(complaint_);
    return true;
  }

 private:
  bool* repeats_;
  std::vector<std::set<std::string>> names_;
  std::string complaint_;
};

/// "line 3, column 7" of a byte of the text.
std::string Position(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

Result<Json> ParseJson(std::string_view text, bool* repeats) {
  JsonBounds bounds;
  TRYV(bounds.Take(text));
  try {
    Watcher watcher(repeats);
    return Json::parse(text, [&](int, Json::parse_event_t event, Json& parsed) { return watcher(event, parsed); });
  } catch (const Json::parse_error& error) {
    const std::string what = error.what();
    const size_t detail = what.find(": ", what.find("column"));
    return MakeError(ErrorCode::kInvalid, Position(text, error.byte) + ": " +
                                              (detail == std::string::npos ? what : what.substr(detail + 2)));
  } catch (const std::exception& error) {
    // A complaint of the watcher, which does not know where it is; the YAML reader sees the same fault.
    // That one is slow, though.
    if (text.size() <= kSmall) {
      if (auto yaml = ParseYaml(text); !yaml.ok()) return std::move(yaml).error();
    }
    return MakeError(ErrorCode::kInvalid, std::string("line 1, column 1: ") + error.what());
  }
}

}  // namespace ordinal::api
