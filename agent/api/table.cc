#include "agent/api/table.h"

#include "agent/api/custom/objects.h"
#include "agent/api/kinds/shared/cells.h"

namespace ordinal::api {
namespace {

constexpr Column kPlainColumns[] = {kNameColumn, kAgeColumn};

}  // namespace

Json TableColumnDefinitions(const KindInfo& info, std::string_view api_version) {
  if (info.custom != nullptr) return custom::ColumnsOf(*info.custom, api_version);
  Json definitions = Json::array();
  for (const Column& column : info.columns.empty() ? std::span<const Column>(kPlainColumns) : info.columns) {
    definitions.push_back(ColumnDefinition(column));
  }
  return definitions;
}

Json TableCells(const KindInfo& info, const Json& body, WallTime now, std::string_view api_version) {
  if (info.custom != nullptr) return custom::CellsOf(*info.custom, api_version, body, now);
  if (info.cells != nullptr) return info.cells(body, now);
  return Json::array({NameCell(body), AgeCell(body, now)});
}

Json TableRowConditions(const KindInfo& info, const Json& body) {
  return info.row_conditions == nullptr ? Json::array() : info.row_conditions(body);
}

}  // namespace ordinal::api
