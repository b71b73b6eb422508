// Whom the claims of a token name, as the reference reads them (k8s.io/apiserver/plugin/pkg/authenticator/token/oidc).
// Pure.
#pragma once

#include "agent/api/object.h"
#include "agent/apiserver/auth/oidc/settings.h"
#include "agent/base/clock.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth::oidc {

/// The issuer that the claims name; empty: none. Nothing of them is proved.
std::string IssuerOf(const api::Json& claims);

/// Whether a token with these claims is for one of the issuer's audiences and good at `now`: not after "exp", which has
/// to be there, and not more than five minutes before "nbf". kInvalid says what is wrong.
Status CheckClaims(const JwtIssuer& issuer, const api::Json& claims, WallTime now);

/// Its user, in no group but those of the token. kInvalid names the claim that is missing, not of its form, or has not
/// the value that it must have.
Result<http::User> UserOf(const JwtIssuer& issuer, const api::Json& claims);

}  // namespace ordinal::apiserver::auth::oidc
