#include "agent/api/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace ordinal::api {
namespace {

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
    if (i >= cells.size() || (!wide && Member(definitions[i], "priority") != 0)) continue;
    row.push_back(cells[i].is_string() ? cells[i].get<std::string>() : cells[i].dump());
  }
  return row;
}

}  // namespace

std::string TableText(const Json& table, bool wide, bool with_namespace) {
  const Json& definitions = Member(table, "columnDefinitions");
  Json titles = Json::array();
  for (const Json& definition : definitions) titles.push_back(Upper(ReadString(definition, "name")));
  std::vector<Row> rows = {Shown(definitions, titles, wide)};
  if (with_namespace) rows.front().insert(rows.front().begin(), "NAMESPACE");
  for (const Json& item : Member(table, "rows")) {
    rows.push_back(Shown(definitions, Member(item, "cells"), wide));
    if (!with_namespace) continue;
    rows.back().insert(rows.back().begin(), ReadString(Member(Member(item, "object"), "metadata"), "namespace"));
  }
  return Render(rows);
}

}  // namespace ordinal::api
