// What asking for a token of a service account amounts to (registry/core/serviceaccount/storage/token.go).
#pragma once

#include "agent/store/object_store.h"
#include "agent/tokens/issuer.h"

namespace ordinal::objects {

/// `request` with its status, as Objects::RequestToken says. Absent fields get the reference's defaults: this API as
/// audience, an hour. Bound to a pod the token counts while that pod is there. kInvalid for what the reference refuses,
/// in its words; kNotSupported for a token bound to something else than a pod.
Task<Result<api::Json>> RequestToken(store::ObjectReader& objects, const tokens::Issuer& issuer,
                                     store::ObjectKey account, api::Json request);

}  // namespace ordinal::objects
