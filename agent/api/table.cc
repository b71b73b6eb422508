#include "agent/api/table.h"

#include "agent/api/kinds/cells.h"

namespace ordinal::api {
namespace {

constexpr Column kPlainColumns[] = {kNameColumn, kAgeColumn};

}  // namespace

Json TableColumnDefinitions(const KindInfo& info) {
  Json definitions = Json::array();
  for (const Column& column : info.columns.empty() ? std::span<const Column>(kPlainColumns) : info.columns) {
    definitions.push_back({{"name", column.name},
                           {"type", column.type},
                           {"format", column.format},
                           {"description", column.description},
                           {"priority", column.priority}});
  }
  return definitions;
}

Json TableCells(const KindInfo& info, const Json& body, WallTime now) {
  if (info.cells != nullptr) return info.cells(body, now);
  return Json::array({NameCell(body), AgeCell(body, now)});
}

Json TableRowConditions(const KindInfo& info, const Json& body) {
  if (info.kind != "Pod") return Json::array();
  const std::string phase = TextCell(body, {"status", "phase"});
  if (phase != "Succeeded" && phase != "Failed") return Json::array();
  const bool good = phase == "Succeeded";
  return Json::array({{{"type", "Completed"},
                       {"status", "True"},
                       {"reason", phase},
                       {"message", good ? "All containers of the pod ended well." : "The pod failed."}}});
}

}  // namespace ordinal::api
