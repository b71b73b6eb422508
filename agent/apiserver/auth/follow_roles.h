// Roles and bindings as they are stored, told to the authoriser.
#pragma once

#include "agent/apiserver/auth/authorizer.h"
#include "agent/objects/caches.h"

namespace ordinal::apiserver::auth {

/// From now on `access` goes by what the caches hold. Before the caches run; both outlive what runs of them.
void FollowRoles(objects::Caches& caches, Authorizer& access);

/// Resumes when all that is stored of roles and bindings was told. Waits for no other kind. After FollowRoles, which
/// makes their caches.
Task<void> AwaitRoles(objects::Caches& caches);

}  // namespace ordinal::apiserver::auth
