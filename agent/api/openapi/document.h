// Whole OpenAPI documents of what the server serves. Nothing is kept: each call writes its document anew from the
// tables (some milliseconds, some hundred KB), so that an agent nobody asks holds none of it.
// Pure: any thread, does not block.
#pragma once

#include <string>

#include "agent/api/openapi/resources.h"

namespace ordinal::api::openapi {

/// OpenAPI 3.0 of one group version, as JSON.
std::string DocumentV3(GroupVersion group_version);
/// OpenAPI 2.0 of everything, as JSON.
std::string DocumentV2();
/// The same as openapi.v2.Document of gnostic, in protobuf's wire format: what kubectl before 1.27 asks for.
std::string DocumentV2Protobuf();

}  // namespace ordinal::api::openapi
