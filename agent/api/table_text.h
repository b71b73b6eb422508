// A table as `kubectl get` prints it. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal::api {

/// Of a meta.k8s.io/v1 Table whose rows have their objects' metadata: `wide` shows the columns that are else left out,
/// `with_namespace` the namespaces in front.
std::string TableText(const Json& table, bool wide, bool with_namespace);

}  // namespace ordinal::api
