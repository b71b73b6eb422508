// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kAPIService, kAPIServiceSpec, kAPIServiceReference, kAPIServiceStatus, kAPIServiceCondition;

}  // namespace ordinal::api::schema
