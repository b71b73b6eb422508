// A configuration in the form the store keeps: without nulls, and with canonical quantities, so that comparing it with
// a stored object shows only what differs in meaning ("1024Mi" is "1Gi").
#pragma once

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api {

Json Canonical(Json body, const StructType& type);

}  // namespace ordinal::api
