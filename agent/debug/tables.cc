#include "agent/debug/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "agent/api/table.h"

namespace ordinal::debug {
namespace {

using api::Json;
using api::Member;
using Row = std::vector<std::string>;

std::string Render(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? fmt::format("{:<{}}   ", row[i], widths[i]) : row[i];
    }
    out += line + "\n";
  }
  return out;
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// The cells of the columns that are shown, as text.
Row Shown(const Json& definitions, const Json& cells, bool wide) {
  Row row;
  for (size_t i = 0; i < definitions.size(); ++i) {
    if (!wide && definitions[i]["priority"] != 0) continue;
    row.push_back(cells[i].is_string() ? cells[i].get<std::string>() : cells[i].dump());
  }
  return row;
}

}  // namespace

std::string Table(const std::string& kind, const Json& items, bool wide, bool with_namespace, WallTime now) {
  static const api::KindInfo kUnknown{};
  const api::KindInfo* known = api::FindKind(kind);
  const api::KindInfo& info = known != nullptr ? *known : kUnknown;
  const Json definitions = api::TableColumnDefinitions(info);
  Json titles = Json::array();
  for (const Json& definition : definitions) titles.push_back(Upper(definition["name"]));
  std::vector<Row> rows = {Shown(definitions, titles, wide)};
  for (const Json& item : items) rows.push_back(Shown(definitions, api::TableCells(info, item, now), wide));
  if (with_namespace) {
    rows.front().insert(rows.front().begin(), "NAMESPACE");
    for (size_t i = 0; i < items.size(); ++i) {
      rows[i + 1].insert(rows[i + 1].begin(), api::ReadString(Member(items[i], "metadata"), "namespace"));
    }
  }
  return Render(rows);
}

}  // namespace ordinal::debug
