// The sets of old books: apps/v1beta1, apps/v1beta2 and extensions/v1beta1, read as apps/v1. They had the fields of
// apps/v1; what differs is what is filled in when one is absent.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// Gives the body apiVersion apps/v1, and the labels of the template as its selector when it has none; each with a
/// warning. Returns the version the body had. The reference has served none of them since 1.16.
std::string ConvertOldApps(Json& body, std::vector<std::string>& warnings);

}  // namespace ordinal::api
