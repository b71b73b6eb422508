// Tables (meta.k8s.io/v1 Table): what kubectl prints of a kind, derived from the registry.
#pragma once

#include "agent/api/kind.h"

namespace ordinal::api {

/// Of `api_version` where versions have columns of their own; empty: of the stored one.
/// A JSON array of {name, type, format, description, priority}. A kind without columns of its own has Name and Age.
Json TableColumnDefinitions(const KindInfo& info, std::string_view api_version = {});
/// One row's cells, as many as there are columns: strings, numbers, booleans.
Json TableCells(const KindInfo& info, const Json& body, WallTime now, std::string_view api_version = {});
/// One row's conditions: a pod that ended is Completed. An empty array: the row has none.
Json TableRowConditions(const KindInfo& info, const Json& body);

}  // namespace ordinal::api
