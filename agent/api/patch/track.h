// What TrackUpdate and ServerSideApply have in common.
#pragma once

#include "agent/api/kind.h"
#include "agent/api/patch/owners.h"

namespace ordinal::api {

/// Takes out what nobody owns (apiVersion, kind, name, uid, …) and what a request to that subresource cannot change:
/// status by the object itself, spec by its status.
void Strip(FieldSet& fields, const KindInfo& kind, std::string_view subresource);

/// Takes fields from every owner.
void TakeAway(Owners& owners, const FieldSet& fields);

}  // namespace ordinal::api
