// Whole OpenAPI documents of what the server serves. Nothing is kept: each call writes its document anew from the
// tables (some milliseconds, some hundred KB), so that an agent nobody asks holds none of it. All of a document is of
// one list of kinds, whatever definitions come and go meanwhile; names of paths and of types stand in it once. Pure:
// any thread, does not block.
#pragma once

#include <string>

#include "agent/api/openapi/resources.h"

namespace ordinal::api::openapi {

/// OpenAPI 3.0 of one group version, as JSON.
std::string DocumentV3(GroupVersion group_version, KindList kinds = AllKinds());
/// OpenAPI 2.0 of everything, as JSON.
std::string DocumentV2(KindList kinds = AllKinds());
/// The same as openapi.v2.Document of gnostic, in protobuf's wire format: what kubectl before 1.27 asks for.
std::string DocumentV2Protobuf(KindList kinds = AllKinds());

}  // namespace ordinal::api::openapi
