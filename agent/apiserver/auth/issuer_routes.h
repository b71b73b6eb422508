// What verifiers of service account tokens read: the issuer's configuration and its public keys (OpenID Connect
// Discovery 1.0, section 4; the reference: pkg/serviceaccount/openidmetadata.go).
#pragma once

#include <functional>

#include "agent/apiserver/rest/routes.h"
#include "agent/tokens/issuer.h"

namespace ordinal::apiserver::auth {

/// `issuer` is asked at each request; what it returns outlives the answer.
void AddIssuer(Routes& routes, std::function<const tokens::Issuer&()> issuer);

}  // namespace ordinal::apiserver::auth
