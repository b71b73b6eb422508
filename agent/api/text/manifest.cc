// ParseManifest: text in either form → documents, lists split into their items.
#include <algorithm>

#include "agent/api/decode.h"
#include "agent/api/text/json.h"
#include "agent/api/text/yaml.h"
#include "agent/base/utf8.h"

namespace ordinal::api {
namespace {

/// The part of `document.lines` below items[index], with paths as the item sees them.
std::map<std::string, int> ItemLines(const Document& document, const std::string& item) {
  std::map<std::string, int> lines;
  for (auto entry = document.lines.lower_bound(item); entry != document.lines.end(); ++entry) {
    const auto& [path, line] = *entry;
    if (path.compare(0, item.size(), item) != 0) break;
    if (path.size() > item.size() + 1 && path[item.size()] == '.') lines.emplace(path.substr(item.size() + 1), line);
  }
  return lines;
}

bool IsList(const Json& body) {
  const std::string kind = ReadString(body, "kind");
  return kind.ends_with("List") && body.contains("items");
}

/// Adds the document, or the items of a list; items of a PodList may leave out what the list says already.
Status Split(Document document, std::vector<Document>& documents) {
  if (!IsList(document.body)) {
    documents.push_back(std::move(document));
    return {};
  }
  Json& items = document.body["items"];
  if (items.is_null()) return {};
  if (!items.is_array())
    return MakeError(ErrorCode::kInvalid,
                     "line " + std::to_string(FindLine(document, "items")) + ", column 1: items must be a list");
  const std::string kind = ReadString(document.body, "kind");
  const std::string item_kind = kind.substr(0, kind.size() - std::string_view("List").size());
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string path = "items[" + std::to_string(i) + "]";
    Document item{std::move(items[i]), FindLine(document, path), ItemLines(document, path)};
    if (!item_kind.empty() && item.body.is_object()) {
      item.body.emplace("kind", item_kind);
      item.body.emplace("apiVersion", ReadString(document.body, "apiVersion"));
    }
    TRYV(Split(std::move(item), documents));
  }
  return {};
}

/// "limits[cpu]" as the text's own nesting has it, "limits.cpu"; list indices stay.
std::string AsWritten(std::string_view field) {
  std::string path;
  for (size_t i = 0; i < field.size(); ++i) {
    const size_t close = field[i] == '[' ? field.find(']', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      path += field[i];
      continue;
    }
    const std::string_view inside = field.substr(i + 1, close - i - 1);
    const bool index = !inside.empty() && inside.find_first_not_of("0123456789") == std::string_view::npos;
    path += index ? std::string(field.substr(i, close - i + 1)) : "." + std::string(inside);
    i = close;
  }
  return path;
}

}  // namespace

int FindLine(const Document& document, std::string_view field) {
  std::string path = AsWritten(field);
  while (!path.empty()) {
    if (auto found = document.lines.find(path); found != document.lines.end()) return found->second;
    const size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
  }
  return document.line;
}

Result<std::vector<Document>> ParseManifest(std::string_view text) {
  if (text.size() > kMostBytes)
    return MakeError(ErrorCode::kInvalid, "line 1, column 1: the text is larger than 3 MiB");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const size_t bad = FirstBadByte(text); bad != text.size()) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n') + 1;
    return MakeError(ErrorCode::kInvalid, "line " + std::to_string(line) + ", column 1: the text is not UTF-8");
  }
  std::vector<Document> parsed;
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') {
    TRY(Json body, ParseJson(text));
    Document document{std::move(body), 1, {}};
    // JSON is YAML as well, and the YAML reader knows where each field stands. Where it stumbles, lines are not known.
    if (auto yaml = ParseYaml(text); yaml.ok() && yaml->size() == 1) document.lines = std::move(yaml->front().lines);
    parsed.push_back(std::move(document));
  } else {
    TRY(parsed, ParseYaml(text));
  }
  std::vector<Document> documents;
  for (auto& document : parsed) TRYV(Split(std::move(document), documents));
  return documents;
}

}  // namespace ordinal::api
